"""A notice that comes back has told nobody (N1): it is given once more, and after that as a person states."""

from datetime import timedelta

import pytest

from contract.ids import notice_id
from intake.automatic import gave_up
from policy.statements import Refusal, Verdict
from policy.vocabulary import Outcome, Phase
from starter.samples import SampleProcess
from tests.replies import report
from tests.world import JUST_BEFORE, MAREN, SENDER, Mail, World, eventually


async def latest(world: World, count: int, to: str = MAREN) -> Mail:
    """The latest notice, once so many have come to this address."""

    async def look() -> list[Mail]:
        return world.letters(to)

    return (await eventually(look, lambda found: len(found) == count, f"{count} notices to {to}"))[-1]


async def back(world: World, ref: str, letter: Mail) -> None:
    assert (await world.send(report(letter))).ref == ref
    await world.shown(notice_id(ref, 1), Phase.RETURNED)
    assert (await world.case(ref)).notices[0].told_at is None, "nobody was told"


async def test_N1_a_notice_that_comes_back_is_given_again_after_a_day_and_then_as_a_reviewer_states(
    world: World,
) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref)
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    notice = world.client.get_workflow_handle(notice_id(ref, 1))
    first = await latest(world, 1)

    await notice.signal("letter_returned")  # A signal alone takes nothing back.
    assert (await world.send(report(first, "delayed", "4.4.1"))).ref is None, "late is not lost"
    assert (await world.send(report(await world.letter("acknowledgement", SENDER)))).ref == ref
    assert (await world.case(ref)).notices[0].told_at is not None

    await back(world, ref, first)
    await world.advance(days=1, seconds=JUST_BEFORE)
    assert len(world.letters(MAREN)) == 1
    await world.advance(seconds=10)
    second = await latest(world, 2)
    assert second.message_id != first.message_id
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    await back(world, ref, second)
    await world.advance(days=60)
    assert len(world.letters(MAREN)) == 2
    assert (await world.case(ref)).production is None, "nobody has been told"

    elsewhere, endless = "maren@home.example.org", "maren@."
    nowhere = await world.sign(ref, Verdict.READDRESS, "rita", notice=1)
    assert (nowhere.accepted, nowhere.refusal) == (False, Refusal.NO_REASON)
    assert (await world.sign(ref, Verdict.READDRESS, "rita", notice=1, reason=endless)).accepted

    async def refused() -> bool:
        return any(event.kind == "letter_refused" for event in (await world.case(ref)).events)

    await eventually(refused, what="a letter that the relay refused")
    await world.shown(notice_id(ref, 1), Phase.RETURNED)
    assert (await world.sign(ref, Verdict.READDRESS, "rita", notice=1, reason=elsewhere)).accepted
    assert (await latest(world, 1, elsewhere)).attachments, "with a copy of the request"
    await world.shown(notice_id(ref, 1), Phase.OBJECTION_WINDOW)
    until = (await world.case(ref)).notices[0].objection_until
    assert until is not None
    assert until - world.clock.now() > timedelta(days=6), "with all their time to object"
    await world.until(until)
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_N1_N2_a_notice_that_came_back_is_not_given_again_under_an_order_that_has_come_since(
    world: World,
) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="30 days")
    await world.verify(ref)
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    await world.advance(days=30, seconds=5)
    await world.told(ref)
    await back(world, ref, await latest(world, 1))
    assert await world.mail(SampleProcess.NON_DISCLOSURE_ORDER, silence="60 days", reference=ref) == ref
    await world.advance(days=2)
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    assert len(world.letters(MAREN)) == 1
    await world.advance(days=60)
    await world.told(ref)
    await back(world, ref, await latest(world, 2))
    stated = "No other address is known, and the account is closed."
    assert (await world.sign(ref, Verdict.CANNOT_TELL, "rita", notice=1, reason=stated)).accepted
    await world.shown(notice_id(ref, 1), Phase.CLOSED)
    notice = (await world.case(ref)).notices[0]
    assert notice.given_up_at is not None
    assert notice.told_at is None


async def test_N1_a_notice_that_does_not_come_back_has_arrived(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="30 days")
    await world.verify(ref)
    await world.approve(ref)
    await world.shown(notice_id(ref, 1), Phase.GAGGED)
    await world.advance(days=30, seconds=5)
    await world.shown(notice_id(ref, 1), Phase.TOLD)
    await world.advance(days=7)
    await world.shown(notice_id(ref, 1), Phase.CLOSED)
    assert len(world.letters(MAREN)) == 1


@pytest.mark.parametrize(("action", "status"), [("relayed", "2.1.9"), ("delivered", "2.0.0"), ("expanded", "2.1.10")])
def test_a_report_that_is_no_failure_returns_nothing(action: str, status: str) -> None:
    letter = Mail(to=MAREN, subject="", body="", message_id="<x@provider.example>", attachments=())
    assert not gave_up(report(letter, action, status), 0)
