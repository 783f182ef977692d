"""When the user is told, and how long an objection is heard (N1, N2; 18 U.S.C. 2705)."""

from datetime import UTC, date, datetime, time, timedelta

from policy.book import PolicyBook
from policy.findings import Reason
from policy.request import Gag, RequestFacts
from policy.vocabulary import Clause


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


def silence_flags(facts: RequestFacts, received_at: datetime, book: PolicyBook) -> tuple[Reason, ...]:
    """What a reviewer must see of a request not to tell the user: that it states no period (N2, N3), or one longer than
    the Department of Justice's own policy lets its prosecutors ask for."""
    if facts.gag is Gag.UNDATED:
        detail = (
            "it asks for silence and states no period: give it one where the law allows (date_gag; 18 U.S.C. 2705(a) "
            "has 90 days), or refuse (tell_user)"
        )
        return (Reason(clause=Clause.N3, detail=detail),)
    end, longest = facts.gag_end(received_at), received_at + timedelta(days=book.gag_limit_days)
    if end is not None and end > longest:
        detail = f"it orders silence for more than {book.gag_limit_days} days: see whether the order says so"
        return (Reason(clause=Clause.N2, detail=detail),)
    return ()
