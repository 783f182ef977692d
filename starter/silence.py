"""The orders of silence of a case as `show` lists them: each with its end, and what reviewers have ruled (N2)."""

from collections.abc import Iterator, Sequence

from activities.ports import CaseFile
from activities.silence import orders_of
from policy.frozen import Frozen
from policy.orders import OWN, Order


class ListedOrder(Frozen):
    """An order as it stands, and the message that it came by; with `notice`, as it stands for that account alone."""

    order: Order
    message_id: str
    notice: int | None = None


def listed_orders(case: CaseFile) -> tuple[ListedOrder, ...]:
    """Each order as the review left it, and after it each account for which a reviewer has ruled otherwise."""
    return tuple(_listed(case))


def _listed(case: CaseFile) -> Iterator[ListedOrder]:
    by_notice = {notice.n: orders_of(case, notice.n) for notice in case.notices}
    for place, order in enumerate(orders_of(case)):
        message_id = case.orders[place].message_id
        yield ListedOrder(order=order, message_id=message_id)
        for n, orders in by_notice.items():
            if orders[place] != order:
                yield ListedOrder(order=orders[place], message_id=message_id, notice=n)


def order_lines(ref: str, listed: Sequence[ListedOrder]) -> Iterator[str]:
    """A line for each, and the command that gives an end to one that has none."""
    for entry in listed:
        order = entry.order
        until = f"until {order.until:%Y-%m-%d %H:%M:%S} UTC" if order.until else "no end"
        state = order.state.value.replace("_", " ")
        if entry.notice is not None:
            yield f"   for account {entry.notice}: {until}, {state}"
            continue
        source = "the request itself" if order.n == OWN else f"message {entry.message_id[:16]}"
        yield f"{order.n}. {source}: {until}, {state}"
        if order.endless:
            yield f"   dueprocess review {ref} date_gag --order {order.n} --until DATE --as NAME, or tell_user"
