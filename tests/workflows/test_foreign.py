"""Requests from abroad, and what is answered in its own way: each through its whole life (F1-F4; D4, U5, C1)."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

from contract.ids import preservation_id, request_id
from policy.scope import Narrowing
from policy.statements import Check, Refusal, Verdict
from policy.vocabulary import Clause, DataClass, Outcome, Phase
from starter.samples import SampleCertificate, SampleProcess, sample_mail
from tests.package import package_of
from tests.world import EVERYTHING, JUST_BEFORE, MAREN, World, eventually

CONSTABLE = "a.reid@northmarch.police.example"
PROSECUTOR = "k.vogt@lka.musterland.example"
MOUNTIE = "s.roy@prairie.gc.example"
INVESTIGATOR = "dieutra@csdt.gov-vn.example"
LIVE = "The account is used for fraud. We also ask for real-time monitoring of its meetings."


async def deadline_of(world: World, ref: str) -> object:
    """Until when the case waits, as operators see it."""
    described = await world.client.get_workflow_handle(request_id(ref)).describe()
    return {pair.key.name: pair.value for pair in described.typed_search_attributes}.get("CaseDeadline")


async def test_F2_a_direct_order_from_the_united_kingdom_gives_content_once_its_target_was_checked(
    world: World,
) -> None:
    ref = await world.mail(
        SampleProcess.CLOUD_ACT_ORDER, sender=CONSTABLE, classes=EVERYTHING, silence="90 days", response_due=None
    )
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (), "seven days are its own clock, so it need not name a date"
    seen = await world.signed(
        ref, Verdict.AUTHENTIC, "vera", checks=(Check.SIGNATURE_SEEN, Check.CALLED_BACK, Check.BADGE_CHECKED)
    )
    unchecked = await world.state(ref, seen)
    assert (unchecked.refusal, unchecked.sentence[:3]) == (Refusal.CHECKS_MISSING, "F2:")
    undue = (Check.LETTERHEAD_SEEN, Check.DOCUMENT_READ, Check.CERTIFICATE_CHECKED)
    checks = tuple(check for check in Check if check not in undue)
    checked = await world.signed(ref, Verdict.AUTHENTIC, "vera", checks=checks)
    assert (await world.state(ref, checked)).accepted
    await world.approve(ref, "rita", "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert (await package_of(world, ref)).classes == set(EVERYTHING)


async def test_F2_a_production_certificate_is_copied_at_once_and_its_authority_tells_the_user(world: World) -> None:
    ref = await world.mail(SampleProcess.EPOC, sender=PROSECUTOR, badge="", response_due=None, urgent=True)
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == ()
    assert case.snapshot is not None, "copied before anyone has looked at it"
    assert "within hours" in (await world.letter("on_call")).body
    described = await world.client.get_workflow_handle(request_id(ref)).describe()
    shown = {pair.key.name: pair.value for pair in described.typed_search_attributes}
    assert shown["CaseJurisdiction"] == "eu"
    assert await deadline_of(world, ref) == case.envelope.received_at + timedelta(hours=8)
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert not world.letters(MAREN)
    assert (await world.case(ref)).notices == ()


async def test_F2_E1_whoever_is_on_call_is_called_until_an_urgent_certificate_has_its_answer(world: World) -> None:
    ref = await world.mail(SampleProcess.EPOC, sender=PROSECUTOR, badge="", response_due=None, urgent=True)
    received = (await world.phase(ref, Phase.VERIFICATION)).envelope.received_at
    due = received + timedelta(hours=8)

    async def calls(wanted: int) -> None:
        async def look() -> int:
            return len({mail.message_id for mail in world.letters(name="on_call")})

        await eventually(look, lambda seen: seen == wanted, f"{wanted} calls")

    await calls(1)
    await world.advance(minutes=15)
    await calls(2)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await calls(3)
    assert await deadline_of(world, ref) == due, "operators see the law's clock, and not the next call"
    await world.approve(ref, "rita")
    await calls(4)
    for _ in range(7):
        await world.advance(hours=1)
    await world.until(due, seconds=JUST_BEFORE)
    before = len({mail.message_id for mail in world.letters(name="on_call")})
    assert before > 4
    assert await deadline_of(world, ref) == due
    await world.until(due, seconds=3600)
    await calls(before + 1)
    await world.approve(ref, "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert len({mail.message_id for mail in world.letters(name="on_call")}) == before + 1


async def test_F2_a_certificate_that_turns_out_to_be_urgent_is_chased_and_one_that_is_not_is_no_longer(
    world: World,
) -> None:
    ref = await world.mail(SampleProcess.EPOC, sender=PROSECUTOR, badge="", response_due=None)
    await world.phase(ref, Phase.VERIFICATION)
    await world.amend(ref, response__urgent="yes")
    await world.letter("on_call")
    await world.amend(ref, response__urgent="no")
    due = (await world.case(ref)).envelope.received_at + timedelta(days=10)
    await eventually(lambda: deadline_of(world, ref), lambda shown: shown == due, "ten days again")
    await world.advance(hours=2)
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert len(world.letters(name="on_call")) == 1
    assert (await world.sign(ref, Verdict.REJECT, "rita")).accepted
    assert await world.ended(ref) is Outcome.REJECTED


async def test_F2_a_prosecutor_alone_gets_no_content_by_a_certificate_and_what_he_can_order_leaves(
    world: World,
) -> None:
    prosecutor = SampleCertificate(issuer="public prosecutor", notified="Central Authority, Dublin")
    ref = await world.mail(
        SampleProcess.EPOC, sender=PROSECUTOR, response_due=None, classes=EVERYTHING, certificate=prosecutor
    )
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (Clause.F2,)
    assert "validated" in (await world.letter("items_missing", PROSECUTOR)).body
    await world.amend(ref, certificate__validator="prosecutor")
    unchecked = await world.signed(
        ref, Verdict.AUTHENTIC, "vera", checks=(Check.SIGNATURE_SEEN, Check.CALLED_BACK, Check.BADGE_CHECKED)
    )
    refused = await world.state(ref, unchecked)
    assert (refused.refusal, refused.sentence[:3]) == (Refusal.CHECKS_MISSING, "F2:")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    beyond = await world.sign(ref, Verdict.APPROVE, "rita")
    assert (beyond.refusal, beyond.sentence[:3]) == (Refusal.EXCEEDS_PROCESS, "F2:")
    assert "asked for: D2, D3" in beyond.sentence
    for reviewer in ("rita", "ravi"):
        named = Narrowing(classes=(DataClass.BASIC,))
        assert (await world.sign(ref, Verdict.NARROW, reviewer, narrowing=named)).accepted
    assert await world.ended(ref) is Outcome.PRODUCED
    assert (await package_of(world, ref)).classes == {DataClass.BASIC}


async def test_P3_a_preservation_certificate_runs_60_days_and_30_more(world: World) -> None:
    ref = await world.mail(SampleProcess.EPOC_PR, sender=PROSECUTOR)
    case = await world.phase(ref, Phase.HELD)
    assert case.hold is not None
    first = case.envelope.received_at + timedelta(days=60)
    assert case.hold.until == first
    started = await world.letter("preservation_started", PROSECUTOR)
    assert "30 more days" in " ".join(started.body.split())
    await world.verify(ref)
    await world.until(first, seconds=JUST_BEFORE)
    extension = world.sample(SampleProcess.EXTENSION, sender=PROSECUTOR, reference=ref)
    await world.send(sample_mail(extension))
    await world.letter("preservation_extended", PROSECUTOR)
    extended = (await world.case(ref)).hold
    assert extended is not None
    assert extended.until == first + timedelta(days=30)
    await world.until(extended.until)
    assert await world.ended(ref) is Outcome.PRESERVATION_EXPIRED
    assert not await world.running(preservation_id(ref))


async def test_F2_content_under_local_law_is_told_its_channels_and_never_given(world: World) -> None:
    ref = await world.mail(SampleProcess.LOCAL_ORDER, sender=MOUNTIE, classes=EVERYTHING[2:])
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (Clause.F2,)
    letter = await world.letter("items_missing", MOUNTIE)
    assert "under a mutual legal assistance treaty" in " ".join(letter.body.split())
    await world.verify(ref)
    assert (await world.sign(ref, Verdict.REJECT, "rita", reason="Please use the treaty.")).accepted
    assert await world.ended(ref) is Outcome.REJECTED


async def test_F3_an_order_under_local_law_can_be_answered_with_records_by_two_people(world: World) -> None:
    ref = await world.mail(SampleProcess.LOCAL_ORDER, sender=MOUNTIE, silence="90 days")
    await world.verify(ref)
    await world.approve(ref, "rita")
    assert (await world.case(ref)).approved is None
    await world.approve(ref, "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_F4_a_letter_in_vietnamese_goes_to_a_person_and_is_asked_for_nothing_but_english(world: World) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"], mail["Message-ID"] = INVESTIGATOR, "Công văn 118", "<cv118@csdt.gov-vn.example>"
    mail.set_content(
        "Cơ quan Cảnh sát điều tra đề nghị quý công ty cung cấp thông tin về chủ tài khoản và lịch sử đăng nhập của "
        "người dùng có liên quan đến vụ án lừa đảo chiếm đoạt tài sản đang được điều tra theo quy định của pháp luật."
    )
    ref = (await world.send(mail.as_bytes())).ref
    assert ref is not None
    assert (await world.phase(ref, Phase.VERIFICATION)).missing == (Clause.F4,)
    await world.letter("english_needed", INVESTIGATOR)
    assert [letter.name for letter in world.letters(INVESTIGATOR)] == ["english_needed"]
    await world.amend(ref, request__language="en", user__email=MAREN)
    await world.letter("items_missing", INVESTIGATOR)
    assert Clause.F4 not in (await world.case(ref)).missing
    assert (await world.sign(ref, Verdict.REJECT, "rita")).accepted
    assert await world.ended(ref) is Outcome.REJECTED


async def test_D4_what_is_stored_goes_on_once_a_reviewer_has_left_out_the_interception(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, relation=LIVE, silence="90 days")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    refused = await world.sign(ref, Verdict.APPROVE, "rita")
    assert (refused.refusal, refused.sentence[:3]) == (Refusal.EXCEEDS_PROCESS, "D4:")
    assert (await world.sign(ref, Verdict.NARROW, "rita", narrowing=Narrowing())).accepted
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_U5_interception_is_turned_down_in_one_step_with_its_explanation(world: World) -> None:
    ref = await world.mail(SampleProcess.COURT_ORDER, relation=LIVE)
    await world.phase(ref, Phase.VERIFICATION)
    rejected = await world.signed(ref, Verdict.REJECT, "rita", grounds=(Clause.U5,))
    assert (await world.state(ref, rejected)).accepted
    assert await world.ended(ref) is Outcome.REJECTED
    assert "no means to decrypt" in (await world.letter("interception_refused")).body
