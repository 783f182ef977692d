"""The mail sink keeps what it answered 250 to, every time, byte for byte."""

import asyncio
import socket
from pathlib import Path

import aiosmtplib
import pytest

from gateways.sink import mail_sink

MESSAGE = b"From: a@b.example\r\nMessage-ID: <1@b.example>\r\nSubject: x\r\n\r\nxin ch\xc3\xa0o\r\n.dot\r\n\xff\x00\r\n"


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def deliver(port: int, message: bytes = MESSAGE, to: tuple[str, ...] = ("c@d.example",)) -> str:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="test", start_tls=False) as client:
        _, answer = await client.sendmail("a@b.example", list(to), message)
    return answer


async def test_every_try_is_a_file_of_its_own_in_the_order_of_receipt(tmp_path: Path) -> None:
    async with mail_sink(tmp_path / "outbox") as port:
        for message in (MESSAGE, MESSAGE, MESSAGE.replace(b"<1@", b"<2@")):
            await deliver(port, message)
    numbers, hashes = zip(*(path.stem.split("-") for path in files(tmp_path / "outbox")), strict=True)
    assert numbers == ("000001", "000002", "000003")
    assert hashes[0] == hashes[1] != hashes[2]


async def test_message_is_kept_byte_for_byte_behind_its_envelope(tmp_path: Path) -> None:
    async with mail_sink(tmp_path) as port:
        await deliver(port, to=("c@d.example", "e@f.example"))
    [path] = files(tmp_path)
    envelope = b"Return-Path: <a@b.example>\r\nX-Envelope-To: c@d.example, e@f.example\r\n"
    assert path.read_bytes() == envelope + MESSAGE
    assert path.stat().st_mode & 0o077 == 0


async def test_numbers_go_on_after_a_restart_and_nothing_is_overwritten(tmp_path: Path) -> None:
    for _ in range(2):
        async with mail_sink(tmp_path) as port:
            await deliver(port)
    assert [path.name[:6] for path in files(tmp_path)] == ["000001", "000002"]


async def test_twenty_at_once_are_twenty_files(tmp_path: Path) -> None:
    async with mail_sink(tmp_path) as port:
        answers = await asyncio.gather(*(deliver(port) for _ in range(20)))
    assert len({path.name for path in files(tmp_path)}) == 20
    assert all(any(path.name in answer for answer in answers) for path in files(tmp_path))


async def test_what_cannot_be_stored_is_never_answered_250(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    async with mail_sink(folder) as port:
        folder.rename(tmp_path / "gone")
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await deliver(port)
        assert refused.value.code == 452
        (tmp_path / "gone").rename(folder)
        await deliver(port)
    assert len(files(folder)) == 1


async def test_message_without_an_id_is_kept_too(tmp_path: Path) -> None:
    async with mail_sink(tmp_path) as port:
        await deliver(port, b"\x00\xff not a message at all")
    assert [path.name[:7] for path in files(tmp_path)] == ["000001-"]


async def test_a_taken_port_is_an_error_and_not_another_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="address already in use"):
        async with mail_sink(tmp_path, taken.getsockname()[1]):
            pass
