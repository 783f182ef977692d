"""Taking messages in by command, where that could do harm."""

from pathlib import Path

from starter.command import Exit
from starter.samples.request import SampleProcess
from tests.starter.signing.conftest import Command, arrived
from tests.world import World


async def test_S1_whoever_sends_us_a_cases_own_document_does_not_have_it_destroyed(
    world: World, command: Command, tmp_path: Path
) -> None:
    """The user who is told has a copy of the request; its bytes, sent as a mail, are refused, but the case has them."""
    ref = await arrived(world, SampleProcess.SUBPOENA)
    document = (await world.case(ref)).documents[0].sha256
    octets = await world.services.store.get(document)
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(octets)
    refused = await command("intake", str(copy))
    assert refused.code == Exit.REFUSED
    assert refused.err.startswith(f"{copy}: refused and deleted. S1: ")
    assert await world.services.store.get(document) == octets


async def test_S1_refused_bytes_that_no_case_needs_are_gone(world: World, command: Command, tmp_path: Path) -> None:
    letter = tmp_path / "letter.eml"
    letter.write_bytes(b"From: somebody@freemail.example\r\nSubject: hello\r\n\r\nhello\r\n")
    assert (await command("intake", str(letter))).code == Exit.REFUSED
    kept = [path for path in (world.settings.state_dir / "objects").rglob("*") if path.is_file()]
    assert not any(path.read_bytes() == letter.read_bytes() for path in kept)
