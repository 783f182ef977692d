"""Several orders of silence in one case: each is a thing of its own, and the latest end of those in force counts."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.decisions import judge
from policy.notice import ABOUT_SILENCE, OrderRuling, as_ruled, cannot_rule, restriction_flags, rule_on
from policy.orders import OWN, Order, OrderState, StatedOrder, silence_of
from policy.request import Gag
from policy.statements import Refusal, Ruling, Verdict
from policy.vocabulary import Clause, Phase
from tests.policy.build import NOW, searched
from tests.policy.test_decisions import BASIC, signer, standing, statement


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


_ends = st.none() | st.integers(0, 400).map(day)
_stated = st.lists(st.tuples(_ends, st.integers(0, 9).map(day)), max_size=4).map(
    lambda said: tuple(StatedOrder(n=n, until=until, at=at) for n, (until, at) in enumerate(said, start=1))
)


@st.composite
def _rulings(draw: st.DrawFn, *, dated_by_number: bool = True) -> tuple[OrderRuling, ...]:
    """Words of reviewers, in the order in which they were given."""
    given_at = sorted(draw(st.lists(st.integers(0, 9), max_size=6)))
    return tuple(
        OrderRuling(
            verdict=(verdict := draw(st.sampled_from(sorted(ABOUT_SILENCE)))),
            at=day(at),
            until=day(draw(st.integers(10, 400))) if verdict is Verdict.DATE_GAG else None,
            order=draw(st.integers(1, 4) if verdict is Verdict.DATE_GAG and dated_by_number else _some_order),
        )
        for at in given_at
    )


_some_order = st.none() | st.integers(1, 4)


def fate(order: StatedOrder, rulings: tuple[OrderRuling, ...]) -> Order:
    """What becomes of one order by itself, without regard to any other: an independent telling of N2."""
    about = [r for r in rulings if r.at >= order.at and (r.order is None or r.order == order.n)]

    def first(verdict: Verdict) -> int:
        return next((place for place, r in enumerate(about) if r.verdict is verdict), len(about))

    dated, refused, lifted = first(Verdict.DATE_GAG), first(Verdict.TELL_USER), first(Verdict.LIFT_GAG)
    never = len(about)
    if order.until is None and refused < min(dated, lifted):
        return Order(n=order.n, state=OrderState.SET_ASIDE)
    in_time = [r.until for r in about[:lifted] if r.verdict is Verdict.DATE_GAG and r.until]
    end = order.until if order.until is not None or not in_time else in_time[0]
    state = OrderState.LIFTED if lifted < never else OrderState.IN_FORCE
    return Order(n=order.n, until=end, state=state)


@searched
@given(_stated, _rulings())
def test_N2_a_word_about_one_order_never_moves_another(
    stated: tuple[StatedOrder, ...], rulings: tuple[OrderRuling, ...]
) -> None:
    """Each order given its end by number; set aside and lifted by number, or all at once."""
    named = tuple(
        r
        for place, r in enumerate(rulings)
        if r.verdict is not Verdict.DATE_GAG
        or cannot_rule(as_ruled(stated, rulings[:place]), r.verdict, r.order or 0) is None
    )
    assert as_ruled(stated, named) == tuple(fate(order, named) for order in stated)


@searched
@given(st.lists(st.tuples(_ends, st.sampled_from(OrderState)), max_size=5))
def test_N2_the_latest_end_of_the_orders_in_force_counts_and_one_without_an_end_goes_to_a_person(
    said: list[tuple[datetime | None, OrderState]],
) -> None:
    orders = [Order(n=n, until=until, state=state) for n, (until, state) in enumerate(said, start=1)]
    ends = [until for until, state in said if state is OrderState.IN_FORCE]
    expected = Gag.UNDATED if None in ends else Gag.DATED if ends else Gag.NONE
    assert silence_of(orders) == (expected, max((end for end in ends if end is not None), default=None))


@searched
@given(_stated, _rulings(dated_by_number=False))
def test_N2_no_word_but_a_lifting_ends_silence_sooner_than_an_order_says(
    stated: tuple[StatedOrder, ...], rulings: tuple[OrderRuling, ...]
) -> None:
    spared = [r for r in rulings if r.verdict is not Verdict.LIFT_GAG]
    for before, after in zip(stated, as_ruled(stated, spared), strict=True):
        if before.until is not None:
            assert after.state is OrderState.IN_FORCE
            assert after.until is not None
            assert after.until >= before.until


def test_N2_a_lifting_says_nothing_of_an_order_that_comes_after_it() -> None:
    first = StatedOrder(n=OWN, until=day(90), at=day(0))
    later = StatedOrder(n=2, until=day(60), at=day(2))
    lifted = OrderRuling(verdict=Verdict.LIFT_GAG, at=day(1))
    assert silence_of(as_ruled((first, later), [lifted])) == (Gag.DATED, day(60))


def test_N2_an_end_for_all_is_given_to_those_without_one_only() -> None:
    orders = (Order(n=1, until=day(30)), Order(n=2))
    dated = rule_on(orders, OrderRuling(verdict=Verdict.DATE_GAG, at=NOW, until=day(90)))
    assert dated == (Order(n=1, until=day(30)), Order(n=2, until=day(90)))


_THREE = (Order(n=1, until=day(30)), Order(n=2), Order(n=3, until=day(9), state=OrderState.LIFTED))


def rule(verdict: Verdict, order: int, phase: Phase = Phase.GAGGED) -> Ruling:
    case = standing(phase, orders=_THREE, gag=Gag.UNDATED)
    return judge(statement(verdict, order=order), case, signer(), signature_holds=True)


@pytest.mark.parametrize("phase", [Phase.GAGGED, Phase.LEGAL_REVIEW])
@pytest.mark.parametrize(
    ("verdict", "order", "accepted"),
    [
        (Verdict.LIFT_GAG, 1, True),
        (Verdict.LIFT_GAG, 2, True),
        (Verdict.LIFT_GAG, 3, False),
        (Verdict.LIFT_GAG, 4, False),
        (Verdict.DATE_GAG, 1, False),
        (Verdict.DATE_GAG, 2, True),
        (Verdict.DATE_GAG, 3, False),
        (Verdict.TELL_USER, 1, False),
        (Verdict.TELL_USER, 2, True),
        (Verdict.TELL_USER, 3, False),
    ],
)
def test_N2_one_order_is_dated_set_aside_or_lifted_where_that_means_something(
    verdict: Verdict, order: int, accepted: bool, phase: Phase
) -> None:
    ruling = rule(verdict, order, phase)
    assert ruling.accepted is accepted
    assert ruling.refusal is (None if accepted else Refusal.NOT_THAT_ORDER)
    assert ruling.order == (order if accepted else None)


def test_N2_nothing_is_approved_while_one_of_several_orders_has_no_end() -> None:
    dated_one = statement(Verdict.DATE_GAG, by="rolf", order=1)
    case = standing(Phase.LEGAL_REVIEW, BASIC, dated_one, orders=_THREE)
    refused = judge(statement(Verdict.APPROVE), case, signer(), signature_holds=True)
    assert refused.refusal is Refusal.NO_END


@pytest.mark.parametrize(
    ("orders", "flagged"),
    [
        ((), False),
        ((Order(n=1),), True),
        ((Order(n=1, until=day(1)),), True),
        ((Order(n=1, until=NOW),), False),
        ((Order(n=1, until=day(1), state=OrderState.LIFTED),), False),
    ],
)
def test_N4_a_restriction_under_silence_is_shown_to_the_reviewer_as_one_that_may_tell_the_user(
    orders: tuple[Order, ...], flagged: bool
) -> None:
    assert [reason.clause for reason in restriction_flags(orders, NOW)] == ([Clause.N4] if flagged else [])
