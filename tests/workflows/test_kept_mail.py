"""Mail about a case: what is proven counts, what is not waits for a verifier, and machines are never answered."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import pytest

from activities.ports import ObjectMissing
from contract.ids import preservation_id, request_id
from contract.messages import MailArrived
from ledger.reports import Reports
from policy.statements import Refusal, Verdict
from policy.triage import Destination, Kept
from policy.vocabulary import Outcome, Phase, Queue
from starter.samples import SampleProcess, sample_mail
from starter.samples.document import document
from tests.replies import reply
from tests.world import JUST_BEFORE, SENDER, World, eventually


async def held(world: World) -> str:
    """A preservation whose records have been copied, and which a verifier has found genuine."""
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    await world.phase(ref, Phase.HELD)
    await world.verify(ref)
    return ref


async def waits(world: World, ref: str, why: Kept) -> str:
    """The one message that waits with the case, and why."""
    (mail,) = (await world.case(ref)).mail
    assert mail.why is why
    return mail.message_id


def extension(world: World, ref: str) -> bytes:
    return sample_mail(world.sample(SampleProcess.EXTENSION, reference=ref))


async def test_P3_S1_an_extension_that_is_not_proven_counts_from_its_receipt_once_vouched_for(world: World) -> None:
    ref = await held(world)
    hold = (await world.case(ref)).hold
    assert hold is not None
    await world.until(hold.until, seconds=JUST_BEFORE)
    asked = await world.keep_unproven(extension(world, ref), received_at=hold.until - timedelta(seconds=1))
    assert (await world.send_on(asked)).ref == ref
    message = await waits(world, ref, Kept.NOT_PROVEN)
    await world.turn_of(preservation_id(ref), Queue.VERIFIER)
    await world.until(hold.until + timedelta(days=6))
    assert await world.running(preservation_id(ref)), "it waits for the verifier"
    called = await world.signed(ref, Verdict.VOUCH, "vera", message=message, checks=())
    assert (await world.state(ref, called)).refusal is Refusal.CHECKS_MISSING
    assert (await world.rule_on_mail(ref, Verdict.VOUCH)).accepted
    await world.letter("preservation_extended", SENDER)
    case = await world.case(ref)
    assert case.hold is not None
    assert case.hold.until == hold.until + timedelta(days=90)
    assert not case.mail


async def test_P3_S1_a_hold_waits_for_a_verifier_so_many_days_and_then_says_what_it_went_on_without(
    world: World,
) -> None:
    ref = await held(world)
    case = await world.case(ref)
    assert case.hold is not None
    assert case.snapshot is not None
    await world.send_unproven(extension(world, ref))
    message = await waits(world, ref, Kept.NOT_PROVEN)
    await world.until(case.hold.until + timedelta(days=7), seconds=JUST_BEFORE)
    assert await world.services.store.get(case.snapshot.object)
    await world.until(case.hold.until + timedelta(days=7), seconds=2)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED
    left = [event.detail for event in (await world.case(ref)).events if event.kind == "mail_unconfirmed"]
    assert left == [{"message_ids": [message]}]
    assert not world.letters(SENDER, "preservation_extended")


async def test_S1_R4_a_reply_that_is_not_proven_changes_nothing_until_a_verifier_vouches_for_it(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, badge="")
    await world.phase(ref, Phase.VERIFICATION)
    asked = await world.letter("items_missing", SENDER)
    spoofed = reply("Badge number: 6666\n", f"Re: {asked.subject}", answers=asked.message_id)
    assert (await world.send_unproven(spoofed)).ref == ref
    await waits(world, ref, Kept.NOT_PROVEN)
    assert (await world.rule_on_mail(ref, Verdict.SET_ASIDE)).accepted
    genuine = reply("Badge number: 4471\n", f"Re: {asked.subject}", answers=asked.message_id)
    await world.send_unproven(genuine)
    assert (await world.rule_on_mail(ref, Verdict.VOUCH)).accepted
    case = await eventually(lambda: world.case(ref), lambda found: not found.missing)
    assert "6666" not in {fact.value for fact in case.facts}
    assert len(world.letters(SENDER, "items_missing")) == 1


async def test_P3_S1_process_that_is_not_proven_claims_a_hold_once_found_genuine(world: World) -> None:
    ref = await held(world)
    hold = (await world.case(ref)).hold
    assert hold is not None
    await world.until(hold.until - timedelta(days=1))
    sent = await world.send_unproven(sample_mail(world.sample(SampleProcess.SUBPOENA, reference=ref)))
    assert sent.ref not in (ref, None)
    subpoena = sent.ref or ""
    await world.phase(subpoena, Phase.VERIFICATION)
    await world.until(hold.until + timedelta(days=1))
    case = await world.case(ref)
    assert case.hold is not None
    assert (case.hold.claims, case.hold.purged_at) == ((), None), "it waits for the verifier"
    await world.verify(subpoena)
    await world.phase(ref, Phase.CLAIMED)


async def test_U2_an_agency_withdraws_by_mail_and_nothing_is_given(world: World) -> None:
    early, late = await world.mail(SampleProcess.SUBPOENA), await world.mail(SampleProcess.SUBPOENA)
    await world.phase(early, Phase.VERIFICATION)
    await world.verify(late)
    await world.approve(late)
    await world.phase(late, Phase.OBJECTION_WINDOW)
    for ref in (early, late):
        withdrawn = reply(f"We hereby withdraw our request {ref}.\n", f"Case {ref}")
        assert (await world.send(withdrawn)).ref == ref
        assert await world.ended(ref) is Outcome.WITHDRAWN
        assert (await world.case(ref)).production is None
    assert len(world.letters(SENDER, "withdrawn_confirmed")) == 2


async def test_U2_S1_a_withdrawal_that_is_not_proven_or_only_signalled_changes_nothing(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref)
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    sent = await world.send_unproven(reply(f"We withdraw our request {ref}.\n", "Withdrawal of request"))
    assert sent.ref == ref
    message = await waits(world, ref, Kept.NOT_PROVEN)
    handle = world.client.get_workflow_handle(request_id(ref))
    await handle.signal("withdrawal_arrived", MailArrived(message_id=message))
    await handle.signal("withdrawal_arrived", MailArrived(message_id="0" * 64))
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    assert await world.running(request_id(ref))
    assert (await world.case(ref)).outcome is None
    assert (await world.rule_on_mail(ref, Verdict.VOUCH)).accepted
    assert await world.ended(ref) is Outcome.WITHDRAWN


async def test_P3_a_hold_that_its_agency_withdraws_is_ended_by_a_reviewer_only(world: World) -> None:
    ref = await held(world)
    snapshot = (await world.case(ref)).snapshot
    assert snapshot is not None
    assert (await world.send(reply(f"We withdraw our request {ref}.\n", f"Withdrawal {ref}"))).ref == ref
    message = await waits(world, ref, Kept.HOLD_WITHDRAWN)
    assert await world.services.store.get(snapshot.object)
    assert (await world.rule_on_mail(ref, Verdict.VOUCH, message=message)).refusal is Refusal.NOT_TO_VOUCH_FOR
    assert (await world.sign(ref, Verdict.WITHDRAW, "rita")).accepted
    assert await world.ended(ref) is Outcome.WITHDRAWN
    with pytest.raises(ObjectMissing):
        await world.services.store.get(snapshot.object)


async def test_R4_words_about_a_closed_case_open_nothing_and_are_not_answered(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.phase(ref, Phase.VERIFICATION)
    assert (await world.sign(ref, Verdict.REJECT, "rita")).accepted
    assert await world.ended(ref) is Outcome.REJECTED
    rejected = await world.letter("rejected", SENDER)
    before = len(world.letters())
    sent = await world.send(reply("Understood, thank you.\n", f"Re: {rejected.subject}", answers=rejected.message_id))
    assert sent.ref == ref
    await waits(world, ref, Kept.FOR_READING)
    assert len(await Reports(world.services.engine).cases()) == 1
    assert len(world.letters()) == before
    assert (await world.rule_on_mail(ref, Verdict.SET_ASIDE)).accepted
    assert not (await world.case(ref)).mail


async def test_I1_twenty_copies_under_other_message_ids_at_once_are_one_request(world: World) -> None:
    asked = world.sample(SampleProcess.SUBPOENA)
    pdf = document(asked)
    copies = [sample_mail(replace(asked, dated=asked.dated + timedelta(seconds=n)), pdf) for n in range(20)]
    assert len({message_from_bytes(copy)["Message-ID"] for copy in copies}) == 20
    kept = [await world.keep(copy) for copy in copies]
    sent = await asyncio.gather(*(world.send_on(message) for message in kept))
    assert len({delivered.ref for delivered in sent}) == 1
    assert len(await Reports(world.services.engine).cases()) == 1


async def test_I1_another_body_under_a_used_message_id_waits_for_a_person(world: World) -> None:
    first = sample_mail(world.sample(SampleProcess.SUBPOENA))
    ref = (await world.send(first)).ref or ""
    await world.phase(ref, Phase.VERIFICATION)
    used = str(message_from_bytes(first)["Message-ID"])
    other = document(world.sample(SampleProcess.SUBPOENA, identifiers=(("User email", "other@example.com"),)))
    sent = await world.send(reply("A further subpoena.\n", "Subpoena", pdf=other, message_id=used))
    assert sent.ref == ref
    await waits(world, ref, Kept.SENT_AGAIN)


async def test_S1_answers_of_machines_are_noted_and_never_answered_or_counted(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, badge="")
    await world.phase(ref, Phase.VERIFICATION)
    asked = await world.letter("items_missing", SENDER)
    before = len(world.letters())
    away = reply(
        "Badge number: 4471\n",
        f"Automatic reply: {asked.subject}",
        answers=asked.message_id,
        Auto_Submitted="auto-replied",
    )
    noted = await world.send(away)
    assert (noted.ref, noted.route and noted.route.to) == (ref, Destination.NOTE)
    daemon = reply(
        f"Status: 5.1.1\n\nMessage-ID: {asked.message_id}\n",
        "Undelivered Mail Returned to Sender",
        sender="mailer-daemon@relay.example",
        Return_Path="<>",
    )
    bounced = await world.send(daemon)
    assert (bounced.ref, bounced.route and bounced.route.to) == (ref, Destination.BOUNCE)
    stray = await world.send(reply("I am away.\n", "Out of office", Auto_Submitted="auto-replied"))
    assert (stray.ref, len(stray.refused)) == (None, 1)
    case = await world.case(ref)
    notes = [event.detail for event in case.events if event.kind == "mail_noted"]
    assert [(note["automatic"], note["status"]) for note in notes] == [("answer", None), ("bounce", "5.1.1")]
    assert case.missing
    assert [mail.why for mail in case.mail] == [Kept.RETURNED], "a person sees that the agency has not had our letter"
    assert len(await Reports(world.services.engine).cases()) == 1
    assert len(world.letters()) == before
