"""The samples are what they say: read back, each gives the request that it was made from."""

import pytest

from intake.message import read_message
from policy.request import request_facts
from policy.vocabulary import DataClass, Purpose
from starter.samples import SampleProcess, SampleRequest, sample_mail

REFERENCE = "DP-2026-000007"


@pytest.mark.parametrize(
    ("process", "purpose"),
    [
        (SampleProcess.SUBPOENA, Purpose.DISCLOSURE),
        (SampleProcess.COURT_ORDER, Purpose.DISCLOSURE),
        (SampleProcess.SEARCH_WARRANT, Purpose.DISCLOSURE),
        (SampleProcess.PRESERVATION_LETTER, Purpose.PRESERVATION),
        (SampleProcess.EXTENSION, Purpose.PRESERVATION_EXTENSION),
        (SampleProcess.NON_DISCLOSURE_ORDER, Purpose.NON_DISCLOSURE),
    ],
)
def test_each_sample_is_read_as_it_was_meant(process: SampleProcess, purpose: Purpose) -> None:
    reading = read_message(sample_mail(SampleRequest(process=process, silence="90 days", reference=REFERENCE))).reading
    facts = request_facts(reading.facts)
    assert reading.remarks == ()
    assert reading.references == (REFERENCE,)
    assert (facts.purpose, facts.gag_days) == (purpose, 90)
    assert facts.preservation_ref == (None if process is SampleProcess.NON_DISCLOSURE_ORDER else REFERENCE)


@pytest.mark.parametrize("data_class", list(DataClass))
def test_each_class_is_named_in_words_that_are_read_as_it(data_class: DataClass) -> None:
    raw = sample_mail(SampleRequest(process=SampleProcess.SEARCH_WARRANT, classes=(data_class,)))
    assert request_facts(read_message(raw).reading.facts).requested == (data_class,)


def test_the_same_request_gives_the_same_bytes() -> None:
    assert sample_mail(SampleRequest(process=SampleProcess.SUBPOENA)) == sample_mail(
        SampleRequest(process=SampleProcess.SUBPOENA)
    )
