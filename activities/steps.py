"""What every step shares: whether it was done before, how it refuses for good, how it writes to the agency."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import CaseFile, LetterWriter
from activities.record import Letter
from policy.costs import Costs
from policy.letters import LetterName

#: Well below the machines' heartbeat timeout.
_BEAT_SECONDS = 4.0


def done(case: CaseFile, step: str) -> bool:
    """Whether the record already holds this step: then it is not done again."""
    return any(event.step == step for event in case.events)


@asynccontextmanager
async def alive() -> AsyncIterator[None]:
    """Show by heartbeats that a long step lives, whatever it waits for: a dead worker's step then begins anew soon."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(_BEAT_SECONDS)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


def costs_of(case: CaseFile) -> Costs | None:
    """The costs that are claimed with the case's production, by the latest claim (PR2)."""
    claims = [event.detail for event in case.events if event.kind == "costs_claimed"]
    return Costs.model_validate({name: claims[-1][name] for name in Costs.model_fields}) if claims else None


def refuse(kind: str, sentence: str) -> NoReturn:
    """End the step for good: trying again could not help. The sentence holds no personal data.

    Raises:
        ApplicationError: always, not to be retried.
    """
    raise ApplicationError(sentence, type=kind, non_retryable=True)


def agency_letter(writer: LetterWriter, case: CaseFile, name: LetterName, **context: object) -> Letter:
    """A letter to the address that the case's message came from, as a reply to it."""
    letter = writer.write(name, case.envelope.sender, {"ref": case.ref, **context})
    return letter.model_copy(update={"in_reply_to": case.envelope.header_message_id})
