"""The clocks of a preservation hold (P1, P3; 18 U.S.C. 2703(f)).

A hold is half-open: it holds from receipt up to, and not including, its end. What arrives one second before the end is
in time; what arrives at the end is not, because at that instant nothing is held any more.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from policy.book import PolicyBook
from policy.findings import Reason
from policy.vocabulary import Clause


def hold_until(received_at: datetime, book: PolicyBook) -> datetime:
    """When the hold ends: 90 days, to the second, after the preservation request was received."""
    return received_at + timedelta(days=book.hold_days)


def extended_until(until: datetime, book: PolicyBook) -> datetime:
    """When an extended hold ends: counted from the hold's end, so that asking early loses nothing."""
    return until + timedelta(days=book.extension_days)


def in_time(received_at: datetime, until: datetime) -> bool:
    """Whether something received then finds the hold still holding."""
    return received_at < until


def is_late(received_at: datetime, until: datetime, book: PolicyBook) -> bool:
    """Whether an extension in time was asked for so near the end that a person is to look at it (P3)."""
    return in_time(received_at, until) and until - received_at < timedelta(days=book.late_extension_days)


def extension_refusal(
    *, received_at: datetime, until: datetime, extended: bool, frozen: bool = False, confirmed: bool = False
) -> Reason | None:
    """Why an extension cannot be given, whatever else is sent, or None (P3: once, in time).

    Nor is one given while the hold's sender is blocked and nobody has called back since (S1), or where a confirmed
    production order keeps it anyway.
    """
    if frozen:
        return _BLOCKED
    if confirmed:
        return Reason(clause=Clause.P3, detail="the production order that you have confirmed keeps it without one")
    if extended:
        return Reason(clause=Clause.P3, detail="the hold has been extended once, and a second extension is not given")
    if not in_time(received_at, until):
        return Reason(clause=Clause.P3, detail="the request for extension arrived after the hold had ended")
    return None


_BLOCKED = Reason(clause=Clause.S1, detail="we have to confirm by telephone first who sends us this")


def confirmation_refusal(
    *, received_at: datetime, until: datetime, certificate: bool, frozen: bool, confirmed: bool
) -> Reason | None:
    """Why a hold is not kept on by the confirmation that a production order has been issued, or None (P3; Regulation
    (EU) 2023/1543, art. 11(2): of a European preservation order, while it holds)."""
    if frozen:
        return _BLOCKED
    if not certificate:
        return Reason(clause=Clause.P3, detail="only what a European preservation order keeps is kept on for another")
    if not (confirmed or in_time(received_at, until)):
        return Reason(clause=Clause.P3, detail="the confirmation arrived after the hold had ended")
    return None


def confirmation_missing(documents_accepted: bool) -> Reason | None:
    """What a confirmation lacks, and the authority can still send, or None (the same, Annex V)."""
    if documents_accepted:
        return None
    return Reason(clause=Clause.P3, detail="the confirmation on its form, signed, as a PDF")


def review_at(since: datetime, book: PolicyBook) -> datetime:
    """When a reviewer looks at a hold that is kept for a confirmed production order, again or for the first time."""
    return since + timedelta(days=book.confirmed_review_days)


def extension_missing(documents_accepted: bool) -> Reason | None:
    """What an extension request lacks, and the agency can still send, or None (P3: a separate formal request)."""
    if documents_accepted:
        return None
    return Reason(clause=Clause.P3, detail="a formal request of its own on your agency's letterhead, signed, as a PDF")


def next_warning(
    now: datetime, until: datetime, given: Collection[int], book: PolicyBook
) -> tuple[datetime, int] | None:
    """The next warning to give: when it is due (UTC), and how many days before the end it stands; None if none is left.

    One that fell due while nothing ran is given late rather than never, unless the one after it is due as well. From
    the end on none is left: it would say that something is still held.
    """
    if not in_time(now, until):
        return None
    due = [(until - timedelta(days=days), days) for days in sorted(book.warn_days, reverse=True)]
    overdue = [warning for warning in due if warning[0] <= now]
    to_come = [warning for warning in due if warning[0] > now]
    return next((warning for warning in (*overdue[-1:], *to_come) if warning[1] not in given), None)


def days_left(now: datetime, until: datetime) -> int:
    """How many days, the begun one counted, a hold still runs; at least one."""
    return max(1, -((now - until) // timedelta(days=1)))
