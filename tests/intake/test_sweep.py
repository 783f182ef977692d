"""Requests that reach for everybody or everything are told as such, and widen nothing."""

import pytest

from intake.facts import read_text, settle
from intake.lines import Reading
from intake.sweep import signs_of_a_sweep
from policy.facts import IDENTIFIERS, Source, SourceKind
from policy.vocabulary import Clause


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Please give us all users who signed in that day.", "everybody"),
        ("the records of every\nsubscriber in the region", "everybody"),
        ("your entire user base", "everybody"),
        ("any and all records relating to the matter", "everything"),
        ("each and every document", "everything"),
        ("All information whatsoever", "everything"),
        ("accounts ending in @corp.example", "domain"),
        ("*@corp.example", "domain"),
        ("for the entire domain", "domain"),
        ("from 192.0.2.0/24", "network"),
        ("from 2001:db8::/32", "network"),
    ],
)
def test_R3_words_that_reach_too_far_are_a_sign(text: str, sign: str) -> None:
    (sentence,) = signs_of_a_sweep(text)
    assert sign in sentence


@pytest.mark.parametrize(
    "text",
    [
        "all accounts listed below",
        "every user named in the warrant",
        "all recordings of the meeting",
        "all subscriber and transactional records",
        "any records of 192.0.2.7",
        "a@corp.example, b@corp.example",
        "Records from 1/2/2026",
    ],
)
def test_R3_what_is_told_exactly_is_no_sign(text: str) -> None:
    assert list(signs_of_a_sweep(text)) == []


@pytest.mark.parametrize("line", ["User: corp.example", "User email: @corp.example", "Users: *@corp.example"])
def test_R3_a_domain_in_place_of_a_person_is_a_sign_and_names_nobody(line: str) -> None:
    reading = Reading()
    read_text(line, Source(kind=SourceKind.MAIL), reading)
    facts, remarks = settle(reading, ())
    assert not any(fact.field in IDENTIFIERS for fact in facts)
    assert any(remark.clause is Clause.R3 and "domain" in remark.detail for remark in remarks)
