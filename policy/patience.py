"""How long we wait for the agency's answer, and for the person who confirms one (R1 to R4, P2, E2, U2).

Days are counted from the instant (UTC) at which the agency was last asked. A period holds from then up to, and not
including, its end: an answer received one second before the end counts, one received at the end comes too late.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from policy.book import PolicyBook


class Asked(StrEnum):
    """What the agency owes us: what its request lacks (R1 to R4, P2), or the answer to a reviewer's question (U2)."""

    MISSING_ITEMS = "missing_items"
    QUESTION = "question"


def unanswered_at(asked_at: datetime, book: PolicyBook) -> datetime:
    """The first instant (UTC) at which an answer comes too late and the request may be closed as unanswered."""
    return asked_at + timedelta(days=book.unanswered_days)


def next_reminder(
    now: datetime, asked_at: datetime, given: Collection[int], book: PolicyBook
) -> tuple[datetime, int] | None:
    """The next reminder: when it is due (UTC), and how many days after the question it stands; None if none is left.

    One that fell due while nothing ran is given late rather than never, unless the one after it is due as well. From
    the end of the waiting on none is left: it would ask for what is no longer waited for.
    """
    if now >= unanswered_at(asked_at, book):
        return None
    due = [(asked_at + timedelta(days=days), days) for days in sorted(book.remind_days)]
    overdue = [reminder for reminder in due if reminder[0] <= now]
    to_come = [reminder for reminder in due if reminder[0] > now]
    return next((reminder for reminder in (*overdue[-1:], *to_come) if reminder[1] not in given), None)


def confirmed_until(deadline: datetime, book: PolicyBook) -> datetime:
    """Until when (UTC) a deadline waits for a verifier to confirm mail that was received before it and not proven."""
    return deadline + timedelta(days=book.confirm_days)
