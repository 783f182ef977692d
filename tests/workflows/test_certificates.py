"""A certificate that an agency sends in for the custodian to complete, through the whole life of its request (PR3)."""

import io
import zipfile
from pathlib import Path

import pytest

from activities.record import CertificateCompleted, Entry
from policy.vocabulary import Clause, Outcome, Phase
from starter.samples import SampleProcess, sample_mail
from tests.intake.builders import image_pdf
from tests.intake.pdfs import certificate
from tests.mails import also_attached
from tests.replies import reply
from tests.world import EVERYTHING, SENDER, World

FORM = certificate("CERTIFICATE OF AUTHENTICITY OF BUSINESS RECORDS")


async def returned(world: World, ref: str) -> dict[str, bytes]:
    """The certificates in the case's package."""
    made = (await world.case(ref)).production
    assert made is not None
    with zipfile.ZipFile(io.BytesIO(await world.services.store.get(made.package))) as archive:
        return {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist() if "/certificates/" in name}


async def test_PR3_one_that_nobody_completed_comes_back_as_it_came_and_the_letter_says_so(world: World) -> None:
    warrant = world.sample(SampleProcess.SEARCH_WARRANT, classes=EVERYTHING, silence="90 days")
    sent = await world.send(also_attached(sample_mail(warrant), FORM, "certificate.pdf"))
    assert sent.ref is not None
    ref = sent.ref
    await world.verify(ref)
    await world.approve(ref, "rita", "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert await returned(world, ref) == {"1-as-it-came.pdf": FORM}
    letter = " ".join((await world.letter("production_ready", SENDER)).body.split())
    assert "our custodian of records has not completed it (PR3)" in letter


async def test_PR3_a_certificate_in_place_of_the_legal_document_leaves_that_missing(world: World) -> None:
    sent = await world.send(sample_mail(world.sample(SampleProcess.SUBPOENA), FORM))
    assert sent.ref is not None
    assert (await world.phase(sent.ref, Phase.VERIFICATION)).missing == (Clause.S2,)
    assert "the signed legal document" in " ".join((await world.letter("items_missing")).body.split())


async def test_PR3_one_that_is_sent_after_the_request_joins_its_case_and_opens_none(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="90 days")
    await world.verify(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    answer = reply("Please complete this as well.", f"Certificate for {ref}", sender=SENDER, pdf=FORM)
    assert (await world.send(answer)).ref == ref
    await world.approve(ref, "rita")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert await returned(world, ref) == {"1-as-it-came.pdf": FORM}


async def test_PR3_one_that_is_taken_in_while_the_package_is_made_is_in_it_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA, silence="90 days")
    store, signed = world.services.store, image_pdf()
    put_file, packages = store.put_file, list[str]()

    async def take_in_meanwhile(path: Path) -> str:
        packages.append(await put_file(path))
        if len(packages) == 1:
            taken = CertificateCompleted(
                form=None, completed=await store.put(signed), by=world.signers["rita"], signature="-"
            )
            entry = Entry(ref=ref, step="certificate-meanwhile", at=world.clock.now(), changes=(taken,))
            await world.services.casebook.commit(entry)
        return packages[-1]

    monkeypatch.setattr(store, "put_file", take_in_meanwhile)
    await world.verify(ref)
    await world.approve(ref, "rita")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert len(packages) == 2, "the first was not given"
    assert await returned(world, ref) == {"1-completed.pdf": signed}
