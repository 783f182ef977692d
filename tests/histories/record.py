"""Record the histories: `python -m tests.histories.record`. Do it only when no case can be open that began before.

Each is taken where its machine waits for a person or a clock, and again at its end.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from contract.ids import followup_id, notice_id, preservation_id, request_id, restriction_id
from contract.search_attributes import REGISTRY
from gateways.provider.seed import seed
from ledger.migrate import upgrade
from policy.scope import Narrowing
from policy.statements import Verdict
from policy.vocabulary import DataClass, Phase, Queue, Role
from runtime.embedded.ports import free_port
from runtime.embedded.postgres import PostgresServer
from runtime.embedded.temporal import TemporalServer
from runtime.settings import Settings
from starter.samples import SampleProcess, sample_mail
from tests.histories import FOLDER
from tests.replies import reply, report
from tests.world import EVERYTHING, MAREN, STRANGER, Mail, World, eventually, name_system, open_world

#: A name for the file, and the machine whose history it is.
Moment = tuple[str, str]


async def requests(world: World) -> AsyncIterator[Moment]:
    """Requests in every phase in which they can wait, and every way in which they end."""
    ref = await world.mail(SampleProcess.SUBPOENA, badge="")
    await world.phase(ref, Phase.VERIFICATION)
    await world.letter("items_missing")
    yield "request-verification-missing", request_id(ref)
    await world.amend(ref, officer__badge="4471")
    yield "request-verification", request_id(ref)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    yield "request-legal-review", request_id(ref)
    assert (await world.sign(ref, Verdict.ASK, "rita")).accepted
    await world.letter("ask_more")
    yield "request-asked", request_id(ref)
    await world.approve(ref, "rita")
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    yield "request-objection-window", request_id(ref)
    yield "notice-objection-window", notice_id(ref, 1)
    await world.advance(days=2)
    await world.object(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    yield "notice-objected", notice_id(ref, 1)
    yield "request-second-review", request_id(ref)
    await world.approve(ref, "ravi")
    await world.ended(ref)
    yield "request-produced-after-objection", request_id(ref)

    ref = await world.mail(SampleProcess.SUBPOENA, classes=EVERYTHING)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert not (await world.sign(ref, Verdict.APPROVE, "rita")).accepted
    narrowing = Narrowing(classes=(DataClass.BASIC,))
    assert (await world.sign(ref, Verdict.NARROW, "rita", narrowing=narrowing)).accepted
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    await world.advance(days=21)
    await world.ended(ref)
    yield "request-narrowed-and-produced", request_id(ref)
    yield "notice-window-closed", notice_id(ref, 1)

    for verdict in (Verdict.REJECT, Verdict.CHALLENGE, Verdict.WITHDRAW):
        ref = await world.mail(SampleProcess.COURT_ORDER)
        await world.verify(ref)
        await world.phase(ref, Phase.LEGAL_REVIEW)
        assert (await world.sign(ref, verdict, "rita")).accepted
        await world.ended(ref)
        yield f"request-ended-by-{verdict.value}", request_id(ref)


async def gags(world: World) -> AsyncIterator[Moment]:
    """Notices that a gag delays."""
    ref = await world.mail(SampleProcess.SEARCH_WARRANT, classes=EVERYTHING, silence="90 days")
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi")
    await world.ended(ref)
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    yield "request-produced-under-a-gag", request_id(ref)
    yield "notice-gagged", notice_id(ref, 1)
    await world.advance(days=60)
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="60 days", reference=ref)
    await world.advance(days=61)
    await world.told(ref)
    yield "notice-told-after-two-gags", notice_id(ref, 1)

    ref = await world.mail(SampleProcess.SUBPOENA, silence="yes")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    end = world.clock.now() + timedelta(days=3)
    assert (await world.sign(ref, Verdict.DATE_GAG, "rita", until=end)).accepted
    await world.approve(ref)
    await world.ended(ref)
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    yield "request-dated-by-a-person", request_id(ref)
    await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="yes", reference=ref)
    await eventually(lambda: world.case(ref), lambda case: case.notices[0].undated)
    yield "notice-undated", notice_id(ref, 1)
    end = world.clock.now() + timedelta(days=3)
    assert (await world.sign(ref, Verdict.DATE_GAG, "rita", notice=1, until=end)).accepted
    await world.advance(days=4)
    await world.told(ref)
    yield "notice-dated-by-a-person", notice_id(ref, 1)


async def holds(world: World) -> AsyncIterator[Moment]:
    """Preservations in every phase, and every way in which they end."""
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER, identifiers=())
    await world.phase(ref, Phase.VERIFICATION)
    yield "preservation-verification", preservation_id(ref)
    await world.amend(ref, user__email="maren.holt@example.com")
    await world.verify(ref)
    yield "preservation-held", preservation_id(ref)
    await world.advance(days=80)
    yield "preservation-warned", preservation_id(ref)
    for name in ("preservation_extended", "extension_refused"):
        await world.mail(SampleProcess.EXTENSION, reference=ref)
        await world.letter(name)
    yield "preservation-extended", preservation_id(ref)
    await world.advance(days=91)
    claim = await world.mail(SampleProcess.SUBPOENA, reference=ref, silence="30 days")
    await world.verify(claim)
    await world.phase(ref, Phase.CLAIMED)
    yield "preservation-claimed", preservation_id(ref)
    await world.phase(claim, Phase.LEGAL_REVIEW)
    assert (await world.sign(claim, Verdict.REJECT, "rita")).accepted
    await world.ended(claim)
    yield "request-that-gave-a-hold-back", request_id(claim)
    await world.phase(ref, Phase.HELD)
    yield "preservation-resumed", preservation_id(ref)
    await world.advance(days=10)
    await world.ended(ref)
    yield "preservation-expired", preservation_id(ref)

    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    await world.phase(ref, Phase.HELD)
    claim = await world.mail(SampleProcess.SUBPOENA, reference=ref, silence="30 days")
    await world.verify(claim)
    await world.approve(claim)
    await world.ended(claim)
    yield "request-produced-from-a-hold", request_id(claim)
    await world.phase(ref, Phase.HELD)
    yield "preservation-that-has-served", preservation_id(ref)
    await world.advance(days=91)
    await world.ended(ref)
    yield "preservation-served-and-ended", preservation_id(ref)

    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    await world.phase(ref, Phase.HELD)
    assert (await world.sign(ref, Verdict.NOT_AUTHENTIC, "vera")).accepted
    await world.ended(ref)
    yield "preservation-not-authentic", preservation_id(ref)


async def emergencies(world: World) -> AsyncIterator[Moment]:
    """An emergency's disclosure, and all that follows it."""

    async def calls() -> int:
        return len({mail.message_id for mail in world.letters(name="on_call")})

    ref = await world.emergency()
    await eventually(calls, (1).__eq__)
    yield "request-emergency-verification", request_id(ref)
    await world.verify(ref)
    await eventually(calls, (2).__eq__)
    await world.approve(ref, "rita", reason="The children were heard.")
    await eventually(calls, (3).__eq__)
    yield "request-emergency-half-approved", request_id(ref)
    await world.approve(ref, "ravi", reason="The children were heard.")
    await world.ended(ref)
    yield "request-emergency-disclosed", request_id(ref)
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    await world.shown(followup_id(ref), Phase.FOLLOW_UP)
    yield "followup-to-be-judged", followup_id(ref)
    await world.advance(days=4)
    await world.letter("process_owed")
    assert (await world.sign(ref, Verdict.GENUINE, "rita", reason="The children were found.")).accepted
    yield "followup-judged", followup_id(ref)
    await world.send(reply("Thank you.", f"Re: {ref}", message_id="<thanks@police.springfield.gov.example>"))
    await world.turn_of(followup_id(ref), Queue.VERIFIER)
    yield "followup-with-mail", followup_id(ref)
    assert (await world.sign(ref, Verdict.TELL_USER, "rita", notice=1)).accepted
    await world.told(ref)
    yield "notice-told-after-an-emergency", notice_id(ref, 1)
    await world.mail(SampleProcess.SUBPOENA, reference=ref)
    await world.client.get_workflow_handle(followup_id(ref)).result()
    yield "followup-ended", followup_id(ref)

    ref = await world.mail(SampleProcess.PRESERVATION_LETTER, relation="The threats are life-threatening.")
    await eventually(calls, (4).__eq__)
    await world.phase(ref, Phase.HELD)
    yield "preservation-unclear", preservation_id(ref)


