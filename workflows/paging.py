"""Calling whoever is on call while an emergency, or a certificate that the law gives hours, waits for people: at once,
and again until somebody has signed (E1, F2)."""

import itertools
from collections.abc import Callable
from datetime import datetime
from functools import partial

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.paging import Paging
    from contract.messages import PageStep
    from policy.book import policy_book
    from policy.emergency import until_next_page
    from policy.letters import Errand
    from policy.vocabulary import Phase, Queue
    from workflows.machine import Machine


async def page(machine: Machine, step: str, errand: Errand) -> None:
    """Call once."""
    what = PageStep(ref=machine.ref, step=step, at=machine.now(), errand=errand)
    await machine.do(Paging.page, what, "call whoever is on call")
    await machine.post(step, "send the call")


class Pager:
    """Runs beside a story and watches what that waits for, until it has come to its end; `silent`, it calls nobody."""

    def __init__(self, machine: Machine, policy: str) -> None:
        self._machine = machine
        self._book = policy_book(policy)
        self.silent = False
        self._due: datetime | None = None
        self._stopped = False
        self._calls = 0

    def stop(self) -> None:
        """The story has come to its end."""
        self._stopped = True

    async def run(self, due: datetime | None = None) -> None:
        """Call for each thing that waits for a person, until it waits for something else.

        Operators see when an emergency calls again. Of a certificate they see when the law wants the answer, which is
        `due` (UTC; F2); where that passes, the calls go on.
        """
        self._due = due
        while not self._stopped:
            moved = partial(self._moved, self._waiting())
            errand = _ERRANDS.get((self._machine.phase, self._machine.queue))
            if errand is not None and not self.silent:
                await self._call(Errand.URGENT if due else errand, moved)
            await workflow.wait_condition(moved)

    async def _call(self, errand: Errand, moved: Callable[[], bool]) -> None:
        """Call until the story has moved on."""
        for times in itertools.count(1):
            self._calls += 1
            await page(self._machine, f"page-{self._calls}", errand)
            if moved():
                return
            again = self._machine.now() + until_next_page(times, self._book)
            if self._due is None:
                self._machine.show_deadline(again)
            if await self._machine.until(moved, again, "nobody has answered the call"):
                return

    def _waiting(self) -> tuple[Phase, Queue, str, bool]:
        return self._machine.phase, self._machine.queue, self._machine.waits_for, self.silent

    def _moved(self, seen: tuple[Phase, Queue, str, bool]) -> bool:
        return self._stopped or self._waiting() != seen


#: What is to be done where a case waits for people, or for the agency to complete what a call could complete.
_ERRANDS = {
    (Phase.VERIFICATION, Queue.VERIFIER): Errand.VERIFY,
    (Phase.VERIFICATION, Queue.AGENCY): Errand.COMPLETE,
    (Phase.LEGAL_REVIEW, Queue.REVIEWER): Errand.REVIEW,
}
