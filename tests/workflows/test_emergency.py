"""An emergency's whole life on real servers (E1, E2): at once, by two people, and with what is owed afterwards."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from contract.ids import followup_id, notice_id, request_id
from policy.book import policy_book
from policy.request import request_facts
from policy.statements import Check, Refusal, Verdict
from policy.vocabulary import Clause, Outcome, Phase, RequestKind
from starter.deadlines import DeadlineKind, DeadlineState, deadlines
from starter.samples import SampleProcess
from starter.show import look_at
from starter.verification import verify_machines
from tests.world import JUST_BEFORE, MAREN, SENDER, STRANGER, World, eventually

ON_CALL = "legal-on-call@provider.example"
BELIEF = "The recording is convincing, and the station confirmed that a patrol waits for the address."


async def calls(world: World) -> int:
    """How often the people on call have been called."""
    return len({mail.message_id for mail in world.letters(ON_CALL)})


async def called(world: World, times: int) -> None:
    """Wait until they have been called so often."""
    await eventually(lambda: calls(world), lambda seen: seen == times, f"{times} calls")


async def disclosed(world: World, **values: object) -> str:
    """An emergency whose records have been given."""
    ref = await world.emergency(**values)
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi", reason=BELIEF)
    assert await world.ended(ref) is Outcome.PRODUCED
    await world.shown(followup_id(ref), Phase.FOLLOW_UP)
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    return ref


async def test_E1_an_emergency_is_disclosed_at_once_by_two_people_and_nobody_is_told_before(world: World) -> None:
    ref = await world.emergency()
    case = await world.phase(ref, Phase.VERIFICATION)
    assert (case.kind, case.missing) == (RequestKind.EMERGENCY, ())
    received = await world.letter("emergency_acknowledgement", SENDER)
    assert "We promise" in received.body
    await called(world, 1)
    page = await world.letter("on_call", ON_CALL)
    assert f"dueprocess review {ref} authentic --called-back" in page.body

    unheard = await world.state(ref, await world.signed(ref, Verdict.AUTHENTIC, "vera", checks=(Check.SIGNATURE_SEEN,)))
    assert unheard.refusal is Refusal.CHECKS_MISSING
    await world.verify(ref)
    await called(world, 2)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (await world.sign(ref, Verdict.APPROVE, "rita")).refusal is Refusal.NO_REASON
    await world.approve(ref, "rita", reason=BELIEF)
    assert (await world.case(ref)).production is None, "one approval is not enough at any hour"
    assert (await world.sign(ref, Verdict.APPROVE, "rita", reason=BELIEF)).refusal is Refusal.ALREADY_APPROVED
    await called(world, 3)
    await world.approve(ref, "ravi", reason=BELIEF)

    assert await world.ended(ref) is Outcome.PRODUCED
    case = await world.case(ref)
    assert case.production is not None
    assert case.production.records > 0
    letter = await world.letter("emergency_production", SENDER)
    assert "without legal process" in letter.body
    assert not world.letters(MAREN)
    assert not [e for e in case.events if e.kind == "user_told"]
    await world.shown(followup_id(ref), Phase.FOLLOW_UP)
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    assert (await verify_machines(world.services.engine, world.client)).differences == ()


async def test_E1_the_people_on_call_are_called_again_until_somebody_signs(world: World) -> None:
    ref = await world.emergency()
    await world.phase(ref, Phase.VERIFICATION)
    await called(world, 1)
    await world.advance(minutes=15)
    await called(world, 2)
    await world.advance(minutes=15)
    await called(world, 3)
    assert (await world.sign(ref, Verdict.NOT_AUTHENTIC, "vera")).accepted
    assert await world.ended(ref) is Outcome.NOT_AUTHENTIC
    assert await calls(world) == 3
    suspected = [event for event in (await world.case(ref)).events if event.kind == "sender_suspected"]
    assert len(suspected) == 1, "a call that the agency knew nothing of is a sign of a stolen mailbox"
    assert not await world.running(followup_id(ref))


async def test_E2_what_is_missing_is_asked_for_and_the_subject_alone_makes_nothing_urgent(world: World) -> None:
    incomplete = await world.emergency(person="", averts="")
    case = await world.phase(incomplete, Phase.VERIFICATION)
    assert case.missing == (Clause.E2,)
    asked = await world.letter("emergency_items_missing", SENDER)
    assert "the person at risk (E2)" in asked.body
    await called(world, 1)

    alone = await world.emergency(nature="", person="", prose="It is very urgent!")
    case = await world.phase(alone, Phase.VERIFICATION)
    assert case.kind is RequestKind.DISCLOSURE
    assert Clause.E2 in {reason.clause for reason in case.reasons}
    assert "the nature of the emergency" in (await world.letter("emergency_unclear", SENDER)).body
    assert not [mail for mail in world.letters(ON_CALL) if alone in mail.subject]

    unnamed = await world.emergency(subject="Please help us")
    case = await world.phase(unnamed, Phase.VERIFICATION)
    assert case.kind is RequestKind.DISCLOSURE
    await called(world, 2)
    assert unnamed in world.letters(ON_CALL)[-1].subject


async def test_E1_N1_the_user_is_told_once_after_the_delay_and_the_agency_is_asked_for_process(world: World) -> None:
    ref = await disclosed(world)
    before = await calls(world)
    view = await look_at(world.settings, ref)
    clocks = {clock.kind: clock.state for clock in view.deadlines}
    assert clocks[DeadlineKind.JUDGEMENT] is clocks[DeadlineKind.OWED_PROCESS] is DeadlineState.RUNNING
    for day, reminders in ((3, 1), (7, 2)):
        await world.advance(days=day)
        await eventually(_count(world, "process_owed"), reminders.__eq__, f"{reminders} reminders")
    await world.advance(days=5)
    await called(world, before + 1)
    assert "not_genuine" in world.letters(ON_CALL)[-1].body
    assert (await world.sign(ref, Verdict.GENUINE, "rita")).refusal is Refusal.NO_REASON
    assert (await world.sign(ref, Verdict.GENUINE, "rita", reason="The children were found.")).accepted
    await world.advance(days=16)
    await called(world, before + 2)
    assert "waive_process" in world.letters(ON_CALL)[-1].body
    assert await world.running(followup_id(ref))
    assert (await world.sign(ref, Verdict.WAIVE_PROCESS, "ravi", reason="The prosecutor sought none.")).accepted
    await world.client.get_workflow_handle(followup_id(ref)).result()

    (notice,) = (await world.case(ref)).notices
    assert notice.delayed_until is not None
    await world.until(notice.delayed_until, seconds=JUST_BEFORE)
    assert not world.letters(MAREN)
    await world.until(notice.delayed_until)
    await world.told(ref)
    told = await world.letter("user_notice_after_emergency", MAREN)
    assert told.attachments == ()
    assert "children" not in told.body
    await world.advance(days=90)
    assert len(world.letters(MAREN)) == 1
    assert (await verify_machines(world.services.engine, world.client)).differences == ()


def _count(world: World, name: str) -> Callable[[], Awaitable[int]]:
    async def look() -> int:
        return len(world.letters(SENDER, name))

    return look


async def delays(world: World, ref: str) -> list[DeadlineKind]:
    """What keeps the user from being told, as `show` calls it."""
    case = await world.case(ref)
    clocks = deadlines(case, request_facts(case.facts), policy_book(case.policy_version), world.clock.now())
    return [clock.kind for clock in clocks if clock.kind in (DeadlineKind.DELAY, DeadlineKind.GAG)]


async def test_E1_a_reviewer_may_let_the_user_be_told_before(world: World) -> None:
    ref = await disclosed(world)
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    assert await delays(world, ref) == [DeadlineKind.DELAY], "no order of silence, and not shown as one"
    await world.advance(days=2)
    assert (await world.sign(ref, Verdict.TELL_USER, "rita", notice=1)).accepted
    await world.told(ref)
    assert len(world.letters(MAREN, "user_notice_after_emergency")) == 1


async def test_E1_N2_process_that_comes_settles_what_is_owed_and_its_order_of_silence_holds(world: World) -> None:
    ref = await disclosed(world)
    stranger = await world.mail(SampleProcess.SEARCH_WARRANT, reference=ref, sender=STRANGER)
    assert stranger != ref
    process = await world.mail(SampleProcess.SEARCH_WARRANT, reference=ref, silence="180 days")
    assert process != ref, "it is reviewed by itself"

    async def arrived() -> list[str]:
        events = (await world.case(ref)).events
        return [str(e.detail["message_id"]) for e in events if e.kind == "owed_process_arrived"]

    (message_id,) = await eventually(arrived, bool, "the process in the record")
    assert await world.desk.case_of(message_id) == process
    assert (await world.sign(ref, Verdict.GENUINE, "ravi", reason="The children were found.")).accepted
    await world.client.get_workflow_handle(followup_id(ref)).result()

    async def held_until() -> bool:
        until = (await world.case(ref)).notices[0].delayed_until
        return until is not None and until > world.clock.now() + timedelta(days=170)

    await eventually(held_until, what="the order's end in the record")
    assert await delays(world, ref) == [DeadlineKind.GAG]
    assert (await world.sign(ref, Verdict.TELL_USER, "rita", notice=1)).accepted
    await world.advance(days=100)
    assert not [m for m in world.letters(MAREN) if m.name == "user_notice_after_emergency"], "an order holds by itself"
    await world.advance(days=81)
    await world.told(ref)
    assert len(world.letters(MAREN, "user_notice_after_emergency")) == 1
    assert not world.letters(SENDER, "process_owed")


async def test_E1_an_emergency_that_was_none_makes_its_sender_suspect_and_nothing_more_is_asked(world: World) -> None:
    ref = await disclosed(world)
    assert (await world.sign(ref, Verdict.NOT_GENUINE, "rita", reason="The agency knows of no such case.")).accepted
    await world.client.get_workflow_handle(followup_id(ref)).result()
    case = await world.case(ref)
    suspected = [event for event in case.events if event.kind == "sender_suspected"]
    assert [event.detail["message_id"] for event in suspected] == [case.envelope.message_id]
    assert case.events[-1].kind == "follow_up_ended"
    await world.advance(days=40)
    assert not world.letters(SENDER, "process_owed")


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.WITHDRAW])
async def test_E1_what_is_not_disclosed_is_not_followed_up(world: World, verdict: Verdict) -> None:
    ref = await world.emergency()
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (await world.sign(ref, verdict, "rita")).accepted
    assert await world.ended(ref) in (Outcome.REJECTED, Outcome.WITHDRAWN)
    assert not await world.running(followup_id(ref))
    assert not await world.running(request_id(ref))
    assert not world.letters(MAREN)
