"""Mail that was damaged or made to do damage: always read or told, quickly, and never as more than it says."""

import base64
import contextlib
import hashlib
import io
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from intake.message import read_message
from intake.reading import MessageReading
from starter.samples import SampleProcess, SampleRequest, sample_mail
from tests.intake.builders import OFFICER, PNG, good_pdf, mail
from tests.intake.test_tnef import envelope

MEGABYTE = 1024 * 1024
#: What must hold for one message of ordinary size, with room for a machine that is busy.
SECONDS = 5

_PAGE = (
    b"<html><body><table><tr><td>Agency</td><td>X</td></tr></table><blockquote type=cite>Badge: 1</blockquote>"
    b"<p>User email: a@b.example</p></body></html>"
)
_NESTED = b"Content-Type: message/rfc822\r\n\r\n" + mail(b"Badge: 4471\r\n", ("a.png", PNG))
SEEDS = (
    sample_mail(SampleRequest(process=SampleProcess.SUBPOENA)),
    mail(_PAGE, ("a.pdf", good_pdf()), kind=b"text/html; charset=iso-8859-1"),
    mail(b"Agency: X\r\n", ("winmail.dat", envelope("Period: 2026-01-01 to 2026-02-01", ("b.png", PNG)))),
    b"From: " + OFFICER.encode() + b"\r\n" + _NESTED,
    b"From: a@fbi.gov\r\nSubject: =?utf-8?b?w7w=?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nAgency: =FC\n",
    "From: Jörg <a@fbi.gov>, x@y.example\r\nDate: yesterday\r\n\r\nBadge | 4471\r\n".encode(),
)
JUNK = (
    *(bytes([octet]) for octet in b"\x00\xff\r\n\t\"'();:,<>=?*|-"),
    *(
        b"\r\n\r\n",
        b"--edge",
        b"--edge--\r\n",
        b"=?utf-8?b?",
        b"=?x?q?=FF?=",
        b"*0*=utf-8''%FF",
        b"boundary=",
        b"charset=",
    ),
    *(b"Content-Type: multipart/mixed; boundary=edge\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"<table><tr><td>"),
    *(
        b"From: a@b.gov\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"charset=utf-7",
        b"\xf0\x9f\x92\xa9",
        b"A" * 5000,
    ),
)


def mutant(number: int) -> bytes:
    """One of the seeds with a few bytes cut, doubled, swapped or replaced by junk; the same number gives the same."""
    chance = random.Random(number)  # noqa: S311 - for variety, not for secrets
    raw = bytearray(SEEDS[number % len(SEEDS)])
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(raw) + 1)
        if chance.random() < 0.6:  # Most damage is done where the structure is.
            at = min(at, chance.randrange(1500))
        end = at + chance.choice((0, 1, 4, 40))
        match chance.randrange(4):
            case 0:
                raw[at:end] = chance.choice(JUNK)
            case 1:
                del raw[at:end]
            case 2:
                raw[at:at] = raw[at : at + 200]
            case _:
                raw[at:end] = raw[at:end][::-1]
    return bytes(raw)


@pytest.mark.parametrize("first", range(0, 300, 60))
def test_damaged_mail_is_read_or_told_within_its_time(first: int) -> None:
    for number in range(first, first + 60):
        raw = mutant(number)
        began = time.monotonic()
        read = read_message(raw, {"provider.example"})
        assert time.monotonic() - began < SECONDS, number
        assert MessageReading.model_validate_json(read.reading.model_dump_json()) == read.reading
        assert {hashlib.sha256(octets).hexdigest() for octets in read.attachments.values()} == set(read.attachments)
        assert {document.sha256 for document in read.reading.documents} == set(read.attachments)


_HEADERS = b"From: " + OFFICER.encode() + b"\r\nMessage-ID: <1@test.example>\r\n"
_TEXT = b"User email: a@b.example\r\nAgency | Springfield\r\n"


def _attached() -> bytes:
    octets = base64.encodebytes(b"%PDF-1.7\n" + bytes(range(256)) * (36 * MEGABYTE // 256))
    head = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return _HEADERS + head + octets


def _pdf_of(size: int) -> bytes:
    """A PDF that opens, most of which is one stream that no page needs."""
    pdf = pikepdf.open(io.BytesIO(good_pdf()))
    pdf.Root.Filler = pikepdf.Stream(pdf, random.Random(1).randbytes(size))  # noqa: S311 - filler
    written = io.BytesIO()
    pdf.save(written)
    return written.getvalue()


def _crowded_pdf() -> bytes:
    """A PDF of very many objects, which reading it would unfold to more memory than there is for it."""
    pdf = pikepdf.open(io.BytesIO(good_pdf()))
    pdf.Root.Filler = pikepdf.Array(pdf.make_indirect(pikepdf.Dictionary(A=n)) for n in range(300_000))
    written = io.BytesIO()
    pdf.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(_attached, id="attachment"),
        pytest.param(lambda: mail(b"Agency: X\r\n", ("a.pdf", _pdf_of(36 * MEGABYTE))), id="pdf"),
        pytest.param(_crowded_pdf, id="crowded-pdf"),
        pytest.param(lambda: _HEADERS + b"\r\n" + _TEXT * (50 * MEGABYTE // len(_TEXT)), id="text"),
    ],
)
def test_fifty_megabytes_are_inspected_within_their_time_and_memory(raw: object, tmp_path: Path) -> None:
    """Through the command itself. What its processes hold together is looked at all the while."""
    assert callable(raw)
    file = tmp_path / "large.eml"
    file.write_bytes(raw())
    began, peak = time.monotonic(), 0
    command = [sys.executable, "-m", "starter", "inspect", "--json", str(file)]
    printed = tmp_path / "printed"
    with printed.open("wb") as out, subprocess.Popen(command, stdout=out) as inspecting:  # noqa: S603 - our own code
        while inspecting.poll() is None:
            peak = max(peak, sum(map(_held, _family(inspecting.pid))))
            time.sleep(0.01)
    found = json.loads(printed.read_bytes())
    assert time.monotonic() - began < 20
    assert found["kind"] in ("mail", "pdf")
    assert 20 < peak / 1024 < 300, "MiB at its peak"


def _family(pid: int) -> Iterator[int]:
    """A process and those that it has started, as they are at this moment."""
    yield pid
    with contextlib.suppress(OSError):  # It has ended.
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _family(int(child))


def _held(pid: int) -> int:
    """KiB of memory of a process; what it shares with others counts in shares."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return 0
