"""A request from a free-mail address: refused, and the message deleted (S1)."""

from collections.abc import AsyncIterator

from sqlalchemy import Row, select

from activities.ports import ObjectMissing
from intake.message import fingerprint
from ledger.tables import MessageState, messages
from policy.vocabulary import Clause
from starter.samples import SampleProcess, SampleRequest
from starter.tour.world import World


async def free_mail(world: World) -> AsyncIterator[int]:
    """Nothing but a minimal record of the refusal is kept."""
    asked = SampleRequest(
        process=SampleProcess.SUBPOENA, sender="jordan.moreno@freemail.example", dated=world.clock.now()
    )
    mail = await world.send(asked)
    await world.say("", "a subpoena arrives by mail from freemail.example")
    message = fingerprint(mail)

    async def look() -> Row[str, str] | None:
        query = select(messages.c.object, messages.c.refused_for).where(
            messages.c.message_id == message, messages.c.state == MessageState.REFUSED.value
        )
        async with world.services.engine.connect() as connection:
            return (await connection.execute(query)).first()

    refused = await world.until("the free-mail message to be refused (S1)", look)
    await world.say("", f"refused: {refused.refused_for[0]['detail']}", Clause.S1)

    async def gone() -> bool | None:
        try:
            await world.services.store.get(refused.object)
        except ObjectMissing:
            return True
        return None

    await world.until("the refused message to be deleted (S1)", gone)
    await world.say("", "the message is deleted; its hash, time, domain and the reason are kept", Clause.S1)
    return
    yield
