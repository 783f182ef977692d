"""A preservation, and on day 80 a warrant: answered from the copy, whatever the user deleted since (P3)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

from sqlalchemy import select, update

from gateways.provider.tables import chat_messages, meetings, recordings, users
from ledger.engine import make_engine
from policy.vocabulary import Clause, DataClass, Outcome, Phase
from starter.samples import SampleProcess, SampleRequest
from starter.tour.packages import fetch_package
from starter.tour.people import APPROVE, GENUINE, GENUINE_LETTERHEAD, states
from starter.tour.world import World

_USER = "jvale88@example.net"
_LETTER = SampleRequest(
    process=SampleProcess.PRESERVATION_LETTER,
    sender="k.ito@sbi.capitol.gov.example",
    agency="Capitol State Bureau of Investigation",
    officer="Kei Ito",
    badge="SBI-77",
    case_number="SBI-26-0415",
    identifiers=(("User email", _USER),),
    classes=(DataClass.BASIC, DataClass.RECORDS, DataClass.CONTENT),
)
_WARRANT = replace(_LETTER, process=SampleProcess.SEARCH_WARRANT, since=date(2026, 1, 1), until=date(2026, 12, 31))
_DUE = 96


async def claimed_hold(world: World) -> AsyncIterator[int]:
    """What was preserved is produced, whatever has become of the original."""
    mail = await world.send(replace(_LETTER, dated=world.clock.now()))
    await world.say("", "a preservation request arrives by mail", Clause.S1)
    hold = await world.acknowledged(mail)
    kept = (await world.in_phase(hold, Phase.HELD)).snapshot
    await world.say(hold, f"the records are copied: {len(kept.media) if kept else 0} recordings among them", Clause.P1)
    await states(world, "vera", hold, GENUINE_LETTERHEAD, Clause.P2)

    yield 20
    chats, videos = await _delete_content(world)
    world.require(chats > 0 and videos > 0, "the user to have chat messages and recordings to delete")
    await world.say("", f"the user deletes {chats} chat messages and {videos} recordings at the provider", Clause.D5)

    yield 80
    warrant = replace(_WARRANT, reference=hold, response_due=world.date(_DUE), dated=world.clock.now())
    mail = await world.send(warrant)
    await world.say("", f"a search warrant arrives that names {hold}", Clause.S1)
    ref = await world.acknowledged(mail)
    await world.reaches(hold, f"to serve {ref}", lambda case: case.hold is not None and case.hold.claims == (ref,))
    await world.say(hold, f"the hold serves {ref} from now on; nothing expires meanwhile", Clause.P3)
    await world.in_phase(ref, Phase.VERIFICATION)
    await states(world, "vera", ref, GENUINE, Clause.S2)
    await states(world, "rita", ref, APPROVE, Clause.U4)
    await states(world, "ravi", ref, APPROVE, Clause.U4)
    await world.letter(ref, "A government request", to=_USER)
    await world.say(ref, "the user is told, with a copy of the warrant", Clause.N1)

    yield 90
    still = (await world.case(hold)).hold
    world.require(still is not None and still.purged_at is None, f"{hold} to be kept past its 90 days")
    await world.say(hold, "the 90 days are over: a claimed hold is not destroyed", Clause.P3)

    yield _DUE
    await world.ends(ref, "warrant on day 80", Outcome.PRODUCED)
    package = await fetch_package(world, ref, warrant.sender)
    videos_given = {name for name in package.files if name.endswith(".mp4")}
    world.require(
        kept is not None and {name.rpartition("/")[2][:-4] for name in videos_given} == set(kept.media),
        f"the package of {ref} to have the very recordings that were preserved",
    )
    world.require("D3/chat.csv" in package.files, f"the chat messages in the package of {ref}")
    await world.say(ref, "chat and recordings are in the package: answered from the preserved copy", Clause.P3)
    await world.ends(hold, "preservation, claimed", Outcome.PRESERVATION_CLAIMED)
    certificate = await world.certificate(hold)
    await world.say(hold, f"the hold has served: the preserved copy is destroyed; {certificate}", Clause.P3)


async def _delete_content(world: World) -> tuple[int, int]:
    """What a user does in the product: delete their chat messages and recordings. How many there were of each."""
    engine = make_engine(world.settings.provider_database_url.get_secret_value())
    now = world.clock.now()
    user = select(users.c.id).where(users.c.email == _USER).scalar_subquery()
    hosted = select(meetings.c.id).where(meetings.c.host_id == user)
    chat = update(chat_messages).where(
        (chat_messages.c.sender_id == user) | (chat_messages.c.recipient_id == user),
        chat_messages.c.deleted_at.is_(None),
    )
    video = update(recordings).where(recordings.c.meeting_id.in_(hosted), recordings.c.deleted_at.is_(None))
    try:
        async with engine.begin() as connection:
            chats = await connection.execute(chat.values(deleted_at=now, text=""))
            videos = await connection.execute(video.values(deleted_at=now, video=b""))
            return chats.rowcount, videos.rowcount
    finally:
        await engine.dispose()
