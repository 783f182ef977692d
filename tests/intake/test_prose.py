"""What running text asks for: read as a person would, flagged for one, and never in place of what is stated."""

import pytest

from intake.facts import read_text, settle
from intake.lines import Reading
from intake.prose import asked_in
from policy.facts import Confidence, FactField, Source, SourceKind
from policy.request import request_facts
from policy.vocabulary import Clause, DataClass

F = FactField
MAIL = Source(kind=SourceKind.MAIL)
PAGE = Source(kind=SourceKind.PDF, document="a" * 64, page=1)


def told(text: str, *fields: FactField) -> list[tuple[FactField, str]]:
    return [fact for fact in asked_in(text) if fact[0] in fields]


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("Please provide: subscriber name and address, length of service, and records of session times.", "D1 D2"),
        ("The Provider is required to disclose:\n1. The contents of all recordings;\n2. Log-in IP addresses.", "D2 D3"),
        ("We need the current IP address for the account. He is in a chat.", "D2"),
        ("You shall produce IP logs, not including the contents of communications.", "D2"),
        ("(a) [X] subscriber data; (b) [ ] content data; (c) ☒ traffic data", "D1 D2"),
        ("Please provide what we ask for as a reply to this message.", ""),
        ("You must not disclose the contents of this order, nor any message.", ""),
        ("He sent chat messages and recordings.", ""),
    ],
)
def test_R2_the_kinds_of_data_are_read_where_somebody_asks_for_them(text: str, classes: str) -> None:
    assert " ".join(value for _, value in told(text, F.DATA_REQUESTED)) == classes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for the period from March 1, 2026 through June 30, 2026, please", ["2026-03-01", "2026-06-30"]),
        ("between 1 May 2026 and 31 May 2026.", ["2026-05-01", "2026-05-31"]),
        ("from 01.02.2026 to 30.06.2026", ["2026-02-01", "2026-06-30"]),
        ("from 03/04/2026 to 05/06/2026", []),
        ("from June 30, 2026 to March 1, 2026", []),
        ("from May 1, 2026 to May 2, 2026. He wrote from June 1, 2026 to June 2, 2026.", []),
    ],
)
def test_R3_one_period_is_read_and_of_several_none(text: str, expected: list[str]) -> None:
    assert [value for _, value in told(text, F.SINCE, F.UNTIL)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please provide the records to me by December 18, 2026.", ["2026-12-18"]),
        ("Response requested by 2026-12-21.", ["2026-12-21"]),
        ("You are commanded to execute this warrant on or before December 11, 2026.", []),
        ("Send them by May 1, 2026. Please respond by May 2, 2026.", []),
    ],
)
def test_R4_the_day_of_the_answer_is_read_and_not_the_day_of_something_else(text: str, expected: list[str]) -> None:
    assert [value for _, value in told(text, F.RESPONSE_DUE)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In the matter of an account    Case No. 26-mj-00233\nTo: any officer", ["26-mj-00233"]),
        ("RE: Case # SCSO-26-20931", ["SCSO-26-20931"]),
        ("Docket number 1:26-cv-00417.", ["1:26-cv-00417"]),
        ("In that case no. The order number is unknown.", []),
    ],
)
def test_R4_the_agencys_own_number_is_read_where_it_stands(text: str, expected: list[str]) -> None:
    assert [value for _, value in told(text, F.CASE_NUMBER)] == expected


def test_R2_why_it_is_asked_for_is_told_in_the_sentence_that_speaks_of_it() -> None:
    text = "CAPITOL STATE\nBUREAU OF INVESTIGATION\nHello. This concerns a series of burglaries. Please call."
    assert told(text, F.RELATION) == [(F.RELATION, "This concerns a series of burglaries.")]
    assert not told("State Bureau of Investigation", F.RELATION)


def test_R2_what_prose_tells_is_flagged_and_gives_way_to_what_is_stated() -> None:
    reading = Reading()
    read_text("Data requested: subscriber information\n\nPlease provide the contents of his chats.", MAIL, reading)
    facts, _ = settle(reading, ())
    assert request_facts(facts).requested == (DataClass.BASIC,)

    reading = Reading()
    read_text("Please provide the contents of his chats.", MAIL, reading)
    read_text("Please provide subscriber information.", PAGE, reading)
    facts, remarks = settle(reading, ())
    assert request_facts(facts).requested == (DataClass.BASIC,), "a covering mail widens no document"
    assert all(fact.confidence is Confidence.FOUND for fact in facts)
    assert any(remark.clause is Clause.R2 and "data.requested" in remark.detail for remark in remarks)
