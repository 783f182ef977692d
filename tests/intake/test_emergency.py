"""Emergency requests among the mail (E2): by subject and content, and never passed over in silence."""

from dataclasses import replace

import pytest

from intake.message import read_message
from intake.reading import MessageReading
from policy.completeness import missing_for_emergency
from policy.request import RequestFacts, request_facts
from policy.vocabulary import Clause, Purpose
from starter.samples import SampleEmergency, SampleProcess, SampleRequest, emergency_mail, sample_mail

NOTHING_STATED = SampleEmergency(nature="", person="")


def read(request: SampleEmergency) -> tuple[MessageReading, RequestFacts]:
    reading = read_message(emergency_mail(request)).reading
    return reading, request_facts(reading.facts)


def remarks(reading: MessageReading) -> list[str]:
    return [remark.detail for remark in reading.remarks if remark.clause is Clause.E2]


def test_E2_a_whole_request_is_read_from_its_labelled_lines() -> None:
    reading, facts = read(SampleEmergency())
    assert facts.purpose is Purpose.EMERGENCY
    assert facts.emergency.model_dump() == {
        name: getattr(SampleEmergency(), name) for name in ("nature", "known", "person", "when", "averts")
    }
    assert missing_for_emergency(facts) == ()
    assert remarks(reading) == []


def test_E2_the_subject_alone_makes_an_ordinary_request_and_says_so_to_a_person() -> None:
    reading, facts = read(NOTHING_STATED)
    assert facts.purpose is None
    assert remarks(reading) == ["its subject says emergency, but it states no danger and nobody at risk (in the mail)"]


@pytest.mark.parametrize(
    "prose",
    [
        "A girl of 15 told a friend that she was going to jump off the bridge. Please call.",
        "He posted that he wants to kill himself tonight.",
        "Two children were abducted an hour ago.",
    ],
)
def test_E2_an_officer_in_a_hurry_tells_danger_in_other_words(prose: str) -> None:
    _, facts = read(replace(NOTHING_STATED, prose=prose))
    assert facts.purpose is Purpose.EMERGENCY
    assert facts.emergency.nature is not None
    assert facts.emergency.nature in prose
    _, ordinary = read(replace(NOTHING_STATED, subject="Records in case 12", prose=prose))
    assert ordinary.emergency.nature is None, "a crime of long ago calls nobody at night"


@pytest.mark.parametrize(
    "prose",
    [
        "There is an imminent danger of death to a hostage. Please call us.",
        "This is a life-threatening situation: a child was abducted an hour ago!",
        "We rely on 18 U.S.C. 2702(b)(8).",
    ],
)
def test_E2_danger_in_running_text_under_another_subject_may_be_an_emergency(prose: str) -> None:
    reading, facts = read(replace(NOTHING_STATED, subject="Please help", prose=prose))
    assert facts.purpose is None
    assert facts.emergency.nature is not None
    assert facts.emergency.nature in prose, "in the sender's own words"
    assert len(remarks(reading)) == 1


def test_E2_danger_in_running_text_under_the_subject_is_an_emergency() -> None:
    prose = "A caller was found. He faces a serious risk of death tonight. Please call us."
    _, facts = read(replace(NOTHING_STATED, prose=prose))
    assert facts.purpose is Purpose.EMERGENCY
    assert facts.emergency.nature == "He faces a serious risk of death tonight."


@pytest.mark.parametrize("process", SampleProcess)
def test_E2_an_ordinary_document_is_no_emergency(process: SampleProcess) -> None:
    reading = read_message(sample_mail(SampleRequest(process=process))).reading
    assert request_facts(reading.facts).purpose is not Purpose.EMERGENCY
    assert remarks(reading) == []


def test_E2_what_is_quoted_in_a_reply_states_no_danger() -> None:
    quoted = replace(NOTHING_STATED, subject="Re: your letter", prose="Thank you.\n> There is an imminent danger.")
    reading, facts = read(quoted)
    assert facts.emergency.nature is None
    assert remarks(reading) == []


def test_E1_legal_process_that_names_a_case_of_ours_is_that_process_whatever_the_thread_was_called() -> None:
    reference = "DP-2026-000007"
    raw = sample_mail(SampleRequest(process=SampleProcess.SEARCH_WARRANT, reference=reference))
    raw = raw.replace(b"Subject: ", b"Subject: Re: EMERGENCY DISCLOSURE REQUEST; ", 1)
    raw = raw.replace(b"Respectfully,", b"Nature of the emergency: averted, thank you\r\n\r\nRespectfully,", 1)
    reading = read_message(raw).reading
    assert reading.references == (reference,)
    assert request_facts(reading.facts).purpose is Purpose.DISCLOSURE
