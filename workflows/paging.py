"""Calling whoever is on call while an emergency waits for people: at once, and again until somebody has signed (E1)."""

import itertools
from collections.abc import Callable
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
    """Runs beside an emergency's story and watches what that waits for. Its deadline is when it calls again."""

    def __init__(self, machine: Machine, policy: str) -> None:
        self._machine = machine
        self._book = policy_book(policy)
        self._stopped = False
        self._calls = 0

    def stop(self) -> None:
        """The story has come to its end."""
        self._stopped = True

    async def run(self) -> None:
        """Call for each thing that waits for a person, until it waits for something else."""
        while not self._stopped:
            moved = partial(self._moved, self._waiting())
            errand = _ERRANDS.get((self._machine.phase, self._machine.queue))
            if errand is not None:
                await self._call(errand, moved)
            await workflow.wait_condition(moved)

    async def _call(self, errand: Errand, moved: Callable[[], bool]) -> None:
        """Call until the story has moved on."""
        for times in itertools.count(1):
            self._calls += 1
            await page(self._machine, f"page-{self._calls}", errand)
            if moved():
                return
            again = self._machine.now() + until_next_page(times, self._book)
            self._machine.show_deadline(again)
            if await self._machine.until(moved, again, "nobody has answered the call"):
                return

    def _waiting(self) -> tuple[Phase, Queue, str]:
        return self._machine.phase, self._machine.queue, self._machine.waits_for

    def _moved(self, seen: tuple[Phase, Queue, str]) -> bool:
        return self._stopped or self._waiting() != seen


#: What is to be done where a case waits for people, or for the agency to complete what a call could complete.
_ERRANDS = {
    (Phase.VERIFICATION, Queue.VERIFIER): Errand.VERIFY,
    (Phase.VERIFICATION, Queue.AGENCY): Errand.COMPLETE,
    (Phase.LEGAL_REVIEW, Queue.REVIEWER): Errand.REVIEW,
}
