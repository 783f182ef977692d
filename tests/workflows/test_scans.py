"""Legal process that came as an image: the agency is asked for a proper one, or a verifier takes it in (S2)."""

from policy.statements import Check, Refusal, Ruling, Verdict
from policy.vocabulary import Clause, Outcome, Phase
from starter.samples import SampleProcess, sample_mail
from tests.intake.builders import image_pdf, javascript_pdf
from tests.world import MAREN, SENDER, World

SCAN = image_pdf()
READ = (Check.SIGNATURE_SEEN, Check.LETTERHEAD_SEEN, Check.CALLED_BACK, Check.BADGE_CHECKED, Check.DOCUMENT_READ)


async def scanned(world: World, process: SampleProcess, pdf: bytes | None = None, **values: object) -> str:
    """A request whose document is a scan; the mail around it is words."""
    sent = await world.send(sample_mail(world.sample(process, **values), pdf or SCAN))
    assert sent.ref is not None
    return sent.ref


async def take_in(world: World, ref: str) -> Ruling:
    """The verifier's statement that they have read the scan."""
    scans = tuple(document.sha256 for document in (await world.case(ref)).documents)
    return await world.state(ref, await world.signed(ref, Verdict.AUTHENTIC, "vera", checks=READ, documents=scans))


async def test_S2_a_verifier_who_has_read_a_scan_takes_it_in_and_types_what_it_says(world: World) -> None:
    ref = await scanned(world, SampleProcess.SUBPOENA, identifiers=())
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (Clause.R1, Clause.S2), "the mail alone names nobody, and the scan says nothing to a machine"
    unread = await world.sign(ref, Verdict.AUTHENTIC, "vera")
    assert (unread.refusal, "--document-read" in unread.sentence) == (Refusal.CHECKS_MISSING, True)

    assert (await take_in(world, ref)).accepted
    await world.amend(ref, "vera", user__email=MAREN)
    case = await world.phase(ref, Phase.LEGAL_REVIEW)
    (document,) = case.documents
    assert (case.missing, document.accepted, document.taken_by) == ((), True, world.signers["vera"])
    taken = [event for event in case.events if event.kind == "document_taken"]
    assert [event.detail for event in taken] == [{"sha256": document.sha256, "by": world.signers["vera"]}]
    assert len(world.letters(SENDER, "items_missing")) == 1, "the agency is not asked again for what a person has read"

    await world.approve(ref)
    notice = await world.letter("user_notice", MAREN)
    assert notice.attachments == (SCAN,), "the user has the request as it came (N1)"
    await world.advance(days=21)
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_S2_what_more_than_a_scan_stands_against_is_not_taken_in_by_reading_it(world: World) -> None:
    ref = await scanned(world, SampleProcess.SUBPOENA, javascript_pdf())
    await world.phase(ref, Phase.VERIFICATION)
    ruling = await take_in(world, ref)
    assert (ruling.refusal, ruling.sentence[:3]) == (Refusal.NO_SCAN, "S2:")
    assert (await world.case(ref)).documents[0].taken_by is None
    assert (await world.case(ref)).missing == (Clause.S2,)


async def test_S2_a_scanned_preservation_letter_is_held_at_once_and_complete_once_it_is_read(world: World) -> None:
    ref = await scanned(world, SampleProcess.PRESERVATION_LETTER)
    held = await world.phase(ref, Phase.HELD)
    assert held.hold is not None
    assert held.missing == (Clause.S2,)
    assert (await take_in(world, ref)).accepted
    await world.advance(hours=1)
    assert (await world.case(ref)).missing == (), "nothing is left that the agency would be reminded of"
