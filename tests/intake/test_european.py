"""What is read of who is behind a European certificate, and of its ground: in words, and with boxes (F2)."""

import pytest

from intake.boxes import ticked
from intake.facts import read_text, settle
from intake.lines import Reading
from intake.titles import withdraws
from policy.epoc import Certificate
from policy.facts import Source, SourceKind
from policy.request import RequestFacts, request_facts
from policy.vocabulary import Clause, DataClass, Judicial, Threshold

PAGE = Source(kind=SourceKind.PDF, document="a" * 64, page=1)


def read(*lines: str) -> tuple[RequestFacts, list[Clause]]:
    reading = Reading(author_domain="lka.musterland.example")
    read_text("\n".join(("EUROPEAN PRODUCTION ORDER CERTIFICATE (EPOC)", *lines, "", "Signed")), PAGE, reading)
    facts, remarks = settle(reading, ())
    return request_facts(facts), [remark.clause for remark in remarks]


@pytest.mark.parametrize(
    ("said", "issuer"),
    [
        ("judge, court, or investigating judge", Judicial.COURT),
        ("Investigating Judge", Judicial.COURT),
        ("public prosecutor", Judicial.PROSECUTOR),
        ("other competent authority as defined by the issuing State", Judicial.OTHER),
    ],
)
def test_F2_the_kind_of_authority_is_read(said: str, issuer: Judicial) -> None:
    assert read(f"Type of issuing authority: {said}")[0].certificate.issuer is issuer
    assert read(f"Type of the validating authority: {said}")[0].certificate.validator is issuer


@pytest.mark.parametrize("said", ["prosecutor of the court", "Staatsanwaltschaft", "☐ judge ☐ public prosecutor"])
def test_F2_an_authority_that_could_be_two_or_none_is_left_to_a_person(said: str) -> None:
    facts, remarks = read(f"Type of issuing authority: {said}")
    assert facts.certificate == Certificate()
    assert remarks == [Clause.F2]


def test_F2_who_names_no_validating_authority_says_nothing_of_it() -> None:
    facts, remarks = read("Type of validating authority: not applicable")
    assert (facts.certificate.validator, remarks) == (None, [])


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("punishable by a maximum custodial sentence of at least three years", Threshold.THREE_YEARS),
        ("fraud, up to 5 years", Threshold.THREE_YEARS),
        ("up to two years", Threshold.NONE),
        ("Directive 2013/40/EU, by means of an information system", Threshold.INFORMATION_SYSTEM),
        ("terrorist offences, Directive (EU) 2017/541", Threshold.TERRORISM),
        ("execution of a custodial sentence of at least four months", Threshold.SENTENCE),
        ("none", Threshold.NONE),
        ("less than three years", None),
        ("a grave offence", None),
    ],
)
def test_F2_the_ground_of_the_order_is_read_or_left_to_a_person(said: str, ground: Threshold | None) -> None:
    facts, remarks = read(f"Ground of the order: {said}")
    assert facts.certificate.ground is ground
    assert remarks == ([] if ground else [Clause.F2])


def test_F2_of_a_list_of_boxes_only_what_is_ticked_counts() -> None:
    facts, _ = read(
        "Type of issuing authority:",
        "☐ judge, court, or investigating judge",
        "☒ public prosecutor",
        "Type of validating authority:",
        "[x] judge or court",
        "[ ] public prosecutor",
        "Data requested:",
        "☒ subscriber data",
        "☒ data requested for the sole purpose of identifying the user",
        "☐ traffic data",
        "☐ content data",
        "Time limit: ☐ within 8 hours ☒ within 10 days",
    )
    assert facts.certificate == Certificate(issuer=Judicial.PROSECUTOR, validator=Judicial.COURT, identifies=True)
    assert set(facts.requested) == {DataClass.BASIC, DataClass.RECORDS}


@pytest.mark.parametrize(
    ("data", "alone"),
    [
        ("data requested for the sole purpose of identifying the user", True),
        ("subscriber data; data requested for the sole purpose of identifying the user", True),
        ("data requested for the sole purpose of identifying the user; traffic data", False),
        ("traffic data", False),
    ],
)
def test_F2_D2_records_identify_a_user_only_where_no_other_traffic_data_is_asked_for(data: str, alone: bool) -> None:
    assert read(f"Data requested: {data}")[0].certificate.identifies is alone


@pytest.mark.parametrize(
    ("said", "notified"),
    [("Central Authority, Dublin", "Central Authority, Dublin"), ("not required (art. 8(2))", "none"), ("No", "none")],
)
def test_F2_the_enforcing_authority_is_read_or_that_there_is_none(said: str, notified: str) -> None:
    assert read(f"Enforcing authority: {said}")[0].notified == notified


@pytest.mark.parametrize(("said", "confidential"), [("yes", True), ("the user must not be told", True), ("no", False)])
def test_F2_N1_whether_the_user_is_not_to_be_told_is_read(said: str, confidential: bool) -> None:
    assert read(f"Confidentiality: {said}")[0].confidential is confidential


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("a b", "a b"), ("[x] a [ ] b", "a"), ("of: ☐ a ☒ b ✓ c", "of: b c"), ("☐ a ☐ b", ""), ("[] a", "")],
)
def test_what_stands_behind_a_ticked_box_is_what_counts(text: str, chosen: str) -> None:
    assert ticked(text).split() == chosen.split()


@pytest.mark.parametrize(
    ("text", "withdrawn"),
    [
        ("Dear colleagues,\n\nThe preservation is no longer necessary.\n", True),
        ("Preservation of the data named above is no longer needed", True),
        ("We do not know whether the preservation is no longer necessary", False),
        ("The preservation is still necessary", False),
    ],
)
def test_P3_an_authority_that_needs_a_preservation_no_longer_withdraws_it(text: str, withdrawn: bool) -> None:
    assert withdraws(text) is withdrawn
