"""PDFs, good and hostile: what S2 makes of each, and that none harms the process that asks."""

import asyncio
import os
import resource
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.message import read_document
from intake.pdf import read_pdf
from policy.documents import ActiveContent, Trouble
from tests.intake import builders


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


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=6)), min_size=1, max_size=12))
def test_mutated_pdfs_never_crash(changes: list[tuple[float, bytes]]) -> None:
    octets = bytearray(builders.good_pdf())
    for place, junk in changes:
        at = int(place * len(octets))
        octets[at : at + len(junk)] = junk
    read_document(bytes(octets), "fuzz.pdf")