async def restrictions(world: World) -> AsyncIterator[Moment]:
    """Restrictions in every phase in which they can wait, and both ways in which they end."""
    ref = await world.mail(SampleProcess.RESTRICTION, since=None, until=None)
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi")
    await world.shown(notice_id(ref, 1), Phase.CLOSED)
    yield "request-restricted", request_id(ref)
    yield "notice-of-a-restriction", notice_id(ref, 1)
    yield "restriction-in-force", restriction_id(ref)
    await world.join("rosa", (Role.REVIEWER,))
    await world.appeal(ref, "I was not there.")
    await world.shown(restriction_id(ref), Phase.APPEALED)
    yield "restriction-appealed", restriction_id(ref)
    assert (await world.sign(ref, Verdict.UPHOLD, "rosa", reason="The order names this account.")).accepted
    await world.letter("appeal_dismissed")
    yield "restriction-upheld", restriction_id(ref)
    await world.advance(days=91)
    await world.ended(ref)
    yield "restriction-expired", restriction_id(ref)

    ref = await world.mail(SampleProcess.RESTRICTION, since=None, until=None, silence="30 days")
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi")
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    yield "restriction-of-a-user-not-told-yet", restriction_id(ref)
    assert (await world.sign(ref, Verdict.LIFT, "rita")).accepted
    await world.ended(ref)
    yield "restriction-lifted", restriction_id(ref)
    await world.advance(days=31)
    await world.told(ref)


