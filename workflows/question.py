"""What the agency has been asked: reminders, and the end of waiting for an answer (R1 to R4, P2, U2)."""

from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.asking import Asking
    from contract.messages import MailStep, RemindStep
    from policy.book import PolicyBook
    from policy.patience import Asked, confirmed_until, next_reminder, unanswered_at
    from policy.suspension import Pause
    from workflows.machine import MAIL_GRACE, Machine


class Question:
    """One kind of question of one case; asked anew, its time counts anew.

    `closes` is set to False once something else ends the waiting, as the end of a hold does (P3): then it only reminds.
    """

    def __init__(self, machine: Machine, about: Asked, policy: str, book: PolicyBook) -> None:
        self._machine = machine
        self._about = about
        self._policy = policy
        self._book = book
        self.closes = True
        self._times = 0
        self._asked_at: datetime | None = None
        self._reminded: set[int] = set()

    def ask(self, at: datetime) -> None:
        """A letter with the question was written by a step of this time (UTC), which the record has as well."""
        self._times += 1
        self._asked_at = at
        self._reminded.clear()

    def put_off(self, pause: Pause) -> None:
        """The clocks stood still meanwhile: what time was left is left again (N3)."""
        if self._asked_at is not None:
            self._asked_at += pause.length

    @property
    def until(self) -> datetime | None:
        """The first instant (UTC) at which an answer comes too late; None where nothing is asked, or nothing closes."""
        return unanswered_at(self._asked_at, self._book) if self._asked_at and self.closes else None

    def reminder(self) -> tuple[datetime, int] | None:
        """The next reminder: when it is due (UTC), and its days; None where none is left."""
        if self._asked_at is None:
            return None
        return next_reminder(self._machine.now(), self._asked_at, self._reminded, self._book)

    async def remind(self, days: int) -> None:
        """Write and send a reminder of what is still open."""
        self._reminded.add(days)
        step = f"remind-{self._about.value}-{self._times}-{days}"
        await self._machine.do(
            Asking.remind,
            RemindStep(
                ref=self._machine.ref,
                step=step,
                at=self._machine.now(),
                policy=self._policy,
                about=self._about,
                days=days,
                until=self.until,
            ),
            f"remind the agency after {days} days",
        )
        await self._machine.post(step, "send the reminder")

    async def answered(self, news: Callable[[], bool]) -> bool:
        """Wait for news, reminding meanwhile; False once an answer would come too late and none was received before.

        Mail received in time counts however long its reading takes, so the record is asked before we give up.
        """
        while True:
            reminder = self.reminder()
            due = reminder[0] if reminder else self.until
            if await self._machine.until(news, due, "the next reminder" if reminder else "the request lapses"):
                return True
            if reminder:
                await self.remind(reminder[1])
            elif due is not None and not await self._anything_in_time(due, news):
                return news()

    async def _anything_in_time(self, until: datetime, news: Callable[[], bool]) -> bool:
        """Whether mail from before the end still waits, to be read or for a verifier; if so, wait for that."""
        patience = confirmed_until(until, self._book)
        mail = await self._machine.do(
            Asking.in_time, MailStep(ref=self._machine.ref, until=until), "is mail that came in time unread?"
        )
        if mail.unread:
            await self._machine.until(news, self._machine.now() + MAIL_GRACE, "mail received in time is read")
        elif mail.unconfirmed and self._machine.now() < patience:
            await self._machine.until(news, patience, "a verifier confirms mail received in time")
        else:
            return False
        return True
