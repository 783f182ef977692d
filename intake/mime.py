"""A message cut into its parts, in linear time and bounded depth.

The standard library's parser is used for header blocks only. Its body parser takes half a minute over 900 nested
multiparts and 700 MB over 50 MB of empty lines; here a body is found by its boundary lines, with `bytes.find`.
"""

import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from itertools import islice

MESSAGE_LIMIT = 60 * 1024 * 1024
DEPTH_LIMIT = 50
PART_LIMIT = 200
_HEADER_BLOCK_LIMIT = 256 * 1024
_HEADER_LIMIT = 500
_VALUE_LIMIT = 4096
#: Lines that begin like a boundary and are none; a message with more of them is not worth cutting.
_FALSE_BOUNDARY_LIMIT = 10_000

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\s*[\r\n]+\s*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a message: its headers, and where its body lies in the raw bytes."""

    headers: Message
    body: memoryview

    @property
    def content_type(self) -> str:
        """The declared type, lower case; `text/plain` where it is missing or malformed."""
        return _quietly(self.headers.get_content_type) or "text/plain"

    @property
    def charset(self) -> str | None:
        """The declared character set, as written."""
        return _quietly(self.headers.get_content_charset)

    @property
    def filename(self) -> str | None:
        """The declared file name, as written; never to be used as a path."""
        return _quietly(self.headers.get_filename)

    @property
    def is_attachment(self) -> bool:
        """Whether it is to be shown as a file rather than read as the message's text."""
        return _quietly(self.headers.get_content_disposition) == "attachment" or self.filename is not None

    def decoded(self) -> tuple[bytes, bool]:
        """The body without its transfer encoding, and whether that encoding was sound."""
        match str(self.headers.get("Content-Transfer-Encoding", "")).strip().lower():
            case "base64":
                return _from_base64(self.body)
            case "quoted-printable":
                return binascii.a2b_qp(self.body), True
            case _:
                return bytes(self.body), True


@dataclass(frozen=True, slots=True)
class Cut:
    """A message's own headers, its leaves in order, and what could not be followed, in sentences."""

    headers: Message
    parts: tuple[Part, ...]
    remarks: tuple[str, ...]


def cut(raw: bytes) -> Cut:
    """Cut a message into its leaves. Never fails: beyond the limits, it says so and leaves the rest unread.

    A message attached to the message (message/rfc822) is one leaf: its words are not the sender's own.
    """
    remarks: list[str] = []
    headers, body = split_headers(raw)
    if len(raw) > MESSAGE_LIMIT:
        remarks.append(f"the message has {len(raw)} bytes; {MESSAGE_LIMIT} is the most that is read")
        return Cut(headers, (), tuple(remarks))
    whole = memoryview(raw)
    leaves: list[Part] = []
    waiting = [(headers, body, len(raw), 0)]
    while waiting:
        part_headers, start, end, depth = waiting.pop()
        boundary = _boundary(part_headers)
        if boundary is None:
            leaves.append(Part(part_headers, whole[start:end]))
        elif depth == DEPTH_LIMIT:
            remarks.append(f"its parts are nested more than {DEPTH_LIMIT} deep; what lies deeper was not read")
        else:
            inner = []
            for inner_start, inner_end in islice(_between(raw, boundary, start, end), PART_LIMIT + 1):
                inner_headers, inner_body = split_headers(raw, inner_start, inner_end)
                inner.append((inner_headers, inner_body, inner_end, depth + 1))
            if not inner:
                remarks.append("it is said to have parts, and none was found")
            waiting.extend(reversed(inner))
        if len(leaves) + len(waiting) > PART_LIMIT:
            remarks.append(f"it has more than {PART_LIMIT} parts; the rest was not read")
            waiting = waiting[len(waiting) - max(PART_LIMIT - len(leaves), 0) :]
    return Cut(headers, tuple(leaves[:PART_LIMIT]), tuple(dict.fromkeys(remarks)))


def split_headers(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Message, int]:
    """The header block at `start`, and where the body after it begins. A leading mbox line is passed over."""
    end = len(raw) if end is None else end
    if start == 0 and raw.startswith((b"From ", b">From ")):
        start = raw.find(b"\n", 0, 1000) + 1
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return Message(policy=compat32), min(raw.index(b"\n", start) + 1, end)
    blank = _END_OF_HEADERS.search(raw, start, min(end, start + _HEADER_BLOCK_LIMIT))
    block_end, body = (blank.start(), blank.end()) if blank else (min(end, start + _HEADER_BLOCK_LIMIT), end)
    headers = Message(policy=compat32)
    parsed = BytesHeaderParser(policy=compat32).parsebytes(raw[start:block_end])
    for name, value in islice(parsed.raw_items(), _HEADER_LIMIT):
        headers[name] = _header_text(str(value))[:_VALUE_LIMIT]
    return headers, body


def _header_text(value: str) -> str:
    """One line of text: unfolded, without controls, and 8-bit bytes read as UTF-8 where they are, else as Latin-1."""
    octets = value.encode("utf-8", "surrogateescape")
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    return _CONTROLS.sub(" ", _FOLD.sub(" ", text)).strip()


def _boundary(headers: Message) -> bytes | None:
    if (_quietly(headers.get_content_maintype) or "text") != "multipart":
        return None
    boundary = (_quietly(headers.get_boundary) or "").encode("utf-8", "replace")
    return boundary or None


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


def _from_base64(body: memoryview) -> tuple[bytes, bool]:
    try:
        return binascii.a2b_base64(body), True
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4]), False


def _quietly(ask: Callable[[], object]) -> str | None:
    """What the standard library reads in a header's parameters, or None where malformed ones make it raise."""
    try:
        value = ask()
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
        return None
    return value if isinstance(value, str) else None
