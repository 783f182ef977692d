"""What follows an emergency disclosure: the legal process owed, and whether it was an emergency (E1)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from policy.book import PolicyBook
from policy.frozen import Frozen


class Owed(StrEnum):
    """What is said when it falls due: to the agency, or to the people on call."""

    REMINDER = "reminder"
    PROCESS_OVERDUE = "process_overdue"
    JUDGEMENT_OVERDUE = "judgement_overdue"


class Due(Frozen):
    """What falls due next, and when (UTC). `step` is its name in the record, where it happens once."""

    at: datetime
    what: Owed
    step: str


class FollowUp(Frozen):
    """How far a follow-up is. `judged` and `settled` are None until a person or the record says so.

    `judged` is whether a reviewer found the emergency real; `settled` whether the process came or was waived.
    """

    disclosed_at: datetime
    judged: bool | None = None
    settled: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing is left to do. From whoever feigned an emergency no process is expected."""
        return self.judged is False or (self.judged is True and self.settled)


def process_due(disclosed_at: datetime, book: PolicyBook) -> datetime:
    """Until when the agency's legal process is waited for without a person (UTC)."""
    return disclosed_at + timedelta(days=book.process_owed_days)


def judgement_due(disclosed_at: datetime, book: PolicyBook) -> datetime:
    """Until when a reviewer states whether it was an emergency (UTC)."""
    return disclosed_at + timedelta(days=book.judgement_days)


def next_due(state: FollowUp, done: Collection[str], book: PolicyBook) -> Due | None:
    """What falls due next, or None where only people and mail can go on."""
    pending = [due for due in _all_due(state, book) if due.step not in done]
    return min(pending, key=lambda due: due.at, default=None)


def _all_due(state: FollowUp, book: PolicyBook) -> list[Due]:
    due: list[Due] = []
    if not state.settled:
        due += [
            Due(at=state.disclosed_at + timedelta(days=days), what=Owed.REMINDER, step=f"process-reminder-{n}")
            for n, days in enumerate(book.process_reminder_days, start=1)
        ]
        at = process_due(state.disclosed_at, book)
        due.append(Due(at=at, what=Owed.PROCESS_OVERDUE, step="process-overdue"))
    if state.judged is None:
        at = judgement_due(state.disclosed_at, book)
        due.append(Due(at=at, what=Owed.JUDGEMENT_OVERDUE, step="judgement-overdue"))
    return due
