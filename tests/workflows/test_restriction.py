"""A restriction's life, told by what comes of it: who can join where, who is told, who is heard, and that it ends."""

import re
from datetime import UTC, datetime, timedelta

from contract.ids import notice_id, restriction_id
from gateways.provider import Act
from policy.scope import Narrowing
from policy.statements import Refusal, Verdict
from policy.vocabulary import Clause, LiftReason, Measure, Outcome, Phase, Role
from starter.samples import SampleProcess, SampleRestriction
from tests.world import JUST_BEFORE, LINH, MAREN, SENDER, World

MEETING = 81000001111
MEETING_LINES = (
    ("Meeting ID", str(MEETING)),
    ("Meeting host", MAREN),
    ("Meeting date and time", "2026-06-04 15:10 UTC"),
)


async def asked(world: World, silence: str | None = None, until: int | None = None, **values: object) -> str:
    """A verified request to restrict one user's access in Illinois, for so many days if any are said."""
    last = (world.clock.now() + timedelta(days=until)).date() if until else None
    first = world.clock.now().date() if until else None
    given: dict[str, object] = {"since": first, "until": last, "silence": silence}
    ref = await world.mail(SampleProcess.RESTRICTION, **(given | values))
    await world.verify(ref)
    return ref


async def restricted(world: World, silence: str | None = None, until: int | None = None, **values: object) -> str:
    """The same, approved and applied."""
    ref = await asked(world, silence, until, **values)
    await world.approve(ref, "rita", "ravi")
    await world.letter_of(ref, "restriction_applied")
    await world.shown(restriction_id(ref), Phase.RESTRICTED)
    return ref


async def upheld(world: World, ref: str, by: str) -> Refusal | None:
    signed = await world.signed(ref, Verdict.UPHOLD, by, reason="The order names this account.")
    return (await world.state(ref, signed)).refusal


async def test_X1_X2_X3_a_user_is_restricted_in_the_territory_only_told_and_let_in_again_at_the_end(
    world: World,
) -> None:
    ref = await asked(world, until=30)
    await world.approve(ref, "rita")
    assert await world.allows(Act.JOIN, MAREN, "US-IL"), "one approval restricts nobody"
    await world.approve(ref, "ravi")
    await world.shown(restriction_id(ref), Phase.RESTRICTED)
    notice = await world.letter("restricted_notice", MAREN)
    assert notice.attachments, "with a copy of the request"
    assert "US-IL" in notice.body
    assert re.search(r"/appeal/\S{43}\s", notice.body)
    assert not await world.allows(Act.JOIN, MAREN, "US-IL")
    assert not await world.allows(Act.HOST, MAREN, "US-IL")
    assert await world.allows(Act.JOIN, MAREN, "US-CA")
    assert await world.allows(Act.JOIN, MAREN, "VN")
    assert await world.allows(Act.JOIN, LINH, "US-IL")
    applied = (await world.case(ref)).restriction
    assert applied is not None
    last = (world.clock.now() + timedelta(days=31)).date()
    assert applied.until == datetime(last.year, last.month, last.day, tzinfo=UTC)
    await world.until(applied.until, seconds=JUST_BEFORE)
    assert await world.running(restriction_id(ref))
    await world.until(applied.until)
    assert await world.ended(ref) is Outcome.RESTRICTION_EXPIRED
    case = await world.case(ref)
    assert case.restriction is not None
    assert case.restriction.lifted_for is LiftReason.EXPIRED
    assert case.restriction.lifted_at is not None
    assert timedelta(0) <= case.restriction.lifted_at - applied.until < timedelta(seconds=1)
    assert await world.allows(Act.JOIN, MAREN, "US-IL")
    assert [mail.name for mail in world.letters(MAREN)] == ["restricted_notice", "restriction_ended_user"]
    names = [mail.name for mail in world.letters(SENDER)]
    assert names == ["acknowledgement", "restriction_applied", "restriction_ended"]


async def test_X3_an_appeal_is_answered_by_another_person_and_a_granted_one_lets_the_user_in(world: World) -> None:
    ref = await restricted(world)
    await world.letter("restricted_notice", MAREN)
    await world.advance(days=3)
    await world.appeal(ref, "I have never hosted such a meeting.")
    await world.shown(restriction_id(ref), Phase.APPEALED)
    assert await upheld(world, ref, "rita") is Refusal.APPROVED_IT
    assert not (await world.case(ref)).appeals[0].answered_at
    await world.join("rosa", (Role.REVIEWER,))
    assert await upheld(world, ref, "rosa") is None
    answer = await world.letter("appeal_dismissed", MAREN)
    assert "The order names this account." in answer.body
    await world.shown(restriction_id(ref), Phase.RESTRICTED)
    assert not await world.allows(Act.JOIN, MAREN, "US-IL")
    await world.advance(days=3)
    await world.appeal(ref, "The order has been set aside; see case 26 CH 4417.")
    await world.shown(restriction_id(ref), Phase.APPEALED)
    assert (await world.sign(ref, Verdict.LIFT, "rosa")).accepted
    assert await world.ended(ref) is Outcome.RESTRICTION_LIFTED
    assert await world.allows(Act.JOIN, MAREN, "US-IL")
    await world.letter("appeal_granted", MAREN)
    case = await world.case(ref)
    assert [appeal.granted for appeal in case.appeals] == [False, True]
    assert case.restriction is not None
    assert case.restriction.lifted_for is LiftReason.APPEAL
    assert "set aside" not in " ".join(mail.body for mail in world.letters(SENDER)), "the agency does not read appeals"


