"""`dueprocess document`: a person sees what was sent, in the original and as a picture that can do no harm (S2)."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import ObjectStore
from runtime.services import make_store
from runtime.settings import Settings
from starter.samples import SampleProcess, SampleRequest, document
from tests.intake import builders, pdfs
from tests.starter.reading.cases import bring_in
from tests.starter.reading.conftest import Command

_SUBPOENA = SampleRequest(process=SampleProcess.SUBPOENA)
_ALTERED = pdfs.extended(pdfs.signed(builders.good_pdf()))


@pytest.fixture
def store(settings: Settings) -> ObjectStore:
    return make_store(settings)


def octets(name: str) -> bytes:
    return Path(name).read_bytes()


def mode(name: str) -> int:
    return Path(name).stat().st_mode & 0o777


async def test_S2_the_original_is_written_for_its_reader_only_and_never_over_a_file(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, _SUBPOENA)
    said = await command("document", ref.lower())
    written = f"{ref}-1.pdf"
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"{written}: subpoena.pdf: pdf, 1 page, in en, accepted, sha256 ")
    assert (octets(written), mode(written)) == (document(_SUBPOENA), 0o600)

    again = await command("document", ref)
    assert (again.code, again.err.strip()) == (2, f"{written} exists already and is not overwritten")


async def test_S2_a_scan_is_not_accepted_and_a_person_can_look_at_its_page(
    command: Command, engine: AsyncEngine, store: ObjectStore, tmp_path: Path
) -> None:
    ref = await bring_in(engine, store, _SUBPOENA, builders.image_pdf())
    shown = (await command("show", ref)).out
    assert "1. subpoena.pdf: pdf, 1 page, not accepted, sha256 " in shown
    assert "S2 subpoena.pdf is a PDF of images without text" in shown
    assert f"see one: dueprocess document {ref} 1 --page 1 (a picture)" in shown

    said = await command("document", ref, "1", "--page", "1", "--output", str(tmp_path / "page.png"))
    assert said.code == 0
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


async def test_S2_a_signature_that_no_longer_covers_the_document_is_named(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, _SUBPOENA, _ALTERED)
    shown = (await command("show", ref)).out
    assert "not accepted, CHANGED since it was digitally signed" in shown
    assert "S2 subpoena.pdf was changed after it was digitally signed" in shown


async def test_what_cannot_be_drawn_or_is_not_there_is_a_sentence(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, _SUBPOENA)
    image = await bring_in(engine, store, SampleRequest(process=SampleProcess.COURT_ORDER), builders.PNG)
    locked = await bring_in(
        engine, store, SampleRequest(process=SampleProcess.SEARCH_WARRANT), builders.encrypted_pdf("secret")
    )
    for arguments, code, sentence in (
        ((ref, "2"), 2, f"{ref} has 1 document: there is no number 2"),
        ((ref, "1", "--page", "2"), 2, "It has 1 page: there is no page 2"),
        ((image, "1", "--page", "1"), 2, "Only pages of a PDF are drawn"),
        ((locked, "--page", "1"), 1, "Page 1 cannot be drawn: the document does not open"),
        (("DP-2026-999999",), 1, "DP-2026-999999"),
    ):
        said = await command("document", *arguments)
        assert (said.code, said.out) == (code, "")
        assert said.err.startswith(sentence) or sentence in said.err
    assert (await command("document", image)).out.startswith(f"{image}-1.png: ")
