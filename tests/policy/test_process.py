"""What each legal process compels, at home and from abroad."""

import pytest
from hypothesis import given

from policy.book import policy_book
from policy.process import compels, excess
from policy.scope import Scope
from policy.vocabulary import DataClass, LegalProcess
from tests.policy.build import D1, D2, D3, scope, scopes, searched

BOOK = policy_book("2026-11")
P = LegalProcess

#: The Guide's table, written out: U3, U4, P1, U1 for no process at all, and F2 for the channels from abroad.
COMPELS: dict[LegalProcess | None, set[DataClass]] = {
    None: set(),
    P.PRESERVATION_LETTER: set(),
    P.SUBPOENA: {D1, D2},
    P.COURT_ORDER: {D1, D2},
    P.SEARCH_WARRANT: {D1, D2, D3},
    P.CLOUD_ACT_ORDER: {D1, D2, D3},
    P.EPOC: {D1, D2, D3},
    P.EPOC_PR: set(),
    P.MLAT_REQUEST: {D1, D2, D3},
    P.LETTERS_ROGATORY: {D1, D2, D3},
    P.LOCAL_ORDER: {D1, D2},
}
CLAUSE = {None: "U1", P.PRESERVATION_LETTER: "P1", P.EPOC_PR: "P1", P.SUBPOENA: "U3", P.COURT_ORDER: "U3"}


def check(process: LegalProcess | None) -> None:
    assert compels(process, "US") == COMPELS[process]


def test_U3_U4_the_table_names_every_process() -> None:
    assert set(COMPELS) == {None, *LegalProcess}


@pytest.mark.parametrize("process", [P.SUBPOENA, P.COURT_ORDER])
def test_U3_a_subpoena_or_court_order_never_compels_content(process: LegalProcess) -> None:
    check(process)
    sentence = excess(scope(process, (D1, D2, D3)))
    assert sentence.startswith("U3: ")
    assert sentence.endswith("asked for: D3")
    assert excess(scope(process, (D1, D2))) == ""


def test_U4_a_search_warrant_compels_content_too() -> None:
    check(P.SEARCH_WARRANT)
    assert excess(scope(P.SEARCH_WARRANT, (D1, D2, D3))) == ""


def test_P1_a_preservation_letter_compels_nothing() -> None:
    check(P.PRESERVATION_LETTER)
    assert excess(scope(P.PRESERVATION_LETTER, (D1,))).startswith("P1: ")


def test_G2_U1_without_a_process_nothing_is_compelled() -> None:
    check(None)
    assert excess(scope(None, (D1,))).startswith("U1: ")


@pytest.mark.parametrize("country", ["GB", "DE", "VN", "EU", None])
@pytest.mark.parametrize("process", [P.SUBPOENA, P.COURT_ORDER, P.SEARCH_WARRANT, P.LOCAL_ORDER])
def test_F2_what_a_country_calls_its_own_warrant_does_not_reach_content(process: P, country: str | None) -> None:
    assert compels(process, country) == {D1, D2}
    assert excess(scope(process, (D1, D2), country=country)) == ""
    sentence = excess(scope(process, (D1, D3), country=country))
    assert sentence.startswith("F2: ")
    assert sentence.endswith("asked for: D3")


@pytest.mark.parametrize("process", [P.CLOUD_ACT_ORDER, P.EPOC, P.MLAT_REQUEST, P.LETTERS_ROGATORY])
def test_F2_the_channels_of_treaties_reach_content(process: P) -> None:
    assert excess(scope(process, (D1, D2, D3), country="DE")) == ""


@searched
@given(scopes)
def test_U3_whatever_goes_beyond_the_table_is_named_with_its_clause(asked: Scope) -> None:
    beyond = set(asked.classes) - COMPELS[asked.process]
    sentence = excess(asked)
    assert bool(sentence) == bool(beyond)
    if beyond:
        assert sentence.startswith(f"{CLAUSE.get(asked.process, 'F2')}: ")
        named = sentence.partition("asked for: ")[2].split(", ")
        assert named == sorted(beyond)
