"""Orders not to tell the user (N2): each a thing of its own, numbered; the latest end of those in force counts."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.model.guide.people import Says

ABOUT_SILENCE = frozenset({"date_gag", "tell_user", "lift_gag"})


@dataclass
class Order:
    """One order; `until` is None while nobody has given it an end, `gone_at` says since when it counts no more."""

    came_at: datetime
    until: datetime | None
    states_end: bool
    gone_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it forbids telling at this instant."""
        gone = self.gone_at is not None and self.gone_at <= at
        return self.came_at <= at and not gone and (self.until is None or at < self.until)


@dataclass
class Silence:
    """All orders of a case: its own is number 1, later ones are numbered from 2 as they come."""

    orders: dict[int, Order] = field(default_factory=dict)
    ruled_on: bool = False
    refused: int = 0

    def ordered(self, end: datetime | None, now: datetime, *, by_request: bool = False) -> None:
        """An order came; it runs from its own receipt, and binds us once we know it."""
        n = 1 if by_request else max((1, *self.orders)) + 1
        self.orders[n] = Order(now, end, states_end=end is not None)

    @property
    def _in_force(self) -> dict[int, Order]:
        return {n: order for n, order in self.orders.items() if order.gone_at is None}

    @property
    def endless(self) -> bool:
        """Whether one in force has no end: nothing is approved under it."""
        return any(order.until is None for order in self._in_force.values())

    @property
    def until(self) -> datetime | None:
        """The latest end of those in force."""
        return max((order.until for order in self._in_force.values() if order.until), default=None)

    def holds(self, at: datetime) -> bool:
        """Whether the user must not be told at this instant."""
        return any(order.holds(at) for order in self.orders.values())

    @property
    def settled(self) -> bool:
        """Whether a request can be approved: each order has an end and, where one stated none, a reviewer has ruled on
        silence in this very review."""
        return not self.endless and (self.ruled_on or all(order.states_end for order in self.orders.values()))

    def may_be_ruled(self, said: Says, now: datetime, *, in_review: bool) -> bool:
        """Whether a reviewer's word about silence means something."""
        if said.verdict == "date_gag" and (said.until is None or said.until <= now):
            return False
        lifts = said.verdict == "lift_gag"
        if said.order is not None:
            named = self._in_force.get(said.order)
            return named is not None and (lifts or named.until is None)
        if not in_review:
            return True
        return bool(self.orders) if lifts else any(not order.states_end for order in self.orders.values())

    def rule(self, said: Says, now: datetime) -> None:
        """A reviewer's word about one order, or about all: an end for those without one, these set aside, or lifted."""
        self.ruled_on = True
        about = [order for n, order in self._in_force.items() if said.order in (None, n)]
        endless = [order for order in about if order.until is None]
        match said.verdict:
            case "lift_gag":
                for order in about:
                    order.gone_at = now
            case "tell_user":
                self.refused += bool(endless)
                for order in endless:
                    order.gone_at = now
            case _:
                for order in endless or about:
                    order.until = max(filter(None, (order.until, said.until)))
