"""Users answer our letters by mail: what they write is heard, and nobody can speak for them or ask in their name."""

from datetime import timedelta

from contract.ids import notice_id, restriction_id
from ledger.letterbook import Letterbook
from ledger.tables import Mailbox
from policy.statements import Verdict
from policy.triage import Kept
from policy.vocabulary import AppealRoute, Outcome, Phase, Queue
from runtime.settings import Settings
from starter.command import Exit
from starter.mailroom import Dispatched
from starter.objection import object_to
from starter.samples import SampleProcess
from tests.replies import reply
from tests.world import MAREN, SENDER, World, handed_over

PRIVACY = "privacy@provider.example"
LAWYER = "counsel@lawyers.example"


async def told(world: World) -> str:
    """A subpoena's user has been told, and can object."""
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref, "rita")
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    await world.letter_of(ref, "user_notice")
    return ref


async def restricted(world: World) -> str:
    ref = await world.mail(SampleProcess.RESTRICTION)
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi")
    await world.letter_of(ref, "restricted_notice")
    await world.shown(restriction_id(ref), Phase.RESTRICTED)
    return ref


async def to_users(world: World, raw: bytes, proven: bool = True) -> Dispatched:
    """A message that comes to the address for users."""
    peer = handed_over(raw) if proven else handed_over(raw).model_copy(update={"address": "198.51.100.7"})
    message_id, _ = await world.desk.keep(raw, peer, Mailbox.USERS)
    return await world.send_on(message_id)


async def waiting(world: World, ref: str) -> list[tuple[Kept, str]]:
    return [(mail.why, mail.sender) for mail in (await world.case(ref)).mail]


async def test_N1_a_users_reply_to_the_notice_is_their_objection_and_a_reviewer_reads_it(world: World) -> None:
    ref = await told(world)
    notice = await world.letter_of(ref, "user_notice")
    raw = reply("I will ask the court to quash this.", f"Re: {notice.subject}", answers=notice.message_id, sender=MAREN)
    assert (await to_users(world, raw)).ref == ref
    case = await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (case.review, case.approved, case.production) == (2, None, None)
    assert case.notices[0].objected_at is not None
    assert await waiting(world, ref) == [(Kept.FROM_USER, MAREN)]
    message = (await Letterbook(world.services.engine).of(ref))[-1]
    assert (message.sender, message.mailbox) == (MAREN, Mailbox.USERS)
    assert (await world.rule_on_mail(ref, Verdict.SET_ASIDE)).accepted
    assert not await waiting(world, ref)


async def test_N1_an_objection_counts_unproven_and_at_the_wrong_address(world: World) -> None:
    """It only has a reviewer look again, and the window is short."""
    ref = await told(world)
    raw = reply("I object.", f"{ref}", sender=MAREN)
    assert (await world.send_unproven(raw)).ref == ref
    await world.phase(ref, Phase.LEGAL_REVIEW)


async def test_N1_what_somebody_else_writes_about_a_case_waits_for_a_person(world: World) -> None:
    ref = await told(world)
    raw = reply("I represent the user, who objects.", f"Your letter {ref}", sender=LAWYER)
    assert (await to_users(world, raw)).ref == ref
    assert await waiting(world, ref) == [(Kept.FROM_USER, LAWYER)]
    case = await world.case(ref)
    assert case.phase is Phase.OBJECTION_WINDOW
    assert case.facts == (await world.case(ref)).facts
    assert not (await world.rule_on_mail(ref, Verdict.VOUCH)).accepted, "no agency can confirm it"
    closes = case.notices[0].objection_until
    assert closes is not None
    await world.until(closes)
    await world.turn_of(notice_id(ref, 1), Queue.VERIFIER)
    assert (await world.case(ref)).production is None, "the window has closed, and nobody has read it"
    assert (await world.rule_on_mail(ref, Verdict.SET_ASIDE)).accepted
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_N1_what_a_lawyer_wrote_in_time_is_an_objection_when_a_person_says_so_after_the_window(
    world: World, world_settings: Settings
) -> None:
    ref = await told(world)
    await to_users(world, reply("I represent the user, who objects.", f"Your letter {ref}", sender=LAWYER))
    closes = (await world.case(ref)).notices[0].objection_until
    assert closes is not None
    await world.until(closes + timedelta(days=1))
    await world.turn_of(notice_id(ref, 1), Queue.VERIFIER)
    assert await object_to(world_settings, ref, 1) is Exit.DONE
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert (await world.case(ref)).production is None