async def certificates(world: World) -> AsyncIterator[Moment]:
    """A European certificate, of which what it asks for is copied before anyone has looked at it."""
    sender = "k.vogt@lka.musterland.example"
    ref = await world.mail(SampleProcess.EPOC, sender=sender, badge="", response_due=None, urgent=True)
    await world.letter_of(ref, "on_call")
    yield "request-copied-at-once", request_id(ref)
    await world.advance(minutes=15)
    await world.letters_of(ref, "on_call", 2)
    yield "request-called-for-again", request_id(ref)
    await world.verify(ref)
    await world.letters_of(ref, "on_call", 3)
    await world.approve(ref, "rita")
    await world.letters_of(ref, "on_call", 4)
    await world.approve(ref, "ravi")
    await world.ended(ref)
    yield "request-produced-without-a-notice", request_id(ref)


async def confirmations(world: World) -> AsyncIterator[Moment]:
    """A European preservation that is kept on for a production order until a reviewer ends it."""
    sender = "k.vogt@lka.musterland.example"
    ref = await world.mail(SampleProcess.EPOC_PR, sender=sender)
    await world.verify(ref)
    await world.send(sample_mail(world.sample(SampleProcess.CONFIRMATION, sender=sender, reference=ref)))
    await world.letter_of(ref, "preservation_confirmed")
    await world.turn_of(preservation_id(ref), Queue.CLOCK)
    yield "preservation-confirmed", preservation_id(ref)
    await world.advance(days=31)
    await world.turn_of(preservation_id(ref), Queue.REVIEWER)
    yield "preservation-under-review", preservation_id(ref)
    assert (await world.sign(ref, Verdict.KEEP, "rita", reason="The order is being translated.")).accepted
    await world.turn_of(preservation_id(ref), Queue.CLOCK)
    yield "preservation-kept-on", preservation_id(ref)
    order = await world.mail(SampleProcess.EPOC, sender=sender, reference=ref, response_due=None)
    await world.shown(preservation_id(ref), Phase.CLAIMED)
    yield "preservation-confirmed-and-claimed", preservation_id(ref)
    await world.verify(order)
    await world.approve(order, "rita", "ravi")
    await world.ended(order)
    await world.turn_of(preservation_id(ref), Queue.REVIEWER)
    assert (await world.sign(ref, Verdict.WITHDRAW, "rita")).accepted
    await world.ended(ref)
    yield "preservation-ended-by-a-reviewer", preservation_id(ref)


async def silences(world: World) -> AsyncIterator[Moment]:
    """An agency that does not answer, reminded and given up at the deadline; and silence that is refused."""
    ref = await world.mail(SampleProcess.SUBPOENA, badge="")
    await world.letter_of(ref, "items_missing")
    await world.advance(days=15)
    await world.letter_of(ref, "items_reminder")
    yield "request-reminded", request_id(ref)
    await world.advance(days=46)
    await world.ended(ref)
    yield "request-unanswered", request_id(ref)

    ref = await world.mail(SampleProcess.SUBPOENA, silence="yes")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (await world.sign(ref, Verdict.TELL_USER, "rita")).accepted
    await world.letter_of(ref, "silence_refused")
    yield "request-silence-refused", request_id(ref)
    assert (await world.sign(ref, Verdict.REJECT, "rita")).accepted
    await world.ended(ref)


async def withdrawals(world: World) -> AsyncIterator[Moment]:
    """A request that its agency takes back by mail."""
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.phase(ref, Phase.VERIFICATION)
    await world.send(reply(f"We withdraw our request {ref}.\n", f"Case {ref}"))
    await world.ended(ref)
    yield "request-withdrawn-by-mail", request_id(ref)


