"""Outlook's envelope (winmail.dat): opened where it is whole, kept as it is where it is not."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.message import read_message
from intake.text import Room
from intake.tnef import SIGNATURE, TnefError, unpack
from policy.facts import FactField
from policy.vocabulary import Clause
from tests.intake.builders import good_pdf, mail
from tests.policy.build import searched


def attribute(number: int, value: bytes, level: int = 2) -> bytes:
    return struct.pack("<BHHI", level, number, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(*found: tuple[int, int, bytes]) -> bytes:
    """A list of properties of variable length: kind, number, value."""
    out = struct.pack("<I", len(found))
    for kind, number, value in found:
        out += struct.pack("<HHII", kind, number, 1, len(value)) + value + bytes(-len(value) % 4)
    return out


def envelope(body: str, *files: tuple[str, bytes]) -> bytes:
    out = SIGNATURE + b"\x01\x00" + attribute(0x9003, properties((0x1F, 0x1000, (body + "\0").encode("utf-16-le"))), 1)
    for name, octets in files:
        out += attribute(0x9002, bytes(14)) + attribute(0x8010, b"SHORT~1.PDF\0") + attribute(0x800F, octets)
        out += attribute(0x9005, properties((0x1F, 0x3707, (name + "\0").encode("utf-16-le"))))
    return out


def test_S2_the_text_and_the_pdf_in_an_envelope_are_read() -> None:
    raw = mail(b"", ("winmail.dat", envelope("Badge: 4471", ("Subpoena für Jo.pdf", good_pdf()))))
    read = read_message(raw)
    (document,) = read.reading.documents
    assert (document.name, document.accepted) == ("Subpoena für Jo.pdf", True)
    assert read.attachments[document.sha256] == good_pdf()
    assert "4471" in [fact.value for fact in read.reading.facts if fact.field is FactField.OFFICER_BADGE]


def test_S2_a_message_in_an_envelope_is_opened_too() -> None:
    inner = bytes.fromhex("0703020000000000c000000000000046") + envelope("Badge: 1", ("a.pdf", good_pdf()))
    outer = SIGNATURE + b"\x01\x00" + attribute(0x9002, bytes(14))
    outer += attribute(0x9005, properties((0x0D, 0x3701, inner)))
    assert [name for name, _ in unpack(outer, Room()).files] == ["a.pdf"]


def test_S2_a_broken_envelope_is_kept_as_it_is_and_told() -> None:
    broken = envelope("Badge: 1", ("a.pdf", good_pdf()))[:-50]
    read = read_message(mail(b"Agency: X", ("winmail.dat", broken)))
    assert list(read.attachments.values()) == [broken]
    assert any("envelope" in r.detail and r.clause is Clause.S2 for r in read.reading.remarks)


def test_S2_formatted_text_that_is_not_read_is_told() -> None:
    rich = SIGNATURE + b"\x01\x00" + attribute(0x9003, properties((0x102, 0x1009, b"LZFu" * 9)), 1)
    reading = read_message(mail(b"", ("winmail.dat", rich))).reading
    assert any("RTF" in remark.detail for remark in reading.remarks)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"nothing of the kind",
        SIGNATURE,
        SIGNATURE + b"\x01\x00" + attribute(0x9003, struct.pack("<I", 0xFFFFFFFF), 1),
        SIGNATURE + b"\x01\x00" + attribute(0x9003, struct.pack("<IHHI", 1, 0x101F, 0x1000, 0xFFFFFFFF), 1),
        SIGNATURE + b"\x01\x00" + attribute(0x9002, b"") * 300,
    ],
)
def test_hostile_lengths_are_refused_at_once(octets: bytes) -> None:
    with suppress(TnefError):
        assert unpack(octets, Room()).files == []


@searched
@given(st.data())
def test_a_mutated_envelope_is_opened_or_refused(data: st.DataObject) -> None:
    octets = bytearray(envelope("Badge: 1", ("a.bin", b"x" * 40)))
    for _ in range(data.draw(st.integers(1, 6))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    with suppress(TnefError):
        unpack(bytes(octets), Room())
