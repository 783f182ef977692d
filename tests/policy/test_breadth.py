"""What looks overly broad, and the narrower scope that is proposed in its place (R3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.book import policy_book
from policy.breadth import breadth_of
from policy.findings import Reason
from policy.process import excess
from policy.request import RequestFacts
from policy.scope import Narrowing, Scope, scope_of
from policy.vocabulary import Clause, DataClass, LegalProcess
from tests.policy.build import D1, D2, D3, identifiers, searched

BOOK = policy_book("2026-11")
RECEIVED = date(2026, 3, 2)
P = LegalProcess


def facts(**known: object) -> RequestFacts:
    good: dict[str, object] = {
        "process": P.SUBPOENA,
        "country": "US",
        "identifiers": identifiers(1),
        "requested": (D1, D2),
        "since": date(2026, 1, 1),
        "until": date(2026, 1, 31),
    }
    return RequestFacts.model_validate(good | known)


def flags(**known: object) -> list[str]:
    found = breadth_of(facts(**known), BOOK, RECEIVED).flags
    assert all(flag.clause is Clause.R3 for flag in found)
    return [flag.detail for flag in found]


def test_R3_a_request_with_a_period_and_few_identifiers_is_not_flagged() -> None:
    assert flags() == []


@pytest.mark.parametrize("period", [{"since": None}, {"until": None}, {"since": None, "until": None}])
@pytest.mark.parametrize("dated", [D2, D3])
def test_R3_records_and_content_need_a_period(period: dict[str, object], dated: DataClass) -> None:
    (flag,) = flags(process=P.SEARCH_WARRANT, requested=(D1, dated), **period)
    assert "period" in flag


def test_R3_basic_data_needs_no_period() -> None:
    assert flags(requested=(D1,), since=None, until=None) == []


def test_R3_more_than_ten_identifiers_are_flagged() -> None:
    assert flags(identifiers=identifiers(10)) == []
    (flag,) = flags(identifiers=identifiers(11))
    assert "11 identifiers" in flag


def test_R3_what_the_process_does_not_compel_is_flagged() -> None:
    (flag,) = flags(requested=(D1, D3))
    assert "D3" in flag
    assert "subpoena" in flag
    assert flags(process=P.SEARCH_WARRANT, requested=(D1, D3)) == []


def test_R3_a_missing_process_is_no_matter_of_breadth() -> None:
    """It is asked for by U1; a reviewer need not hear it twice."""
    assert flags(process=None) == []


def test_G2_R3_each_sign_is_its_own_flag() -> None:
    assert len(flags(requested=(D3,), since=None, identifiers=identifiers(11))) == 3


def proposed(**known: object) -> Narrowing | None:
    return breadth_of(facts(**known), BOOK, RECEIVED).narrowing


def test_R3_nothing_is_proposed_for_a_request_that_is_not_broad() -> None:
    assert proposed() is None


def test_R3_a_year_and_a_day_is_not_too_long_and_a_day_more_is() -> None:
    assert flags(since=date(2025, 1, 1), until=date(2026, 1, 1)) == []
    (flag,) = flags(since=date(2024, 12, 31), until=date(2026, 1, 1))
    assert "366 days" in flag
    assert proposed(since=date(2024, 12, 31), until=date(2026, 1, 1)) == Narrowing(since=date(2025, 1, 1))


@pytest.mark.parametrize(
    ("known", "narrowing"),
    [
        ({"requested": (D1, D3)}, Narrowing(classes=(D1,))),
        ({"identifiers": identifiers(12)}, Narrowing(identifiers=tuple(range(1, 11)))),
        ({"since": None, "until": None}, Narrowing(since=date(2025, 3, 2), until=RECEIVED)),
        ({"until": None}, Narrowing(until=RECEIVED)),
        ({"since": None}, Narrowing(since=date(2025, 1, 31))),
        ({"since": date(2026, 4, 1), "until": None}, Narrowing(until=date(2026, 4, 1))),
        ({"requested": (D3,)}, None),
        ({"identifiers": (), "since": None}, None),
    ],
)
def test_R3_a_narrower_scope_is_proposed_where_one_would_be_left(
    known: dict[str, object], narrowing: Narrowing | None
) -> None:
    assert flags(**known)
    assert proposed(**known) == narrowing


def test_R3_words_that_reach_for_everybody_are_signs_too() -> None:
    remarks = (Reason(clause=Clause.R3, detail="it asks for everybody"), Reason(clause=Clause.R1, detail="other"))
    assert breadth_of(facts(), BOOK, RECEIVED, remarks).flags == remarks[:1]


_maybe_day = st.none() | st.dates(date(2019, 1, 1), date(2026, 3, 1))


@searched
@given(
    st.sampled_from(LegalProcess),
    st.sets(st.sampled_from(DataClass)).map(lambda found: tuple(sorted(found))),
    st.integers(0, 14),
    _maybe_day,
    _maybe_day,
)
def test_R3_what_is_proposed_is_within_the_request_and_cures_every_sign(
    process: LegalProcess, asked: tuple[DataClass, ...], count: int, since: date | None, until: date | None
) -> None:
    if since and until and since > until:
        since, until = until, since
    known = facts(process=process, requested=asked, identifiers=identifiers(count), since=since, until=until)
    narrowing = breadth_of(known, BOOK, RECEIVED).narrowing
    if narrowing is None:
        return
    scope: Scope = scope_of("DP-2026-000001", known)
    narrowed = scope.narrow(narrowing)
    assert narrowed != scope
    assert excess(narrowed) == ""
    cured = facts(
        process=process,
        requested=narrowed.classes,
        identifiers=narrowed.identifiers,
        since=narrowed.since,
        until=narrowed.until,
    )
    assert breadth_of(cured, BOOK, RECEIVED).flags == ()
