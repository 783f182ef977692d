"""PDFs, good and hostile: what S2 makes of each, and that none harms the process that asks."""

import asyncio
import contextlib
import os
import resource
import socket
import struct
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.attachments import Attachments
from intake.message import read_document
from intake.pdf import server
from intake.pdf.reading import picture_of, read_pdf
from policy.documents import ActiveContent, Trouble
from policy.findings import DigitalSignature
from starter.acroform import request_form
from tests.intake import builders, pdfs


def test_text_is_read_page_by_page() -> None:
    seen = read_pdf(builders.good_pdf())
    assert seen.trouble is None
    assert seen.pages == 1
    assert "GRAND JURY SUBPOENA" in seen.texts[0]
    assert "Case number: SPD-2026-04417" in seen.texts[0]


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (builders.image_pdf, "images without text"),
        (builders.javascript_pdf, "JavaScript"),
        (builders.launch_pdf, "program"),
        (builders.embedding_pdf, "embedded file"),
        (lambda: builders.encrypted_pdf("secret"), "password"),
        (lambda: builders.good_pdf()[:400], "does not open"),
        (lambda: b"%PDF-1.7\n%%EOF", "does not open"),
        (pdfs.xfa_pdf, "XFA"),
        (pdfs.with_names_in_shift_jis, "JavaScript"),
        (pdfs.with_archive, "another kind of file"),
        (pdfs.with_page_of_the_web, "another kind of file"),
        (pdfs.xref_bomb, "does not open"),
        (pdfs.object_stream_bomb, "without text"),
    ],
)
def test_S2_what_cannot_be_legal_process_is_not_accepted(make: Callable[[], bytes], word: str) -> None:
    document, found = read_document(make(), "warrant.pdf")
    assert not document.accepted
    assert any(word in reason.detail for reason in document.reasons)
    assert found.facts == []


def test_S2_a_pdf_that_only_restricts_printing_is_accepted() -> None:
    document, found = read_document(builders.encrypted_pdf(""), "warrant.pdf")
    assert document.accepted
    assert found.facts


def test_script_in_an_object_stream_is_found() -> None:
    octets = builders.javascript_pdf()
    assert b"JavaScript" not in octets
    assert read_pdf(octets).active == (ActiveContent.JAVASCRIPT,)


def test_a_bomb_hits_the_limits_and_nothing_else() -> None:
    before = time.monotonic()
    assert read_pdf(builders.bomb_pdf()).trouble is Trouble.LIMITS
    assert time.monotonic() - before < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1024 * 1024
    assert read_pdf(builders.good_pdf()).trouble is None


async def test_many_at_once_from_asyncio() -> None:
    seen = await asyncio.gather(*(asyncio.to_thread(read_pdf, builders.good_pdf()) for _ in range(20)))
    assert {reading.pages for reading in seen} == {1}


def test_no_descriptor_is_left_open() -> None:
    read_pdf(builders.good_pdf())
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the descriptors of this process
    for _ in range(20):
        read_pdf(builders.good_pdf())
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - as above


def test_a_message_of_bombs_is_given_up_after_the_second() -> None:
    attached = Attachments(0)
    for number in range(5):
        attached.add(builders.bomb_pdf() + b"\n" * number, f"{number}.pdf")
    attached.add(builders.good_pdf(), "warrant.pdf")
    details = [document.reasons[0].detail for document in attached.documents]
    assert [detail for detail in details if "limits" in detail] == details[:2]
    assert all("too many PDFs" in detail for detail in details[2:])


@pytest.mark.parametrize(
    ("alter", "signature"),
    [
        (lambda octets: octets, DigitalSignature.INTACT),
        (lambda octets: pdfs.signed(octets, "Judge"), DigitalSignature.INTACT),
        (pdfs.extended, DigitalSignature.CHANGED_AFTER),
        (lambda octets: pdfs.signed(pdfs.extended(octets), "Judge"), DigitalSignature.CHANGED_AFTER),
        (lambda octets: pdfs.signed(pdfs.filled(octets), "Judge"), DigitalSignature.CHANGED_AFTER),
        (pdfs.forged, DigitalSignature.BROKEN),
        (lambda octets: octets.replace(b"/ByteRange", b"/BYteRange"), DigitalSignature.UNREADABLE),
    ],
)
def test_S2_a_digital_signature_covers_the_document_as_it_is_now(
    alter: Callable[[bytes], bytes], signature: DigitalSignature
) -> None:
    document, found = read_document(alter(pdfs.signed(pdfs.with_a_field())), "order.pdf")
    assert document.signature is signature
    assert document.accepted is (signature is DigitalSignature.INTACT)
    assert bool(found.facts) is document.accepted


def test_F4_the_languages_of_the_pages_are_told() -> None:
    spanish = ["Se ordena al proveedor que entregue los registros de la cuenta descrita arriba al agente."] * 3
    document, _ = read_document(pdfs.written(*spanish), "orden.pdf")
    assert document.languages == ("es",)
    document, _ = read_document(builders.good_pdf(), "subpoena.pdf")
    assert document.languages == ("en",)
    document, _ = read_document(pdfs.written("Alice Martin 4711 17:03 192.0.2.7"), "table.pdf")
    assert document.languages == ()


def test_a_page_is_drawn_and_what_cannot_be_is_not() -> None:
    image = picture_of(builders.image_pdf(), 1)
    assert image is not None
    assert struct.unpack(">II", image[16:24]) == (417, 417)  # 200 points at 150 dots an inch.
    assert picture_of(builders.good_pdf(), 1) is not None
    assert picture_of(builders.good_pdf(), 2) is None
    assert picture_of(builders.encrypted_pdf("secret"), 1) is None
    assert picture_of(pdfs.pixel_bomb(), 1) is None


def test_a_page_of_a_mile_is_drawn_small() -> None:
    image = picture_of(pdfs.huge_page(), 1)
    assert image is not None
    assert max(struct.unpack(">II", image[16:24])) <= 2201


def test_the_examiners_child_reaches_neither_a_file_nor_the_net() -> None:
    child = os.fork()
    if child == 0:  # Only the exit code comes back, since no file can be written either.
        server._limit(server.MEMORY_ROOM, 2)
        reached = 0
        with contextlib.suppress(OSError):
            socket.socket()
            reached = 1
        with contextlib.suppress(OSError):
            os.open("/etc/hostname", os.O_RDONLY)
            reached = 2
        os._exit(reached)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


_SEEDS = (
    builders.good_pdf(),
    pdfs.signed(builders.good_pdf()),
    builders.image_pdf(),
    builders.encrypted_pdf(""),
    builders.javascript_pdf(),
    pdfs.deep_pdf(),
    request_form(),
)


@settings(max_examples=300)
@given(
    st.sampled_from(_SEEDS),
    st.lists(st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=6)), min_size=1, max_size=12),
    st.floats(0.1, 1),
)
def test_mutated_pdfs_never_crash(seed: bytes, changes: list[tuple[float, bytes]], kept: float) -> None:
    octets = bytearray(seed)
    for place, junk in changes:
        at = int(place * len(octets))
        octets[at : at + len(junk)] = junk
    octets = octets[: int(len(octets) * kept)] if kept < 0.5 else octets
    document, found = read_document(b"%PDF-" + bytes(octets)[5:], "fuzz.pdf")
    assert document.accepted or (document.reasons and not found.facts)
