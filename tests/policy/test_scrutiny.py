"""What a reviewer must not overlook, and requests that nobody could read yet (G4, D4, U5, C1, PR3, F4)."""

from typing import Any

import pytest

from policy.book import policy_book
from policy.completeness import missing_for_disclosure, missing_for_preservation
from policy.findings import Document, DocumentKind
from policy.letters import LetterName, rejection
from policy.request import RequestFacts
from policy.scrutiny import closer_look, flags, unread_language
from policy.topics import NAMES, Topic, topics_in
from policy.vocabulary import Clause, LegalProcess
from tests.policy.build import D1, D2, D3, NOW, identifiers

BOOK = policy_book("2026-11")


def facts(**known: Any) -> RequestFacts:
    good: dict[str, Any] = {
        "process": LegalProcess.SUBPOENA,
        "country": "US",
        "identifiers": identifiers(1),
        "requested": (D1, D2),
        "relation": "It will show who sold the documents.",
    }
    return RequestFacts(**(good | known))


def document(*languages: str, accepted: bool = True) -> Document:
    return Document(
        sha256="0" * 64, name="a.pdf", kind=DocumentKind.PDF, pages=1, accepted=accepted, languages=languages
    )


def flagged(**known: Any) -> list[Clause]:
    return [flag.clause for flag in flags(facts(**known), BOOK)]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("the account of an investigative reporter at the Lakeland Courier", Topic.PRESS),
        ("he wrote to his lawyer about it", Topic.LAWYER),
        ("an imam of that town", Topic.CLERGY),
        ("patients of the clinic", Topic.MEDICAL),
        ("organised the PROTESTS of May", Topic.POLITICS),
        ("propaganda against the State", Topic.POLITICS),
        ("charged with blasphemy", Topic.RELIGION),
        ("the account holder is a minor", Topic.MINOR),
        ("every person who joined the meeting", Topic.CROWD),
    ],
)
def test_G4_the_words_of_each_topic_are_noticed(text: str, topic: Topic) -> None:
    assert topics_in(text) == {topic}


@pytest.mark.parametrize(
    "text",
    [
        "The account was used to arrange the sale of stolen identity documents; its records will show who did so.",
        "Office of the District Attorney; the attorney for the government signs",
        "press charges, express mail, impressed, depress",
        "child sexual abuse material was sent to the account",
        "all records of the account",
    ],
)
def test_G4_ordinary_requests_are_not_marked(text: str) -> None:
    assert topics_in(text) == frozenset()


def test_G4_every_topic_can_be_named() -> None:
    assert set(NAMES) == set(Topic)
    for topic in Topic:
        (flag,) = closer_look(facts(sensitive=(topic,)), BOOK)
        assert (flag.clause, NAMES[topic] in flag.detail) == (Clause.G4, True)


@pytest.mark.parametrize("country", BOOK.countries.closer_scrutiny)
def test_G4_countries_on_the_list_are_looked_at_more_closely(country: str) -> None:
    assert flagged(country=country) == [Clause.G4]


def test_G4_another_states_wish_for_what_one_person_wrote_is_looked_at_more_closely() -> None:
    asked = {"process": LegalProcess.MLAT_REQUEST, "country": "CA", "requested": (D3,)}
    assert flagged(**asked) == [Clause.G4]
    assert flagged(**asked | {"identifiers": identifiers(2)}) == []
    assert flagged(**asked | {"country": "US"}) == []


def test_D4_U5_C1_PR3_what_has_an_answer_of_its_own_is_shown_with_it() -> None:
    assert flagged() == []
    assert flagged(live=True, consent=True, testimony=True) == [Clause.D4, Clause.C1, Clause.PR3]


@pytest.mark.parametrize(
    ("grounds", "letter"),
    [
        ((Clause.U5,), LetterName.INTERCEPTION_REFUSED),
        ((Clause.R3, Clause.D4), LetterName.INTERCEPTION_REFUSED),
        ((Clause.C1,), LetterName.CONSENT_POINTED),
        ((Clause.PR3,), LetterName.TESTIMONY_REFUSED),
        ((Clause.R3, Clause.G2), LetterName.REJECTED),
        ((), LetterName.REJECTED),
    ],
)
def test_U5_D4_C1_PR3_a_rejection_explains_what_it_rests_on(grounds: tuple[Clause, ...], letter: LetterName) -> None:
    assert rejection(grounds) is letter


def test_U5_a_request_for_interception_alone_is_asked_for_nothing() -> None:
    """No item that it could add would help it: it goes to a reviewer, who rejects it."""
    only_live = facts(process=None, requested=(), identifiers=(), relation=None, live=True)
    assert missing_for_disclosure(only_live, (), NOW, BOOK) == ()


def test_C1_consent_without_process_is_asked_for_process_or_pointed_to_the_user() -> None:
    def asked(**known: Any) -> set[Clause]:
        return {reason.clause for reason in missing_for_disclosure(facts(**known), (document("en"),), NOW, BOOK)}

    assert Clause.C1 in asked(process=None, consent=True)
    assert Clause.U1 not in asked(process=None, consent=True)
    assert Clause.C1 not in asked(consent=True), "with process it goes on as any other"


@pytest.mark.parametrize(
    ("mail", "documents", "unread"),
    [
        (None, (), None),
        (None, (document("en"),), None),
        (None, (document("vi"),), "vi"),
        ("vi", (document("en"),), None),
        ("vi", (document(),), "vi"),
        ("vi", (), "vi"),
        (None, (document("vi", "en"),), None),
        (None, (document("vi"), document("en")), None),
        (None, (document("vi", accepted=False),), None),
        ("en", (document("vi"),), None),
    ],
)
def test_F4_the_legal_document_says_the_language_and_a_person_outranks_it(
    mail: str | None, documents: tuple[Document, ...], unread: str | None
) -> None:
    """The mail is only noted where it is not English, so English is a person's word: they have read it."""
    assert unread_language(facts(language=mail), documents, ("en",)) == unread


def test_F4_of_a_request_that_nobody_could_read_nothing_else_is_asked() -> None:
    empty = RequestFacts(country="VN")
    (missing,) = missing_for_disclosure(empty, (document("vi"),), NOW, BOOK)
    assert missing.clause is Clause.F4
    held = facts(country="VN", process=LegalProcess.PRESERVATION_LETTER)
    assert [r.clause for r in missing_for_preservation(held, (document("vi"),), NOW, BOOK)] == [Clause.F4]
    nobody = missing_for_preservation(empty, (document("vi"),), NOW, BOOK)
    assert [r.clause for r in nobody] == [Clause.F4, Clause.R1], "nobody is named, so nothing can be held"
