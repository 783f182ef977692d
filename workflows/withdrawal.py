"""Messages that are said to withdraw a request: each is read from the record before it counts (U2)."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.receiving import Receiving
    from contract.messages import ArrivalStep
    from workflows.machine import Machine


class Withdrawal:
    """Whether the agency has withdrawn its request: `made` says so once the record does."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._arrived: list[str] = []
        self.made = False

    def hear(self, message_id: str) -> None:
        """A message that may withdraw the request: a signal has no authority."""
        self._arrived.append(message_id)

    def unread(self) -> bool:
        """Whether such a message has not been read yet."""
        return bool(self._arrived)

    async def read(self) -> None:
        """Ask the record what has arrived, until the request is withdrawn."""
        while self._arrived:
            message_id = self._arrived.pop(0)
            self.made = self.made or await self._machine.do(
                Receiving.withdrawal,
                ArrivalStep(
                    ref=self._machine.ref,
                    step=f"withdrawal-{message_id[:16]}",
                    at=self._machine.now(),
                    message_id=message_id,
                ),
                "does the agency withdraw its request?",
            )
