"""The desk at which a machine takes signed statements, one after the other, and has each ruled on beside the ledger."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.deciding import Deciding
    from contract.messages import DecideInput
    from policy.decisions import ABOUT_MAIL
    from policy.statements import Ruling, SignedStatement, Verdict
    from workflows.machine import RETRY, Machine

_TIMEOUT = timedelta(seconds=10)


class Desk:
    """Statements in, rulings out. Accepted ones wait in `rulings` for the machine's story to take them up."""

    def __init__(self, machine: Machine, name: str = "") -> None:
        self._machine = machine
        self._name = name
        self._taken = 0
        self._turn = asyncio.Lock()
        self.rulings: list[Ruling] = []
        self.last: Ruling | None = None

    async def take(self, signed: SignedStatement) -> Ruling:
        """Rule on a statement. The check is one short database step, so it runs as a local activity and the person
        who sent the statement has the answer in the same call."""
        async with self._turn:
            self._taken += 1
            ruling = await workflow.execute_local_activity_method(
                Deciding.decide,
                DecideInput(
                    signed=signed,
                    step=f"{self._name}decision-{self._taken}",
                    ref=self._machine.ref,
                    phase=self._machine.phase,
                    at=self._machine.now(),
                ),
                start_to_close_timeout=_TIMEOUT,
                retry_policy=RETRY,
                summary="rule on a signed statement",
            )
            self.last = ruling
            if (
                ruling.accepted and ruling.verdict not in ABOUT_MAIL
            ):  # A word on a message is the mailroom's to take up.
                self.rulings.append(ruling)
            return ruling

    def waiting(self) -> bool:
        """Whether an accepted statement waits to be taken up."""
        return bool(self.rulings)

    def has(self, verdict: Verdict) -> bool:
        """Whether such a statement waits to be taken up."""
        return any(ruling.verdict is verdict for ruling in self.rulings)

    def drop(self, verdicts: frozenset[Verdict]) -> None:
        """Take up all these statements at once."""
        self.rulings = [ruling for ruling in self.rulings if ruling.verdict not in verdicts]

    def next(self) -> Ruling | None:
        """The oldest accepted statement that has not been taken up, or None."""
        return self.rulings.pop(0) if self.rulings else None


def when_any(*conditions: Callable[[], bool]) -> Callable[[], bool]:
    """A condition that holds when any of these does."""
    return lambda: any(condition() for condition in conditions)
