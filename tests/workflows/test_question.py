"""An agency that is asked: reminded, answered as far as it answers, and given up on at the deadline (R1-R4, P2, U2)."""

from datetime import datetime, timedelta

import pytest

from activities.ports import CaseFile
from contract.ids import preservation_id, request_id
from policy.statements import Verdict
from policy.vocabulary import Clause, Outcome, Phase, Queue
from starter.samples import SampleProcess
from tests.replies import reply, report
from tests.world import JUST_BEFORE, SENDER, World, eventually


async def count(world: World, name: str, wanted: int) -> None:
    """Wait until so many letters of this name have come, and see that there are no more."""

    async def look() -> int:
        return len({mail.message_id for mail in world.letters(SENDER, name)})

    await eventually(look, lambda found: found >= wanted, f"letter {wanted} {name}")
    assert await look() == wanted


def closed_at(case: CaseFile) -> datetime:
    """When the record says that the case was closed."""
    return next(event.at for event in case.events if event.kind == "case_closed")


async def incomplete(world: World, **values: object) -> CaseFile:
    """A subpoena that lacks badge and telephone number."""
    ref = await world.mail(SampleProcess.SUBPOENA, **({"badge": "", "phone": "", "silence": "90 days"} | values))
    case = await world.phase(ref, Phase.VERIFICATION)
    await count(world, "items_missing", 1)
    return case


async def answer(world: World, ref: str, body: str) -> None:
    """A reply by mail to the latest letter that asks for more."""
    asked = world.letters(SENDER, "items_missing")[-1]
    sent = await world.send(reply(body, f"Re: {asked.subject}", answers=asked.message_id))
    assert sent.ref == ref


async def test_R4_an_agency_that_never_answers_is_reminded_twice_and_closed_at_the_deadline(world: World) -> None:
    case = await incomplete(world)
    asked_at = case.events[-1].at
    await world.until(asked_at + timedelta(days=14), seconds=JUST_BEFORE)
    await count(world, "items_reminder", 0)
    await world.until(asked_at + timedelta(days=14), seconds=2)
    await count(world, "items_reminder", 1)
    await world.until(asked_at + timedelta(days=28), seconds=2)
    await count(world, "items_reminder", 2)
    reminder = world.letters(SENDER, "items_reminder")[-1].body
    assert "badge" in reminder
    assert "telephone" in reminder
    end = asked_at + timedelta(days=60)
    assert f"{end:%H:%M} UTC" in reminder, "it says when the waiting ends"
    await world.until(end, seconds=JUST_BEFORE)
    assert await world.running(request_id(case.ref))
    await world.until(end, seconds=2)
    assert await world.ended(case.ref) is Outcome.UNANSWERED
    assert timedelta(0) <= closed_at(await world.case(case.ref)) - end < timedelta(seconds=3)
    await world.letter("unanswered", SENDER)


async def test_R4_a_reply_that_leaves_something_missing_is_answered_by_exactly_that(world: World) -> None:
    case = await incomplete(world)
    await world.advance(days=50)
    await answer(world, case.ref, "Badge number: 4471\n")
    await count(world, "items_missing", 2)
    asked = world.letters(SENDER, "items_missing")[-1].body
    assert "telephone" in asked
    assert "badge" not in asked
    await world.advance(days=20)
    assert await world.running(request_id(case.ref)), "asked anew, the time counts anew"
    await world.verify(case.ref)
    await answer(world, case.ref, "Phone: +1-202-555-0101 ext. 12\n")
    await world.phase(case.ref, Phase.LEGAL_REVIEW)
    await count(world, "items_missing", 2)
    await world.advance(days=90)
    assert await world.running(request_id(case.ref)), "a reviewer's turn has no such end"


async def test_R4_who_amends_needs_no_letter(world: World) -> None:
    case = await incomplete(world)
    await world.amend(case.ref, officer__badge="4471")
    await world.amend(case.ref, officer__phone="+1-202-555-0101")
    await eventually(lambda: world.case(case.ref), lambda c: not c.missing)
    await count(world, "items_missing", 1)


