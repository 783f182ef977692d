"""Requests to restrict access, as officials word them (X1): what is plain is read, and nothing is guessed."""

import pytest

from intake.message import read_message
from intake.restrictions import measure, territory, violation
from policy.request import request_facts
from policy.vocabulary import EVERYWHERE, LegalProcess, Measure, Purpose, Violation
from starter.samples import SampleProcess, SampleRequest, SampleRestriction, sample_mail


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("keep_out", Measure.KEEP_OUT),
        ("Suspend account", Measure.SUSPEND_ACCOUNT),
        ("Please suspend the user's account at once", Measure.SUSPEND_ACCOUNT),
        ("closing of the meeting named above", Measure.CLOSE_MEETING),
        ("Keep participants in Illinois out of the meeting", Measure.KEEP_OUT),
        ("block people in our territory from the webinar", Measure.KEEP_OUT),
        ("prevent the user from hosting meetings", Measure.LIMIT_HOSTING),
        ("restrict the user's participation", Measure.LIMIT_PARTICIPATION),
        ("limit the user's access: no hosting and no joining of meetings", Measure.LIMIT_PARTICIPATION),
        ("do something about it", None),
        ("", None),
    ],
)
def test_X1_a_measure_is_read_from_its_words(text: str, meant: Measure | None) -> None:
    assert measure(text) is meant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US-IL", "US-IL"),
        ("VN", "VN"),
        ("Illinois", "US-IL"),
        ("the State of New York", "US-NY"),
        ("Illinois, United States.", "US-IL"),
        ("Georgia, USA", "US-GA"),
        ("Georgia", None),
        ("the United States", "US"),
        ("Viet Nam", "VN"),
        ("worldwide", EVERYWHERE),
        ("Illinois and Ohio", None),
        ("our district", None),
        ("Ontario, Canada", None),
        ("il", None),
    ],
)
def test_X1_a_territory_is_one_code_or_for_a_person_to_say(text: str, code: str | None) -> None:
    assert territory(text) == code


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("child sexual abuse material is shown", Violation.CHILD_SEXUAL_ABUSE),
        ("danger_to_life", Violation.DANGER_TO_LIFE),
        ("CSAM", Violation.CHILD_SEXUAL_ABUSE),
        ("there is a risk of death or serious injury", Violation.DANGER_TO_LIFE),
        ("fraud", Violation.OTHER),
        ("none", None),
    ],
)
def test_N4_a_violation_of_the_terms_is_read_from_its_words(text: str, meant: Violation | None) -> None:
    assert violation(text) is meant


@pytest.mark.parametrize("said", [None, "risk of death"])
def test_X1_a_request_to_restrict_access_is_read_whole_from_mail_and_document(said: str | None) -> None:
    asked = SampleRestriction(measure="close the meeting", territory="Illinois", violation=said)
    facts = request_facts(
        read_message(sample_mail(SampleRequest(process=SampleProcess.RESTRICTION, restriction=asked))).reading.facts
    )
    assert facts.purpose is Purpose.RESTRICTION
    assert (facts.measure, facts.territory) == (Measure.CLOSE_MEETING, "US-IL")
    assert facts.violation is (Violation.DANGER_TO_LIFE if said else None)
    assert facts.basis == asked.basis
    assert facts.requested == ()


def test_X1_a_court_order_beside_the_request_stays_its_process() -> None:
    mail = sample_mail(SampleRequest(process=SampleProcess.RESTRICTION))
    ordered = mail.replace(b"Legal process: Restriction of access", b"Legal process: court order")
    facts = request_facts(read_message(ordered).reading.facts)
    assert (facts.purpose, facts.process) == (Purpose.RESTRICTION, LegalProcess.COURT_ORDER)
