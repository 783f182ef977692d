"""The scope that is decided on: its digest binds a signature to it, and a narrowing only ever takes away."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.request import Identifier, IdentifierKind, RequestFacts
from policy.scope import Narrowing, Scope, ScopeError, scope_of
from policy.vocabulary import DataClass, LegalProcess, RequestKind
from tests.policy.build import D1, D2, D3, class_sets, days, identifiers, maybe_days, scope, scopes, searched

narrowings = st.builds(
    Narrowing,
    classes=st.none() | class_sets,
    identifiers=st.none() | st.lists(st.integers(-1, 5), max_size=4).map(tuple),
    since=maybe_days,
    until=maybe_days,
)
FULL = scope(LegalProcess.SEARCH_WARRANT, (D1, D2, D3), count=3, since=date(2026, 1, 5), until=date(2026, 1, 15))


def narrowed(whole: Scope, by: Narrowing) -> Scope | ScopeError:
    try:
        return whole.narrow(by)
    except ScopeError as error:
        return error


def test_U2_the_digest_is_the_same_on_every_machine_and_in_every_release() -> None:
    """A digest that changed would make every signature in flight stale."""
    assert FULL.digest() == "371148eada525bec1b69d96b45ec36d36fe7406c28f248a689e4d6fdfa86209a"
    assert Scope.model_validate_json(FULL.model_dump_json()).digest() == FULL.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"ref": "DP-2026-000002"},
        {"round": 2},
        {"kind": RequestKind.EMERGENCY},
        {"process": LegalProcess.COURT_ORDER},
        {"process": None},
        {"country": "GB"},
        {"country": None},
        {"live": True},
        {"classes": (D1, D2)},
        {"identifiers": identifiers(2)},
        {"identifiers": identifiers(3)[::-1]},
        {"identifiers": (Identifier(kind=IdentifierKind.OWNER_EMAIL, value="u1@mail.example"), *identifiers(3)[1:])},
        {"since": date(2026, 1, 6)},
        {"since": None},
        {"until": date(2026, 1, 14)},
        {"until": None},
    ],
)
def test_U2_the_digest_changes_with_anything_that_is_decided_on(change: dict[str, object]) -> None:
    assert FULL.model_copy(update=change).digest() != FULL.digest()


@searched
@given(scopes, scopes)
def test_U2_two_scopes_share_a_digest_only_if_they_are_the_same(one: Scope, other: Scope) -> None:
    assert (one.digest() == other.digest()) == (one == other)


@searched
@given(scopes, narrowings)
def test_R3_a_narrowing_never_adds(whole: Scope, by: Narrowing) -> None:
    part = narrowed(whole, by)
    if isinstance(part, ScopeError):
        assert str(part).startswith("R3: ")
        return
    assert set(part.classes) <= set(whole.classes)
    assert set(part.identifiers) <= set(whole.identifiers)
    assert whole.since is None or (part.since is not None and part.since >= whole.since)
    assert whole.until is None or (part.until is not None and part.until <= whole.until)
    assert part.classes
    assert part.identifiers
    assert (part.ref, part.round, part.process) == (whole.ref, whole.round, whole.process)


@searched
@given(scopes, narrowings, narrowings)
def test_R3_a_narrowing_of_a_narrowing_never_adds_to_the_first(whole: Scope, one: Narrowing, two: Narrowing) -> None:
    part = narrowed(whole, one)
    if isinstance(part, ScopeError):
        return
    less = narrowed(part, two)
    if isinstance(less, ScopeError):
        return
    assert set(less.classes) <= set(whole.classes)
    assert set(less.identifiers) <= set(whole.identifiers)


def test_R3_an_empty_narrowing_leaves_the_scope_as_it_is() -> None:
    assert FULL.narrow(Narrowing()) == FULL


def test_R3_each_dimension_is_narrowed_by_itself() -> None:
    assert FULL.narrow(Narrowing(classes=(D2, D1, D2))).classes == (D1, D2)
    assert FULL.narrow(Narrowing(since=date(2026, 1, 6))).since == date(2026, 1, 6)
    assert FULL.narrow(Narrowing(until=date(2026, 1, 6))).until == date(2026, 1, 6)


def test_R3_identifiers_are_numbered_from_one_in_the_order_of_the_scope() -> None:
    first, _, third = FULL.identifiers
    assert FULL.narrow(Narrowing(identifiers=(3, 1, 3))).identifiers == (first, third)


def test_R3_a_period_can_be_given_to_a_scope_that_has_none() -> None:
    part = scope(count=1).narrow(Narrowing(since=date(2026, 1, 1), until=date(2026, 1, 1)))
    assert part.since == part.until == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("by", "word"),
    [
        (Narrowing(classes=(D1, D3)), "does not ask for D3"),
        (Narrowing(classes=()), "nothing would be left"),
        (Narrowing(identifiers=()), "nothing would be left"),
        (Narrowing(identifiers=(0,)), "numbered 1 to 2"),
        (Narrowing(identifiers=(3,)), "numbered 1 to 2"),
        (Narrowing(since=date(2026, 1, 4)), "begins on 2026-01-05"),
        (Narrowing(until=date(2026, 1, 16)), "ends on 2026-01-15"),
        (Narrowing(since=date(2026, 1, 10), until=date(2026, 1, 9)), "end before it begins"),
        (Narrowing(since=date(2026, 1, 16)), "end before it begins"),
        (Narrowing(until=date(2026, 1, 4)), "end before it begins"),
    ],
)
def test_R3_what_does_not_fit_is_refused_with_a_sentence(by: Narrowing, word: str) -> None:
    whole = scope(classes=(D1, D2), count=2, since=date(2026, 1, 5), until=date(2026, 1, 15))
    with pytest.raises(ScopeError, match=word):
        whole.narrow(by)


@searched
@given(class_sets, days, days, st.integers(1, 9))
def test_U2_the_scope_is_what_the_request_asks_for(
    classes: tuple[DataClass, ...], since: date, until: date, review: int
) -> None:
    facts = RequestFacts(
        process=LegalProcess.SUBPOENA,
        country="US",
        identifiers=identifiers(2),
        requested=classes,
        since=since,
        until=until,
    )
    expected = scope(classes=classes, count=2, since=since, until=until, review=review)
    assert scope_of(expected.ref, facts, review) == expected


def test_N1_a_new_review_makes_a_new_digest() -> None:
    """Otherwise an approval from before the user's objection would still count after it."""
    facts = RequestFacts(process=LegalProcess.SUBPOENA, identifiers=identifiers(1), requested=(D1,))
    assert scope_of("DP-2026-000001", facts).digest() != scope_of("DP-2026-000001", facts, 2).digest()