async def test_N1_nobody_who_writes_in_time_holds_a_case_up_for_ever(world: World) -> None:
    ref = await told(world)
    await to_users(world, reply("I represent the user, who objects.", f"Your letter {ref}", sender=LAWYER))
    closes = (await world.case(ref)).notices[0].objection_until
    assert closes is not None
    await world.until(closes + timedelta(days=7))
    assert await world.ended(ref) is Outcome.PRODUCED
    assert await waiting(world, ref), "it still waits for somebody to read it"


async def test_N1_an_objection_that_came_in_time_counts_however_late_it_is_read(world: World) -> None:
    ref = await told(world)
    closes = (await world.case(ref)).notices[0].objection_until
    assert closes is not None
    unread = await world.keep(reply("I object.", f"Re: {ref}", sender=MAREN), received_at=closes - timedelta(seconds=1))
    await world.until(closes, seconds=5)
    assert await world.running(notice_id(ref, 1))
    assert (await world.case(ref)).production is None, "what came in time is still to be read"
    assert (await world.send_on(unread)).ref == ref
    await world.phase(ref, Phase.LEGAL_REVIEW)


async def test_S1_N1_at_the_address_for_requests_nobody_speaks_for_a_user(world: World) -> None:
    ref = await told(world)
    sent = await world.send(reply("I represent the user, who objects.", f"Your letter {ref}", sender=LAWYER))
    assert (sent.ref, bool(sent.refused)) == (None, True)


async def test_S1_N1_mail_to_users_that_concerns_no_case_is_refused_and_an_agencys_is_a_request(world: World) -> None:
    assert (await to_users(world, reply("Hello?", "DP-2019-999999", sender=MAREN))).refused
    ref = await told(world)
    case = await world.case(ref)
    sent = await to_users(world, reply("The case number is 26-77.", f"Re: {ref}", sender=SENDER))
    assert sent.ref == ref
    assert (Kept.FROM_USER, SENDER) not in await waiting(world, ref)
    assert (await world.case(ref)).notices == case.notices


async def test_X3_a_users_reply_to_the_restrictions_notice_is_their_appeal(world: World) -> None:
    ref = await restricted(world)
    notice = await world.letter_of(ref, "restricted_notice")
    quoted = "".join(f"> {line}\n" for line in notice.body.splitlines())
    said = f"I never hosted such a meeting.\n\nOn Monday Legal wrote:\n{quoted}"
    raw = reply(said, f"Re: {notice.subject}", answers=notice.message_id, sender=MAREN)
    assert (await to_users(world, raw)).ref == ref
    await world.shown(restriction_id(ref), Phase.APPEALED)
    [appeal] = (await world.case(ref)).open_appeals
    assert (appeal.route, appeal.n) == (AppealRoute.REPLY, 1)
    assert appeal.text == "I never hosted such a meeting."
    assert not await waiting(world, ref)


async def test_X3_an_appeal_that_is_not_proven_to_be_the_users_waits_for_a_person(world: World) -> None:
    ref = await restricted(world)
    raw = reply("I give up my account; let them have it.", f"Re: {ref}", sender=MAREN)
    assert (await to_users(world, raw, proven=False)).ref == ref
    assert not (await world.case(ref)).appeals
    assert await waiting(world, ref) == [(Kept.FROM_USER, MAREN)]


async def test_N1_a_machines_answer_to_the_notice_is_noted_only(world: World) -> None:
    ref = await told(world)
    notice = await world.letter_of(ref, "user_notice")
    raw = reply("I am away.", "Out of office", answers=notice.message_id, sender=MAREN, Auto_Submitted="auto-replied")
    assert (await to_users(world, raw)).ref == ref
    case = await world.case(ref)
    assert (case.phase, case.mail) == (Phase.OBJECTION_WINDOW, ())
