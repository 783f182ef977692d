"""When the user is told, and how long an objection is heard (N1, N2; 18 U.S.C. 2705)."""

from datetime import UTC, date, datetime, time, timedelta

from policy.book import PolicyBook


def objection_until(told_at: datetime, response_due: date | None, book: PolicyBook) -> datetime:
    """Until when the user may object before anything is produced.

    Seven days after being told or, if later, the production's due date: its first instant in UTC, so that a production
    made then is made on the day it is due.
    """
    window = told_at + timedelta(days=book.objection_days)
    if response_due is None:
        return window
    return max(window, datetime.combine(response_due, time.min, UTC))


def later_end(known: datetime | None, ordered: datetime) -> datetime:
    """Of several gag orders the latest end wins: an early notice cannot be taken back (N2)."""
    return ordered if known is None else max(known, ordered)


def gag_holds(now: datetime, until: datetime) -> bool:
    """Whether the user must not be told yet. At the instant of its end a gag no longer holds."""
    return now < until
