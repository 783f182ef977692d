"""What a hostile message can make us do is bounded, and what was left unread is told."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from intake.attachments import Attachments
from intake.message import read_message
from intake.pdf.examiner import Allowance
from intake.pdf.reading import read_pdf
from intake.text import LINE_LIMIT, TEXT_LIMIT, Room, clean
from intake.tnef import SIGNATURE, unpack
from policy.documents import Trouble
from tests.intake.builders import OFFICER, good_pdf, mail
from tests.intake.test_tnef import attribute, properties

#: Several times what these take, and a fraction of what they would take without their bounds.
SECONDS = 6
_HEADERS = b"From: " + OFFICER.encode() + b"\r\n"


@contextmanager
def quick() -> Iterator[None]:
    """Holds what happens within to its time, by the processor's clock: other tests may keep the machine busy."""
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("\u0301\u0316", id="marks"),
        pytest.param("*", id="stars"),
        pytest.param("From:\n", id="heads"),
        pytest.param("---|" * 400 + "x\n", id="strokes"),
        pytest.param("Agency: X\n", id="labels"),
        pytest.param("Target: " + "x1," * 500 + "\n", id="targets"),
    ],
)
def test_text_is_read_in_bounded_time_and_what_is_left_unread_is_told(unit: str) -> None:
    body = ("a" + unit * (1_000_000 // len(unit))).encode()
    with quick():
        reading = read_message(_HEADERS + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body).reading
    assert any("were read" in remark.detail for remark in reading.remarks)


def test_text_with_wide_gaps_is_read_whole_in_bounded_time() -> None:
    with quick():
        reading = read_message(_HEADERS + b"\r\n" + (b"a;" + b" " * 1900 + b"\n") * 500 + b"Badge: 4471\n").reading
    assert "4471" in [fact.value for fact in reading.facts]


def test_many_text_parts_share_one_limit() -> None:
    part = b"--e\r\nContent-Type: text/html\r\n\r\n" + b"<p>Agency: X</p>" * 2000
    raw = _HEADERS + b"Content-Type: multipart/mixed; boundary=e\r\n\r\n" + b"\r\n".join([part] * 190)
    with quick():
        reading = read_message(raw).reading
    assert any("were read" in remark.detail for remark in reading.remarks)


def test_a_page_of_the_web_cut_off_is_told_though_its_words_are_few() -> None:
    page = b"<div>" * 400_000 + b"Agency: X"
    reading = read_message(_HEADERS + b"Content-Type: text/html\r\n\r\n" + page).reading
    assert any("were read" in remark.detail for remark in reading.remarks)


def test_marks_and_gaps_keep_their_meaning() -> None:
    assert clean("e\u0301" * 500) == "\u00e9" * 500
    assert clean("Agency      Badge\n\n  X") == "Agency  Badge\n\n  X"


def test_room_is_kept_to_in_characters_and_lines() -> None:
    room = Room(letters=12, lines=3)
    assert [room.take("a\nb"), room.full, room.take("c\nd\ne"), room.full] == ["a\nb", False, "c", True]
    assert (room.take("f"), Room(letters=3).take("abcd")) == ("", "abc")
    assert Room().take("x\n" * (LINE_LIMIT + 5)).count("\n") == LINE_LIMIT - 1
    assert len(Room().take("x" * (TEXT_LIMIT + 5))) == TEXT_LIMIT


def test_S2_pages_of_an_envelope_are_looked_at_once_and_within_bounds() -> None:
    page = b"<style>" + b"a" * 400_000
    octets = SIGNATURE + b"\x01\x00" + attribute(0x9003, properties(*[(0x102, 0x1013, page)] * 50), 1)
    room = Room()
    with quick():
        unpack(octets, room)
    assert room.octets > 1_000_000


def _full_of_text(number: int) -> bytes:
    """Twenty pages of lines that look like a form's, deflated; each number makes another document."""
    pdf = pikepdf.new()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    content = pdf.make_stream(b"BT /F 1 Tf 1 TL 9 790 Td " + b"(Badge number) Tj T* (4471) Tj T* " * 2000 + b"ET")
    for _ in range(20):
        page = pdf.add_blank_page(page_size=(612, 792))
        page.obj.Resources, page.obj.Contents = Dictionary(Font=Dictionary(F=font)), content
    pdf.Root.Number = number
    written = io.BytesIO()
    pdf.save(written)
    return written.getvalue()


def test_S2_many_long_documents_share_one_limit_and_those_left_unopened_are_told() -> None:
    with quick():
        reading = read_message(mail(b"", *[(f"{n}.pdf", _full_of_text(n)) for n in range(12)])).reading
    left = [doc for doc in reading.documents if any("too many PDFs" in reason.detail for reason in doc.reasons)]
    assert left
    assert any("too long to be read whole" in remark.detail for remark in reading.remarks)


def test_an_allowance_that_is_spent_asks_nothing_more() -> None:
    assert read_pdf(good_pdf(), Allowance(0)).trouble is Trouble.LIMITS
    allowance = Allowance(1)
    assert read_pdf(good_pdf(), allowance).trouble is None
    assert 0 < allowance.seconds < 1


def test_S2_a_document_too_large_to_be_held_with_its_message_is_kept_and_told() -> None:
    attached = Attachments(70 * 2**20)
    large = b"%PDF-1.7\n" + bytes(40 * 2**20) + b"%%EOF"
    attached.add(large, "large.pdf")
    assert list(attached.octets.values()) == [large]
    assert "limits" in attached.documents[0].reasons[0].detail


def test_attached_messages_that_are_encoded_are_decoded_within_bounds() -> None:
    inner = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    raw = _HEADERS + inner * 3 + b"\r\n" + b"a" * 50_000_000
    read = read_message(raw)
    assert any("encoded is too long" in remark.detail for remark in read.reading.remarks)
    assert sum(map(len, read.attachments.values())) >= 50_000_000