async def standstills(world: World) -> AsyncIterator[Moment]:
    """A request and a hold whose clocks stand still while a court is asked."""
    why = "A motion to quash is before the court."
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref)
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    assert (await world.sign(ref, Verdict.SUSPEND, "rita", reason=why)).accepted
    await world.shown(request_id(ref), Phase.SUSPENDED)
    await world.shown(notice_id(ref, 1), Phase.SUSPENDED)
    yield "request-suspended", request_id(ref)
    yield "notice-suspended", notice_id(ref, 1)
    assert (await world.sign(ref, Verdict.RESUME, "rita", reason=why)).accepted
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    yield "request-resumed", request_id(ref)
    yield "notice-resumed", notice_id(ref, 1)

    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    held = await world.phase(ref, Phase.HELD)
    assert (await world.sign(ref, Verdict.SUSPEND, "rita", reason=why)).accepted
    await world.shown(preservation_id(ref), Phase.SUSPENDED)
    yield "preservation-suspended", preservation_id(ref)
    await world.advance(days=5)
    assert (await world.sign(ref, Verdict.RESUME, "rita", reason=why)).accepted
    await eventually(lambda: world.case(ref), lambda case: case.hold != held.hold)
    yield "preservation-put-off", preservation_id(ref)


async def returns(world: World) -> AsyncIterator[Moment]:
    """A notice that comes back twice, and a person's word that this user cannot be told."""
    ref = await world.mail(SampleProcess.SUBPOENA, silence="30 days")
    await world.verify(ref)
    await world.approve(ref)
    await world.ended(ref)
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    await world.advance(days=31)
    await world.told(ref)
    yield "notice-told", notice_id(ref, 1)

    def notices() -> list[Mail]:
        return [mail for mail in world.letters(MAREN) if mail.subject.endswith(ref)]

    await world.send(report(notices()[-1]))
    await world.shown(notice_id(ref, 1), Phase.RETURNED)
    yield "notice-returned", notice_id(ref, 1)
    await world.advance(days=1, seconds=5)
    await world.told(ref)
    await world.send(report(notices()[-1]))
    await world.shown(notice_id(ref, 1), Phase.RETURNED)
    assert (await world.sign(ref, Verdict.CANNOT_TELL, "rita", notice=1, reason="The account is closed.")).accepted
    await world.shown(notice_id(ref, 1), Phase.CLOSED)
    yield "notice-given-up", notice_id(ref, 1)


async def blocks(world: World) -> AsyncIterator[Moment]:
    """A hold and a restriction whose sender is blocked, and a call that says that they are genuine."""
    sender = STRANGER
    hold = await world.mail(SampleProcess.PRESERVATION_LETTER, sender=sender)
    await world.phase(hold, Phase.HELD)
    ref = await world.mail(SampleProcess.RESTRICTION, sender=sender, since=None, until=None)
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi")
    await world.shown(restriction_id(ref), Phase.RESTRICTED)
    await world.block(sender)
    await world.turn_of(restriction_id(ref), Queue.VERIFIER)
    yield "restriction-frozen", restriction_id(ref)
    await world.advance(days=77)
    yield "preservation-frozen", preservation_id(hold)
    for frozen in (hold, ref):
        ruling = await world.sign(frozen, Verdict.AUTHENTIC, "vera")
        assert ruling.accepted, ruling.sentence
    await world.letter_of(hold, "preservation_warning")
    await world.turn_of(restriction_id(ref), Queue.CLOCK)
    yield "restriction-verified-again", restriction_id(ref)
    yield "preservation-verified-again", preservation_id(hold)


STORIES = (
    requests,
    gags,
    holds,
    emergencies,
    restrictions,
    certificates,
    confirmations,
    silences,
    withdrawals,
    standstills,
    returns,
    blocks,
)


async def record(folder: Path) -> None:
    """Run the stories on servers of their own, and keep each moment's history."""
    with tempfile.TemporaryDirectory(prefix="histories-") as made:
        state = Path(made)
        postgres = PostgresServer(state, free_port())
        temporal = TemporalServer(state, free_port(), search_attributes=REGISTRY)
        await postgres.start()
        await temporal.start()
        try:
            upgrade(postgres.owner_url)
            await seed(postgres.provider_url)
            settings = Settings(
                state_dir=state / "state",
                clock_file=state / "clock",
                temporal_address=temporal.address,
                database_url=SecretStr(postgres.app_url),
                database_owner_url=SecretStr(postgres.owner_url),
                provider_database_url=SecretStr(postgres.provider_url),
                dns=name_system(state),
                codec_enabled=False,
            )
            async with open_world(settings, state / "mail") as world:
                for story in STORIES:
                    async for name, machine in story(world):
                        history = await world.history(machine)
                        (folder / f"{name}.json").write_text(history.to_json() + "\n", "utf-8")
        finally:
            await temporal.stop()
            await postgres.stop()


if __name__ == "__main__":
    for old in FOLDER.glob("*.json"):
        old.unlink()
    asyncio.run(record(FOLDER))
