"""A message cut into its parts, in linear time and bounded depth.

The standard library's parser is used for header blocks only. Its body parser takes half a minute over 900 nested
multiparts and 700 MB over 50 MB of empty lines; here a body is found by its boundary lines, with `bytes.find`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from itertools import islice

from intake.part import Part, boundary_of, content_type, decoded

MESSAGE_LIMIT = 60 * 1024 * 1024
DEPTH_LIMIT = 50
PART_LIMIT = 200
#: Bytes of attached messages that are encoded, decoded, all together: as many as base64 can bring, all of them held.
_DECODED_LIMIT = MESSAGE_LIMIT * 3 // 4
_MESSAGES = ("message/rfc822", "message/global")
_HEADER_BLOCK_LIMIT = 256 * 1024
_HEADER_LIMIT = 500
_VALUE_LIMIT = 4096
#: Lines that begin like a boundary and are none; a message with more of them is not worth cutting.
_FALSE_BOUNDARY_LIMIT = 10_000

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"[\r\n]\s*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Cut:
    """A message's own headers, its leaves in order, and what could not be followed, in sentences."""

    headers: Message
    parts: tuple[Part, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part that is still to be looked into: its headers, and where its body lies in which bytes."""

    headers: Message
    raw: bytes
    start: int
    end: int
    depth: int = 0
    within: Message | None = None
    choice: int | None = None


def cut(raw: bytes) -> Cut:
    """Cut a message into its leaves. Never fails: beyond the limits, it says so and leaves the rest unread.

    A message attached to the message (message/rfc822) is cut as well: a forwarded request is read like one that was
    sent directly, but its leaves say whose headers they came under, and its From is nobody's who wrote to us.
    """
    remarks: list[str] = []
    headers, body = split_headers(raw)
    if len(raw) > MESSAGE_LIMIT:
        remarks.append(f"the message has {len(raw)} bytes; {MESSAGE_LIMIT} is the most that is read")
        return Cut(headers, (), tuple(remarks))
    leaves: list[Part] = []
    waiting = [_Piece(headers, raw, body, len(raw))]
    choices = 0
    room = _DECODED_LIMIT
    while waiting:
        piece = waiting.pop()
        boundary = boundary_of(piece.headers)
        forwarded = content_type(piece.headers) in _MESSAGES
        needed = _decoded_size(piece) if forwarded and boundary is None else 0
        if needed > room:
            remarks.append("an attached message that is encoded is too long to be read; it was kept as a file")
        if boundary is None and (not forwarded or needed > room):
            leaves.append(
                Part(piece.headers, memoryview(piece.raw)[piece.start : piece.end], piece.within, piece.choice)
            )
        elif piece.depth == DEPTH_LIMIT:
            remarks.append(f"its parts are nested more than {DEPTH_LIMIT} deep; what lies deeper was not read")
        elif boundary is None:
            room -= needed
            waiting.append(_attached(piece))
        else:
            choices += 1
            inner = list(islice(_parts(piece, boundary, choices), PART_LIMIT + 1))
            if not inner:
                remarks.append("it is said to have parts, and none was found")
            waiting.extend(reversed(inner))
        if len(leaves) + len(waiting) > PART_LIMIT:
            remarks.append(f"it has more than {PART_LIMIT} parts; the rest was not read")
            waiting = waiting[len(waiting) - max(PART_LIMIT - len(leaves), 0) :]
    return Cut(headers, tuple(leaves[:PART_LIMIT]), tuple(dict.fromkeys(remarks)))


def _parts(piece: _Piece, boundary: bytes, number: int) -> Iterator[_Piece]:
    """The parts of a multipart. Those of an alternative, and what they hold in turn, are one choice of several."""
    choice = number if content_type(piece.headers) == "multipart/alternative" else piece.choice
    for start, end in _between(piece.raw, boundary, piece.start, piece.end):
        headers, body = split_headers(piece.raw, start, end)
        yield _Piece(headers, piece.raw, body, end, piece.depth + 1, piece.within, choice)


def _attached(piece: _Piece) -> _Piece:
    """The message attached. It may not be encoded (RFC 2046), and is nevertheless by some who send it."""
    raw, start, end = piece.raw, piece.start, piece.end
    if _is_encoded(piece.headers):
        raw = decoded(piece.headers, memoryview(raw)[start:end])[0]
        start, end = 0, len(raw)
    headers, body = split_headers(raw, start, end)
    return _Piece(headers, raw, body, end, piece.depth + 1, within=headers)


def _is_encoded(headers: Message) -> bool:
    return _encoding(headers) in ("base64", "quoted-printable")


def _decoded_size(piece: _Piece) -> int:
    """The most bytes that decoding an attached message can add to what is held."""
    size = piece.end - piece.start if _is_encoded(piece.headers) else 0
    return size * 3 // 4 if _encoding(piece.headers) == "base64" else size


def _encoding(headers: Message) -> str:
    return str(headers.get("Content-Transfer-Encoding", "")).strip().lower()


def split_headers(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Message, int]:
    """The header block at `start`, and where the body after it begins. A leading mbox line is passed over."""
    start, block_end, body = header_block(raw, start, end)
    headers = Message(policy=compat32)
    parsed = BytesHeaderParser(policy=compat32).parsebytes(raw[start:block_end])
    for name, value in islice(parsed.raw_items(), _HEADER_LIMIT):
        headers[name] = _header_text(str(value))[:_VALUE_LIMIT]
    return headers, body


def header_block(raw: bytes, start: int = 0, end: int | None = None) -> tuple[int, int, int]:
    """Where the header block at `start` begins and ends, and where the body begins: the only place that decides it."""
    end = len(raw) if end is None else end
    if raw.startswith((b"From ", b">From "), start, end):
        start = raw.find(b"\n", start, start + 1000) + 1 or start
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return start, start, min(raw.index(b"\n", start) + 1, end)
    blank = _END_OF_HEADERS.search(raw, start, min(end, start + _HEADER_BLOCK_LIMIT))
    if blank is None:
        return start, min(end, start + _HEADER_BLOCK_LIMIT), end
    return start, blank.start(), blank.end()


def _header_text(value: str) -> str:
    """One line of text: unfolded, without controls, and 8-bit bytes read as UTF-8 where they are, else as Latin-1."""
    octets = value.encode("utf-8", "surrogateescape")
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    return _CONTROLS.sub(" ", _FOLD.sub(" ", text)).strip()


def _between(raw: bytes, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each body part between the boundary lines begins and ends. An unclosed last part runs to the end."""
    opened: int | None = None
    for line_start, line_end, closing in _delimiters(raw, b"--" + boundary, start, end):
        if opened is not None:
            yield opened, max(opened, line_start)
        opened = None if closing else line_end
        if closing:
            return
    if opened is not None:
        yield opened, end


def _delimiters(raw: bytes, marker: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Each boundary line: where the line break before it starts, where the next line starts, whether it is the last."""
    at = start if raw.startswith(marker, start, end) else raw.find(b"\n" + marker, start, end)
    false_ones = 0
    while at != -1 and false_ones < _FALSE_BOUNDARY_LIMIT:
        after = at + len(marker) + (raw[at] == 0x0A)
        line_end = raw.find(b"\n", after, min(after + 200, end))
        line_end = end if line_end == -1 else line_end
        rest = raw[after : min(line_end, after + 200)].strip()
        if rest in (b"", b"--"):
            yield (at - 1 if raw[at - 1 : at] == b"\r" else at), min(line_end + 1, end), rest == b"--"
        else:
            false_ones += 1
        at = raw.find(b"\n" + marker, max(line_end, after), end)
