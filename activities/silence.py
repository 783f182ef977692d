"""The orders of silence of a case as people have ruled on them, by the record (N2)."""

from collections.abc import Sequence

from activities.ports import CaseFile, RecordedDecision
from contract.ids import notice_desk
from policy.notice import ABOUT_SILENCE, OrderRuling, as_ruled
from policy.orders import Order


def orders_of(
    case: CaseFile, notice: int | None = None, decisions: Sequence[RecordedDecision] | None = None
) -> tuple[Order, ...]:
    """The orders as ruled on in the review; with `notice`, in the review and then about that account's notice.

    `decisions` are those that count, where not all of the case do.
    """
    desks = ("",) if notice is None else ("", notice_desk(notice))
    steps = tuple(f"{desk}decision-" for desk in desks)
    rulings = [
        OrderRuling(verdict=s.verdict, at=d.at, until=s.until, order=s.order)
        for d in (case.decisions if decisions is None else decisions)
        for s in (d.signed.statement,)
        if d.accepted and s.verdict in ABOUT_SILENCE and d.step.startswith(steps)
    ]
    return as_ruled(case.orders, rulings)
