"""Calling whoever is on call: a letter with a reference and what to type, and nothing of the case (E1)."""

from temporalio import activity

from activities.ports import CaseLedger, LetterWriter
from activities.record import Entry
from contract.messages import PageStep
from policy.letters import LetterName


class Paging:
    """The step that writes a call. `address` is where a provider's paging service, or a person, takes mail."""

    def __init__(self, ledger: CaseLedger, letters: LetterWriter, address: str) -> None:
        self._ledger = ledger
        self._letters = letters
        self._address = address

    @activity.defn
    async def page(self, step: PageStep) -> None:
        """Write the call; the outbox owes it until the relay has taken it."""
        letter = self._letters.write(LetterName.ON_CALL, self._address, {"ref": step.ref, "errand": step.errand})
        await self._ledger.commit(Entry(ref=step.ref, step=step.step, at=step.at, changes=(), letters=(letter,)))
