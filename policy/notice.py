"""When the user is told, what people rule on silence, and how long an objection is heard (N1, N2; 18 U.S.C. 2705)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from pydantic import AwareDatetime

from policy.book import PolicyBook
from policy.findings import Reason
from policy.frozen import Frozen
from policy.orders import Order, OrderState, StatedOrder, silence_of
from policy.request import Gag, RequestFacts
from policy.statements import Verdict
from policy.vocabulary import Clause

#: What a reviewer can state about orders of silence.
ABOUT_SILENCE = frozenset({Verdict.DATE_GAG, Verdict.TELL_USER, Verdict.LIFT_GAG})


def objection_until(told_at: datetime, response_due: date | None, book: PolicyBook) -> datetime:
    """Until when the user may object before anything is produced.

    Seven days after being told or, if later, the production's due date: its first instant in UTC, so that a production
    made then is made on the day it is due.
    """
    window = told_at + timedelta(days=book.objection_days)
    if response_due is None:
        return window
    return max(window, datetime.combine(response_due, time.min, UTC))


class OrderRuling(Frozen):
    """A reviewer's accepted word about one order of silence, or without `order` about all that there were `at` then."""

    verdict: Verdict
    at: AwareDatetime
    until: AwareDatetime | None = None
    order: int | None = None


def rule_on(orders: Sequence[Order], ruling: OrderRuling) -> tuple[Order, ...]:
    """The orders after a reviewer's word: an end for those without one, or these set aside; or orders lifted (N2).

    A word about all orders where each has its end puts none earlier.
    """
    about = [order for order in orders if ruling.order in (None, order.n) and order.state is OrderState.IN_FORCE]
    endless = [order for order in about if order.until is None]
    match ruling.verdict:
        case Verdict.LIFT_GAG:
            changed = {order.n: order.model_copy(update={"state": OrderState.LIFTED}) for order in about}
        case Verdict.TELL_USER:
            changed = {order.n: order.model_copy(update={"state": OrderState.SET_ASIDE}) for order in endless}
        case Verdict.DATE_GAG if ruling.until is not None:
            given = ruling.until
            changed = {
                order.n: order.model_copy(update={"until": max(order.until or given, given)})
                for order in endless or about
            }
        case _:
            changed = {}
    return tuple(changed.get(order.n, order) for order in orders)


def as_ruled(stated: Sequence[StatedOrder], rulings: Iterable[OrderRuling]) -> tuple[Order, ...]:
    """The orders after these rulings, in turn. A word says nothing of an order that came or was corrected later."""
    found = {order.n: Order(n=order.n, until=order.until) for order in stated}
    for ruling in rulings:
        known = [found[order.n] for order in stated if order.at <= ruling.at]
        found |= {order.n: order for order in rule_on(known, ruling)}
    return tuple(found.values())


def cannot_rule(orders: Iterable[Order], verdict: Verdict, n: int) -> str | None:
    """Why nothing can be ruled on this one order, in a sentence; None where it can (N2)."""
    order = next((order for order in orders if order.n == n), None)
    if order is None:
        return f"N2: this case has no order of silence with the number {n}; `show` numbers them"
    if order.state is not OrderState.IN_FORCE:
        return f"N2: order {n} is {order.state.value.replace('_', ' ')} already"
    if verdict is not Verdict.LIFT_GAG and order.until is not None:
        return f"N2: order {n} has an end; only one without is given one, or set aside. A court can lift it (lift_gag)"
    return None


def gag_holds(now: datetime, until: datetime) -> bool:
    """Whether the user must not be told yet. At the instant of its end a gag no longer holds."""
    return now < until


def is_silent(orders: Iterable[Order], now: datetime) -> bool:
    """Whether these orders keep a user from being told now."""
    gag, until = silence_of(orders)
    return gag is Gag.UNDATED or (until is not None and gag_holds(now, until))


def restriction_flags(orders: Iterable[Order], now: datetime) -> tuple[Reason, ...]:
    """What must be seen before access is restricted under an order of silence: no letter tells the user, but whoever
    is kept out notices (N4)."""
    if not is_silent(orders, now):
        return ()
    detail = "an order of silence holds, and the restriction itself may tell the user: is it wanted all the same?"
    return (Reason(clause=Clause.N4, detail=detail),)


def silence_flags(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> tuple[Reason, ...]:
    """What a reviewer must see of a request not to tell the user."""
    return order_flags(facts.gag, facts.gag_end(received_at), received_at, book)


def order_flags(
    gag: Gag, end: datetime | None, received_at: datetime, book: PolicyBook, name: str = "it"
) -> tuple[Reason, ...]:
    """What a reviewer must see of an order of silence: that it states no period (N2, N3), or one longer than the
    Department of Justice's own policy lets its prosecutors ask for."""
    if gag is Gag.UNDATED:
        detail = (
            f"{name} asks for silence and states no period: give it one where the law allows (date_gag; 18 U.S.C. "
            "2705(a) has 90 days), or refuse (tell_user)"
        )
        return (Reason(clause=Clause.N3, detail=detail),)
    if end is not None and end > received_at + timedelta(days=book.gag_limit_days):
        detail = f"{name} orders silence for more than {book.gag_limit_days} days: see whether the order says so"
        return (Reason(clause=Clause.N2, detail=detail),)
    return ()