async def test_X3_N2_N4_a_gag_delays_the_telling_and_not_the_restriction(world: World) -> None:
    ref = await restricted(world, silence="30 days")
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    assert "the restriction itself may tell them (N4)" in " ".join(
        (await world.letter("restriction_applied", SENDER)).body.split()
    )
    assert not await world.allows(Act.JOIN, MAREN, "US-IL")
    assert not world.letters(MAREN)
    await world.advance(days=20)
    assert await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="40 days", reference=ref) == ref
    await world.advance(days=20)
    assert not world.letters(MAREN), "the further order holds"
    await world.advance(days=20)
    await world.told(ref)
    await world.letter("restricted_notice", MAREN)
    await world.appeal(ref, "Nobody told me for two months.")
    await world.shown(restriction_id(ref), Phase.APPEALED)
    until = (await world.case(ref)).restriction
    assert until is not None
    await world.until(until.until)
    assert await world.ended(ref) is Outcome.RESTRICTION_EXPIRED


async def test_X2_N4_a_meeting_is_closed_only_for_a_violation_and_otherwise_kept_within_the_territory(
    world: World,
) -> None:
    closing = SampleRestriction(measure="close the meeting")
    ref = await asked(world, identifiers=MEETING_LINES, restriction=closing)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (await world.sign(ref, Verdict.APPROVE, "rita")).refusal is Refusal.UNNECESSARY
    lesser = Narrowing(measure=Measure.KEEP_OUT)
    for name in ("rita", "ravi"):
        assert (await world.sign(ref, Verdict.NARROW, name, narrowing=lesser)).accepted
    await world.letter("restricted_notice", MAREN)
    assert not await world.allows(Act.JOIN, LINH, "US-IL", MEETING)
    assert await world.allows(Act.JOIN, LINH, "US-CA", MEETING)
    assert await world.allows(Act.JOIN, MAREN, "US-IL"), "other meetings are open to its host"

    violent = SampleRestriction(measure="close the meeting", violation="risk of death")
    other = await asked(world, identifiers=MEETING_LINES, restriction=violent)
    await world.phase(other, Phase.LEGAL_REVIEW)
    for name in ("rita", "ravi"):
        found = await world.signed(
            other, Verdict.APPROVE, name, reason="A threat to kill was shown.", grounds=(Clause.N4,)
        )
        assert (await world.state(other, found)).accepted
    await world.letter_of(other, "restriction_applied")
    assert not await world.allows(Act.JOIN, LINH, "US-CA", MEETING)


async def test_X2_what_another_case_restricts_stays_restricted(world: World) -> None:
    one, other = await restricted(world), await restricted(world, restriction=SampleRestriction(territory="US"))
    assert (await world.sign(other, Verdict.LIFT, "rita")).accepted
    assert await world.ended(other) is Outcome.RESTRICTION_LIFTED
    assert await world.allows(Act.JOIN, MAREN, "US-CA")
    assert not await world.allows(Act.JOIN, MAREN, "US-IL")
    assert await world.running(restriction_id(one))


async def test_X1_nobody_is_restricted_where_the_identifiers_name_nobody(world: World) -> None:
    ref = await asked(world, identifiers=(("User email", "no.such.person@example.com"),))
    await world.approve(ref, "rita", "ravi")
    await world.letter("account_not_found", SENDER)
    assert (await world.case(ref)).outcome is Outcome.ACCOUNT_NOT_FOUND


async def test_X1_what_is_missing_is_asked_for_by_its_clause(world: World) -> None:
    vague = SampleRestriction(measure="do something about it", territory="our district")
    ref = await world.mail(SampleProcess.RESTRICTION, restriction=vague)
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (Clause.X1,)
    assert "the territory in which it is to hold" in (await world.letter("items_missing", SENDER)).body
    await world.amend(ref, restriction__measure="limit_hosting", restriction__territory="US-IL")
    await world.verify(ref, "both")
    await world.approve(ref, "rita", "ravi")
    await world.letter("restricted_notice", MAREN)
    assert await world.allows(Act.JOIN, MAREN, "US-IL")
    assert not await world.allows(Act.HOST, MAREN, "US-IL")
