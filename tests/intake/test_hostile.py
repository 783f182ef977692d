"""Mail that was damaged or made to do damage: always read or told, quickly, and never as more than it says."""

import base64
import hashlib
import json
import random
import subprocess
import sys
import time
from pathlib import Path

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


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(_attached, id="attachment"),
        pytest.param(lambda: _HEADERS + b"\r\n" + _TEXT * (50 * MEGABYTE // len(_TEXT)), id="text"),
    ],
)
def test_fifty_megabytes_are_inspected_within_their_time_and_memory(raw: object, tmp_path: Path) -> None:
    """Through the command itself, in a process of its own, whose peak is measured when it has ended."""
    assert callable(raw)
    file = tmp_path / "large.eml"
    file.write_bytes(raw())
    began = time.monotonic()
    measured = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", _MEASURED, str(file)], capture_output=True, text=True, check=True, timeout=60
    )
    assert time.monotonic() - began < 20
    found, peak = measured.stdout.splitlines()
    assert json.loads(found)["kind"] == "mail"
    assert int(peak) / 1024 < 300, "MiB at its peak"


#: The peak of this process since it began, in KiB; the PDF examiner has limits of its own.
_MEASURED = """
import sys
from pathlib import Path
from policy.directory import AgencyDirectory
from runtime.services import make_authenticator
from starter.configuration import configuration
from starter.inspect import Inspector, inspect
settings, provider = configuration()
inspector = Inspector(AgencyDirectory(), (), make_authenticator(settings, provider.profile))
inspect(sys.argv[1:], as_json=True, inspector=inspector)
(peak,) = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(peak)
"""
