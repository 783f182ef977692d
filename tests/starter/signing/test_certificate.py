"""A certificate that came with a warrant, as it is seen, completed, taken in and returned (PR3)."""

import io
import zipfile
from pathlib import Path

from policy.vocabulary import Outcome, Phase
from starter.command import Exit
from starter.samples import SampleProcess, sample_mail
from tests.intake.builders import image_pdf
from tests.intake.pdfs import acting, certificate, written
from tests.mails import also_attached
from tests.starter.signing.conftest import GENUINE, Command
from tests.world import SENDER, World

FORM = certificate()
SIGNED = image_pdf()
"""What a hand has signed comes back from the scanner."""


async def arrived_with(world: World, *certificates: bytes) -> str:
    mail = sample_mail(world.sample(SampleProcess.SUBPOENA, silence="90 days"))
    for octets in certificates:
        mail = also_attached(mail, octets, "custodian.pdf")
    sent = await world.send(mail)
    assert sent.ref is not None
    await world.phase(sent.ref, Phase.VERIFICATION)
    return sent.ref


async def approved(world: World, command: Command, ref: str) -> dict[str, bytes]:
    """The files of the package, once the case is produced."""
    await command("review", ref, *GENUINE)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await command("review", ref, "approve", "--as", "ruth")
    assert await world.ended(ref) is Outcome.PRODUCED
    made = (await world.case(ref)).production
    assert made is not None
    with zipfile.ZipFile(io.BytesIO(await world.services.store.get(made.package))) as archive:
        return {name.removeprefix(f"{ref}/data/"): archive.read(name) for name in archive.namelist()}


async def test_PR3_the_custodians_completed_certificate_goes_back_with_the_form_and_the_records(
    world: World, command: Command, people: tuple[str, str], tmp_path: Path
) -> None:
    ref = await arrived_with(world, FORM)
    case = await world.case(ref)
    assert case.missing == (), "the subpoena is the legal document, and complete"
    seen = (await command("show", ref)).out
    assert "PR3 document 2 is a certificate that comes back with the production" in seen
    assert "document 2: not completed" in seen

    draft, signed = tmp_path / "draft.pdf", tmp_path / "signed.pdf"
    draft.write_bytes(written("Completed, and not signed yet."))
    signed.write_bytes(SIGNED)
    for file in (draft, signed):
        taken = await command("certificate", ref, str(file), "--as", "ruth")
        assert (taken.code, taken.err) == (Exit.DONE, "")
    seen = (await command("show", ref)).out
    assert "PR3 document 2 is a certificate" not in seen
    assert "document 2: completed, taken in" in seen

    files = await approved(world, command, ref)
    returned = {path: octets for path, octets in files.items() if path.startswith("certificates/")}
    assert returned == {"certificates/1-as-it-came.pdf": FORM, "certificates/1-completed.pdf": SIGNED}
    letter = " ".join((await world.letter("production_ready", SENDER)).body.split())
    assert "The certificate that you sent in is inside" in letter
    assert "completed by our custodian of records (PR3)" in letter
    late = await command("certificate", ref, str(signed), "--as", "ruth")
    assert (late.code, late.err) == (
        Exit.REFUSED,
        f"{ref}: PR3: the case has been answered; a certificate goes with the answer\n",
    )


async def test_PR3_what_cannot_be_a_completed_certificate_is_refused_and_changes_nothing(
    world: World, command: Command, people: tuple[str, str], tmp_path: Path
) -> None:
    ref = await arrived_with(world, FORM, certificate("AFFIDAVIT OF CUSTODIAN"))
    signed, other = tmp_path / "signed.pdf", tmp_path / "other.pdf"
    signed.write_bytes(SIGNED)

    async def refused(octets: bytes, *options: str, by: str = "ruth") -> str:
        other.write_bytes(octets)
        said = await command("certificate", ref, str(other), *options, "--as", by)
        assert said.code == Exit.MISUSED
        return said.err

    assert "name the one that it completes: --form 2 or 3" in await refused(SIGNED)
    assert "document 1 of" in await refused(SIGNED, "--form", "1")
    assert "document 9 of" in await refused(SIGNED, "--form", "9")
    assert "as the agency sent it" in await refused(FORM, "--form", "2")
    assert "JavaScript" in await refused(acting(written("Signed.")), "--form", "2")
    assert "is a PDF" in await refused(b"Signed.", "--form", "2")
    assert "no reviewer" in await refused(SIGNED, "--form", "2", by="wanda")
    missing = await command("certificate", ref, str(tmp_path / "nowhere.pdf"), "--as", "ruth")
    assert (missing.code, "cannot be read" in missing.err) == (Exit.MISUSED, True)
    assert (await world.case(ref)).certificates == ()

    assert (await command("certificate", ref, str(signed), "--form", "3", "--as", "ruth")).code == Exit.DONE
    files = await approved(world, command, ref)
    assert [path for path in sorted(files) if path.startswith("certificates/")] == [
        "certificates/1-as-it-came.pdf",
        "certificates/2-as-it-came.pdf",
        "certificates/2-completed.pdf",
    ]
    letter = " ".join((await world.letter("production_ready", SENDER)).body.split())
    assert "our custodian of records has not completed it (PR3)" in letter, "one of the two"


async def test_PR3_a_certificate_on_paper_goes_back_completed(
    world: World, command: Command, people: tuple[str, str], tmp_path: Path
) -> None:
    ref = await arrived_with(world)
    signed = tmp_path / "signed.pdf"
    signed.write_bytes(SIGNED)
    assert (await command("certificate", ref, str(signed), "--as", "ruth")).code == Exit.DONE
    assert "not a document of its own: completed" in (await command("show", ref)).out
    files = await approved(world, command, ref)
    assert {path: octets for path, octets in files.items() if path.startswith("certificates/")} == {
        "certificates/1-completed.pdf": SIGNED
    }
