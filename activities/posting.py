"""Sending what the outbox owes: at least once, always under the same Message-ID."""

from collections.abc import Sequence

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import CaseLedger, MailRelay, ObjectStore, OwedLetter, RelayRefused
from contract.messages import Step


class Posting:
    """The step that hands letters to the relay. It retries by itself, apart from what wrote the letters."""

    def __init__(self, ledger: CaseLedger, store: ObjectStore, relay: MailRelay) -> None:
        self._ledger = ledger
        self._store = store
        self._relay = relay

    @activity.defn
    async def post(self, step: Step) -> None:
        """Send the letters of a step that have not gone yet. Those to a sender that is blocked are held back (S1).

        Raises:
            ApplicationError: the relay refused one, which a person must see; it is tried again after a while.
            OSError: the relay cannot be reached; tried again soon.
        """
        await self._send_all(await self._ledger.owed(step.ref, step.step), step)

    @activity.defn
    async def post_held(self, step: Step) -> None:
        """Send the letters to the agency that were held back while its sender was blocked; see `post` (S1)."""
        await self._send_all(await self._ledger.held_back(step.ref), step)

    @activity.defn
    async def hand_over(self, step: Step) -> bool:
        """The same for a step whose machine knows what to do with a letter that is refused: False, and it is owed no
        more.

        Raises:
            OSError: the relay cannot be reached; tried again soon.
        """
        for owed in await self._ledger.owed(step.ref, step.step):
            try:
                await self._send(owed, step)
            except RelayRefused:
                await self._ledger.refused(owed.id, step.at)
        return not await self._ledger.came_back(step.ref, step.step)

    async def _send_all(self, letters: Sequence[OwedLetter], step: Step) -> None:
        for owed in letters:
            try:
                await self._send(owed, step)
            except RelayRefused as refused:
                raise ApplicationError(str(refused), type="RelayRefused") from refused

    async def _send(self, owed: OwedLetter, step: Step) -> None:
        attachments = {a.sha256: await self._store.get(a.sha256) for a in owed.letter.attachments}
        await self._relay.send(owed, attachments)
        await self._ledger.sent(owed.id, step.at)
