"""Orders of silence, each a thing of its own: a case may have several, of several courts (N2, N3; 18 U.S.C. 2705)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from policy.frozen import Frozen
from policy.request import Gag

#: The number of what the request itself says of silence; later orders are numbered from 2, as they come.
OWN = 1


class OrderState(StrEnum):
    """Whether an order still counts: a reviewer sets aside one without an end, and states that a court lifted one."""

    IN_FORCE = "in_force"
    SET_ASIDE = "set_aside"
    LIFTED = "lifted"


class Order(Frozen):
    """One order of silence. `until` (UTC) is the first instant at which it holds no more, its own or the one that a
    reviewer gave it; None where it has none yet."""

    n: int
    until: AwareDatetime | None = None
    state: OrderState = OrderState.IN_FORCE

    @property
    def endless(self) -> bool:
        """Whether it counts and has no end: then a reviewer must give it one, or set it aside (N2)."""
        return self.state is OrderState.IN_FORCE and self.until is None


class StatedOrder(Frozen):
    """An order of silence as it was received, or last corrected, `at` that instant (UTC), whatever was ruled since.

    `until` (UTC) is the end that it states; None where it states none.
    """

    n: int
    until: AwareDatetime | None
    at: AwareDatetime


def silence_of(orders: Iterable[Order]) -> tuple[Gag, datetime | None]:
    """What all these orders come to, with the latest end of those in force (UTC).

    An early notice cannot be taken back, so the latest end counts; one without an end goes to a person whatever the
    others say.
    """
    holding = [order for order in orders if order.state is OrderState.IN_FORCE]
    end = max((order.until for order in holding if order.until is not None), default=None)
    if any(order.endless for order in holding):
        return Gag.UNDATED, end
    return (Gag.NONE, None) if end is None else (Gag.DATED, end)