@pytest.mark.parametrize("late", [-1, 0, 1])
async def test_R4_what_came_a_second_before_the_end_counts_however_late_it_is_read(world: World, late: int) -> None:
    case = await incomplete(world)
    end = case.events[-1].at + timedelta(days=60)
    await world.until(end, seconds=JUST_BEFORE)
    asked = world.letters(SENDER, "items_missing")[-1]
    body = "Badge number: 4471\nPhone: +1-202-555-0101\n"
    answered = await world.keep(
        reply(body, f"Re: {asked.subject}", answers=asked.message_id), received_at=end + timedelta(seconds=late)
    )
    await world.until(end, seconds=2)
    if late < 0:
        assert await world.running(request_id(case.ref))
        assert (await world.send_on(answered)).ref == case.ref
        await world.advance(minutes=2)
        await world.verify(case.ref)
        await world.phase(case.ref, Phase.LEGAL_REVIEW)
    else:
        assert await world.ended(case.ref) is Outcome.UNANSWERED


async def test_U2_a_question_that_is_not_answered_ends_the_review(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (await world.sign(ref, Verdict.ASK, "rita", reason="Which of the two accounts?")).accepted
    await world.letter("ask_more", SENDER)
    asked_at = world.clock.now()
    await world.advance(days=15)
    reminder = await world.letter("ask_reminder", SENDER)
    assert "Which of the two accounts?" in reminder.body
    await world.until(asked_at + timedelta(days=60), seconds=5)
    assert await world.ended(ref) is Outcome.UNANSWERED


async def test_P1_P2_what_is_copied_is_kept_though_the_letter_is_never_completed(world: World) -> None:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER, officer="")
    case = await world.phase(ref, Phase.HELD)
    assert case.missing == (Clause.P2,)
    assert case.hold is not None
    assert case.snapshot is not None
    await world.advance(days=15)
    assert "officer's name" in (await world.letter("items_reminder", SENDER)).body
    await world.advance(days=60)
    assert await world.running(preservation_id(ref)), "nothing is given up because a letter was late"
    assert await world.services.store.get(case.snapshot.object)
    await world.until(case.hold.until, seconds=2)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED
    assert not world.letters(SENDER, "unanswered")


async def test_P2_a_reply_completes_a_hold_and_cannot_add_a_name_to_it(world: World) -> None:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER, officer="")
    await world.phase(ref, Phase.HELD)
    await count(world, "items_missing", 1)
    asked = world.letters(SENDER, "items_missing")[-1]
    other = await world.send(
        reply(
            "Legal process: preservation letter\nUser email: other@example.com\n", "Re: more", answers=asked.message_id
        )
    )
    assert other.ref != ref, "another name is another preservation"
    await answer(world, ref, "Officer: Jordan Moreno\n")
    await eventually(lambda: world.case(ref), lambda case: not case.missing)


async def test_P2_R1_a_preservation_that_names_nobody_is_closed_without_an_answer(world: World) -> None:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER, identifiers=())
    case = await world.phase(ref, Phase.VERIFICATION)
    await world.until(case.events[-1].at + timedelta(days=60), seconds=2)
    assert await world.ended(ref) is Outcome.UNANSWERED


async def test_R4_a_question_that_came_back_closes_no_case_before_a_person_has_had_time_to_look(world: World) -> None:
    case = await incomplete(world)
    asked_at = case.events[-1].at
    await world.send(report(world.letters(SENDER, "items_missing")[-1]))
    await world.turn_of(request_id(case.ref), Queue.VERIFIER)
    await world.until(asked_at + timedelta(days=60, hours=1))
    assert await world.running(request_id(case.ref))
    await world.until(asked_at + timedelta(days=67, hours=1))
    assert await world.ended(case.ref) is Outcome.UNANSWERED
