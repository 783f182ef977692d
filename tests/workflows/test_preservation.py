"""A preservation hold (P1 to P4): 90 days to the second, once 90 more, and then handed over or destroyed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import create_async_engine

from activities.ports import ObjectMissing
from contract.ids import preservation_id
from gateways.provider.tables import recordings, sign_ins
from policy.statements import Verdict
from policy.vocabulary import Clause, Outcome, Phase
from starter.samples import SampleProcess, sample_mail
from tests.package import package_of
from tests.world import EVERYTHING, JUST_BEFORE, SENDER, STRANGER, World, eventually


async def held(world: World, **values: object) -> str:
    """A preservation whose records have been copied."""
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER, **values)
    await world.phase(ref, Phase.HELD)
    return ref


async def extension(world: World, ref: str) -> None:
    """Ask for the extension by mail, and wait for the answer."""

    async def answers() -> int:
        return len(world.letters(name="preservation_extended")) + len(world.letters(name="extension_refused"))

    before = await answers()
    assert await world.mail(SampleProcess.EXTENSION, reference=ref) == ref
    await eventually(answers, lambda now: now > before, "an answer to the extension request")


async def test_P3_I5_a_hold_lasts_90_days_warns_twice_and_then_its_copy_is_destroyed(world: World) -> None:
    ref = await held(world)
    case = await world.case(ref)
    assert case.hold is not None
    assert case.snapshot is not None
    assert case.hold.until == case.envelope.received_at + timedelta(days=90)
    for days, warnings in ((14, 1), (7, 2)):
        await world.until(case.hold.until - timedelta(days=days), seconds=JUST_BEFORE)
        assert len(world.letters(SENDER, "preservation_warning")) == warnings - 1
        await world.until(case.hold.until - timedelta(days=days))

        async def warned() -> int:
            return len(world.letters(SENDER, "preservation_warning"))

        await eventually(warned, lambda found, wanted=warnings: found == wanted, f"the warning at T-{days}")  # type: ignore[misc]
    await world.until(case.hold.until, seconds=JUST_BEFORE)
    assert await world.services.store.get(case.snapshot.object)
    await world.until(case.hold.until)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED
    ended = (await world.case(ref)).hold
    assert ended is not None
    assert ended.purged_at is not None
    assert timedelta(0) <= ended.purged_at - ended.until < timedelta(seconds=1)
    for sha256 in (case.snapshot.object, *case.snapshot.media):
        with pytest.raises(ObjectMissing):
            await world.services.store.get(sha256)
    letter = await world.letter("preservation_expired", SENDER)
    assert letter.attachments[0].startswith(b"%PDF"), "the certificate of destruction"
    assert len(world.letters(SENDER, "preservation_warning")) == 2


async def test_P3_I5_a_hold_is_extended_once_and_a_second_request_is_refused(world: World) -> None:
    ref = await held(world)
    hold = (await world.case(ref)).hold
    assert hold is not None
    await world.advance(days=80)
    await extension(world, ref)
    extended = (await world.case(ref)).hold
    assert extended is not None
    assert extended.until == hold.until + timedelta(days=90)
    await extension(world, ref)
    refused = await world.letter("extension_refused", SENDER)
    assert "extended once" in " ".join(refused.body.split())
    await world.until(extended.until, seconds=JUST_BEFORE)
    assert await world.running(preservation_id(ref))
    warnings = len(world.letters(SENDER, "preservation_warning"))
    assert warnings == 3, "once before the first end, twice before the second"
    await world.until(extended.until)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED


async def test_P3_an_extension_received_a_second_before_the_end_counts_though_it_is_read_later(world: World) -> None:
    ref = await held(world)
    case = await world.case(ref)
    assert case.hold is not None
    assert case.snapshot is not None
    await world.until(case.hold.until, seconds=JUST_BEFORE)
    asked = sample_mail(world.sample(SampleProcess.EXTENSION, reference=ref))
    waiting = await world.keep(asked, received_at=case.hold.until - timedelta(seconds=1))
    await world.until(case.hold.until, seconds=10)
    assert await world.services.store.get(case.snapshot.object), "nothing is destroyed while mail from before is unread"
    await world.send_on(waiting)
    await world.letter("preservation_extended", SENDER)
    extended = (await world.case(ref)).hold
    assert extended is not None
    assert extended.until == case.hold.until + timedelta(days=90)
    assert await world.running(preservation_id(ref))


@pytest.mark.parametrize("late", [0, 1])
async def test_P3_an_extension_received_at_the_end_or_after_it_is_refused(world: World, late: int) -> None:
    ref = await held(world)
    hold = (await world.case(ref)).hold
    assert hold is not None
    await world.until(hold.until, seconds=JUST_BEFORE)
    asked = sample_mail(world.sample(SampleProcess.EXTENSION, reference=ref))
    await world.send_on(await world.keep(asked, received_at=hold.until + timedelta(seconds=late)))
    refused = await world.letter("extension_refused", SENDER)
    assert "after the hold had ended" in " ".join(refused.body.split())
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED


async def test_P3_an_extension_asked_for_long_after_the_end_changes_nothing(world: World) -> None:
    ref = await held(world)
    hold = (await world.case(ref)).hold
    assert hold is not None
    await world.until(hold.until)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED
    assert await world.mail(SampleProcess.EXTENSION, reference=ref) == ref
    case = await world.case(ref)
    assert case.hold is not None
    assert (case.hold.until, case.hold.extended) == (hold.until, False)


async def test_P3_a_warrant_on_day_80_is_answered_from_what_was_preserved(world: World) -> None:
    ref = await held(world)
    provider = create_async_engine(world.settings.provider_database_url.get_secret_value())
    async with provider.begin() as connection:
        await connection.execute(delete(sign_ins))
        await connection.execute(delete(recordings))
    await provider.dispose()
    await world.advance(days=80)
    warrant = await world.mail(SampleProcess.SEARCH_WARRANT, reference=ref, classes=EVERYTHING, silence="90 days")
    await world.phase(ref, Phase.CLAIMED)
    await world.advance(days=15)
    hold = (await world.case(ref)).hold
    assert hold is not None
    assert (hold.claims, hold.purged_at) == ((warrant,), None), "nothing expires while the warrant is looked at"
    await world.verify(warrant)
    await world.approve(warrant, "rita", "ravi")
    assert await world.ended(warrant) is Outcome.PRODUCED
    package = await package_of(world, warrant)
    assert "192.0.2.11" in package.text, "the sign-ins that the source has no longer"
    assert (await world.ended(ref)) is Outcome.PRESERVATION_CLAIMED
    assert warrant in (await world.letter("preservation_claimed", SENDER)).body


async def test_P3_a_claim_that_comes_to_nothing_gives_the_hold_back_and_it_then_expires(world: World) -> None:
    early, late = await held(world), await held(world)
    await world.advance(days=80)
    claims = [await world.mail(SampleProcess.SUBPOENA, reference=ref) for ref in (early, late)]
    for claim in claims:
        await world.verify(claim)
        await world.phase(claim, Phase.LEGAL_REVIEW)
    assert (await world.sign(claims[0], Verdict.REJECT, "rita")).accepted
    assert await world.ended(claims[0]) is Outcome.REJECTED
    await world.phase(early, Phase.HELD)
    assert await world.running(preservation_id(early)), "its own end counts again"
    await world.advance(days=11)
    assert await world.ended(early) is Outcome.PRESERVATION_EXPIRED
    assert await world.running(preservation_id(late))
    assert (await world.sign(claims[1], Verdict.REJECT, "rita")).accepted
    assert await world.ended(late) is Outcome.PRESERVATION_EXPIRED


async def test_P3_a_hold_that_two_processes_name_serves_both_and_lasts_until_the_second_has_ended(world: World) -> None:
    ref = await held(world)
    await world.advance(days=80)
    first = await world.mail(SampleProcess.SEARCH_WARRANT, reference=ref, classes=EVERYTHING, silence="90 days")
    await world.phase(ref, Phase.CLAIMED)
    second = await world.mail(SampleProcess.SUBPOENA, reference=ref, silence="90 days")
    await world.verify(first)
    await world.verify(second)
    await world.phase(second, Phase.LEGAL_REVIEW)
    hold = (await world.case(ref)).hold
    assert hold is not None
    assert hold.claims == (first, second)
    provider = create_async_engine(world.settings.provider_database_url.get_secret_value())
    async with provider.begin() as connection:
        await connection.execute(delete(sign_ins))
    await provider.dispose()
    await world.approve(first, "rita", "ravi")
    assert await world.ended(first) is Outcome.PRODUCED
    await world.advance(days=20)
    assert await world.shown(preservation_id(ref), Phase.CLAIMED), "its 90 days are over, and the second needs it"
    case = await world.case(ref)
    assert case.hold is not None
    assert (case.phase, case.hold.claims, case.hold.purged_at) == (Phase.CLAIMED, (second,), None)
    await world.approve(second, "rita")
    assert await world.ended(second) is Outcome.PRODUCED
    assert "192.0.2.11" in (await package_of(world, second)).text, "answered from the copy, too"
    assert await world.ended(ref) is Outcome.PRESERVATION_CLAIMED
    letters = [mail.body for mail in world.letters(SENDER, "preservation_claimed")]
    assert [first in letters[0], second in letters[1]] == [True, True], "each process is told of once"
    assert len(letters) == 2


async def test_P3_another_agency_cannot_claim_a_hold(world: World) -> None:
    ref = await held(world)
    stranger = await world.mail(SampleProcess.SUBPOENA, reference=ref, sender=STRANGER)
    await world.phase(stranger, Phase.VERIFICATION)
    hold = (await world.case(ref)).hold
    assert hold is not None
    assert hold.claims == ()


async def test_P2_a_letter_that_is_not_authentic_has_its_copy_destroyed(world: World) -> None:
    ref = await held(world)
    snapshot = (await world.case(ref)).snapshot
    assert snapshot is not None
    assert (await world.sign(ref, Verdict.NOT_AUTHENTIC, "vera")).accepted
    assert await world.ended(ref) is Outcome.NOT_AUTHENTIC
    with pytest.raises(ObjectMissing):
        await world.services.store.get(snapshot.object)


async def test_P2_a_letter_without_an_identifier_is_completed_and_then_holds_from_its_receipt(world: World) -> None:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER, identifiers=())
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (Clause.R1,)
    await world.letter("items_missing", SENDER)
    await world.advance(days=5)
    await world.amend(ref, user__email="maren.holt@example.com")
    case = await world.phase(ref, Phase.HELD)
    assert case.hold is not None
    assert case.hold.until == case.envelope.received_at + timedelta(days=90)


async def test_P4_the_answer_does_not_say_whether_an_account_exists(world: World) -> None:
    """Word for word the same; only the reference and the end, counted from each one's receipt, differ."""
    known = await held(world)
    unknown = await held(world, identifiers=(("User email", "no.such.person@example.com"),))

    async def started() -> int:
        return len(world.letters(SENDER, "preservation_started"))

    await eventually(started, lambda found: found == 2)

    def written(ref: str) -> list[str]:
        theirs = [mail for mail in world.letters(SENDER) if ref in mail.subject]
        own = re.compile(rf"{ref}|\d{{1,2}} [A-Z][a-z]+ \d{{4}}, \d\d:\d\d UTC")
        return sorted(own.sub("…", f"{mail.subject}\n{mail.body}") for mail in theirs)

    assert len(written(known)) == 2
    assert written(known) == written(unknown)
