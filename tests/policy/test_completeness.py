"""What a request must say: each missing item is named by its clause, and a complete request lacks nothing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from policy.book import policy_book
from policy.completeness import missing_for_disclosure, missing_for_preservation
from policy.findings import Document, DocumentKind
from policy.request import Identifier, IdentifierKind, RequestFacts
from policy.vocabulary import Clause, DataClass, LegalProcess
from tests.policy.build import D1, NOW, identifiers

BOOK = policy_book("2026-11")
LETTER = (Document(sha256="0" * 64, name="order.pdf", kind=DocumentKind.PDF, pages=1, accepted=True),)
SCAN = (Document(sha256="1" * 64, name="scan.png", kind=DocumentKind.IMAGE),)
COMPLETE = RequestFacts(
    process=LegalProcess.SUBPOENA,
    country="US",
    agency_name="Lakeland Police",
    officer_name="Jo Doe",
    officer_badge="4471",
    officer_email="jo@lakeland.example",
    officer_phone="+1 202 555 0101 x12",
    officer_address="1 Main St, Lakeland",
    response_due=date(2026, 3, 16),
    identifiers=identifiers(1),
    requested=(D1,),
    relation="The account was used to arrange the sale.",
)
MEETING = Identifier(kind=IdentifierKind.MEETING, value="87312345678", host="h@b.example", at=NOW)


def lacks(
    received_at: datetime = NOW, documents: tuple[Document, ...] = LETTER, **change: Any
) -> list[tuple[Clause, str]]:
    facts = COMPLETE.model_copy(update=change)
    return [(r.clause, r.detail) for r in missing_for_disclosure(facts, documents, received_at, BOOK)]


def test_R4_a_complete_request_lacks_nothing() -> None:
    assert lacks() == []


def test_PR3_who_asks_for_nothing_but_a_witness_is_not_asked_for_more() -> None:
    def asks_for(*classes: DataClass, testimony: bool = True) -> set[Clause]:
        lacking = lacks(identifiers=(), requested=classes, officer_badge=None, testimony=testimony)
        return {clause for clause, _ in lacking}

    assert asks_for() == set()
    assert asks_for(testimony=False) == {Clause.R1, Clause.R2, Clause.R4}
    assert asks_for(D1) == {Clause.R1, Clause.R4}, "who asks for records too"


@pytest.mark.parametrize(
    ("change", "clause", "word"),
    [
        ({"process": None}, Clause.U1, "legal process"),
        ({"process": LegalProcess.PRESERVATION_LETTER}, Clause.U1, "legal process"),
        ({"identifiers": ()}, Clause.R1, "identifier"),
        ({"requested": ()}, Clause.R2, "which information"),
        ({"relation": None}, Clause.R2, "relates"),
        ({"agency_name": None}, Clause.R4, "agency"),
        ({"officer_name": None}, Clause.R4, "name"),
        ({"officer_badge": None}, Clause.R4, "badge"),
        ({"officer_email": None}, Clause.R4, "email"),
        ({"officer_phone": None}, Clause.R4, "extension"),
        ({"officer_address": None}, Clause.R4, "postal address"),
        ({"response_due": None}, Clause.R4, "response date"),
    ],
)
def test_R1_R2_R4_U1_what_is_missing_is_named_and_nothing_else(
    change: dict[str, Any], clause: Clause, word: str
) -> None:
    ((named, detail),) = lacks(**change)
    assert named is clause
    assert word in detail


@pytest.mark.parametrize("documents", [(), SCAN])
def test_S2_a_request_needs_a_document_that_can_be_read(documents: tuple[Document, ...]) -> None:
    assert [clause for clause, _ in lacks(documents=documents)] == [Clause.S2]
    assert lacks(documents=SCAN + LETTER) == []


@pytest.mark.parametrize("change", [{"host": None}, {"at": None}, {"host": None, "at": None}])
def test_R1_a_meeting_needs_its_host_and_its_time(change: dict[str, object]) -> None:
    assert lacks(identifiers=(MEETING,)) == []
    ((clause, detail),) = lacks(identifiers=(MEETING.model_copy(update=change),))
    assert clause is Clause.R1
    assert "host" in detail


@pytest.mark.parametrize(("whole", "lacking"), [(0, 2), (1, 1), (2, 3)])
def test_R1_of_several_meetings_it_is_said_how_many_lack_their_host_or_time(whole: int, lacking: int) -> None:
    """Counted, and not by their ids: a letter to whoever wrote quotes nothing of what they wrote."""
    bare = MEETING.model_copy(update={"host": None})
    ((clause, detail),) = lacks(identifiers=(*[MEETING] * whole, *[bare] * lacking))
    assert clause is Clause.R1
    assert f" {lacking} of the {whole + lacking} meetings" in detail
    assert MEETING.value not in detail


def test_R1_a_registration_address_is_enough() -> None:
    url = Identifier(kind=IdentifierKind.REGISTRATION_URL, value="https://meet.example/r/1")
    assert lacks(identifiers=(url,)) == []


@pytest.mark.parametrize(
    "address",
    ["PO Box 12, Lakeland", "P.O. Box 12", "p. o. box 12", "POBox 12", "Post Office Box 12", "1 Main St, PO BOX 3"],
)
def test_R4_a_po_box_is_no_postal_address(address: str) -> None:
    ((clause, detail),) = lacks(officer_address=address)
    assert clause is Clause.R4
    assert "PO box" in detail


@pytest.mark.parametrize(
    "address", ["1 Boxwood Rd", "12 Depot Box Lane", "Old Post Office, 1 Main St", "1 Po Boxer St"]
)
def test_R4_a_street_that_only_sounds_like_a_po_box_is_one(address: str) -> None:
    assert lacks(officer_address=address) == []


@pytest.mark.parametrize("received_at", [NOW.replace(hour=0, minute=0), NOW.replace(hour=23, minute=59, second=59)])
@pytest.mark.parametrize(("day", "missing"), [(15, 1), (16, 0), (17, 0)])
def test_R4_the_response_date_lies_at_least_14_days_ahead(received_at: datetime, day: int, missing: int) -> None:
    """Received on 2 March: the 15th is 13 days away, the 16th 14, the 17th 15. The hour of the mail does not matter."""
    found = lacks(received_at, response_due=date(2026, 3, day))
    assert [clause for clause, _ in found] == [Clause.R4] * missing


def test_R4_two_weeks_over_a_leap_day() -> None:
    received = datetime(2028, 2, 20, 12, tzinfo=UTC)
    assert lacks(received, response_due=date(2028, 3, 4)) != []
    assert lacks(received, response_due=date(2028, 3, 5)) == []


def test_R4_everything_that_is_missing_is_named_at_once() -> None:
    """The agency is asked once, not once for each item."""
    found = missing_for_disclosure(RequestFacts(country="US"), (), NOW, BOOK)
    assert {r.clause for r in found} == {Clause.S2, Clause.U1, Clause.R1, Clause.R2, Clause.R4}
    assert len(found) == len(set(found)) == 12


def test_P2_a_complete_preservation_request_lacks_nothing() -> None:
    """It need not say what is asked for, nor why, nor by when: it only has things kept."""
    facts = RequestFacts(officer_name="Jo Doe", officer_email="jo@lakeland.example", identifiers=identifiers(1))
    assert missing_for_preservation(facts, LETTER, NOW, BOOK) == ()


@pytest.mark.parametrize(
    ("change", "documents", "clause", "word"),
    [
        ({"officer_name": None}, LETTER, Clause.P2, "officer's name"),
        ({"officer_email": None}, LETTER, Clause.P2, "government email"),
        ({"identifiers": ()}, LETTER, Clause.R1, "identifier"),
        ({"identifiers": (MEETING.model_copy(update={"host": None}),)}, LETTER, Clause.R1, "host"),
        ({}, (), Clause.S2, "PDF"),
        ({}, SCAN, Clause.S2, "PDF"),
    ],
)
def test_P2_what_a_preservation_request_lacks_is_named(
    change: dict[str, object], documents: tuple[Document, ...], clause: Clause, word: str
) -> None:
    facts = COMPLETE.model_copy(update={"process": LegalProcess.PRESERVATION_LETTER, **change})
    (found,) = missing_for_preservation(facts, documents, NOW, BOOK)
    assert found.clause is clause
    assert word in found.detail
