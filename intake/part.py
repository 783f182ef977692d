"""One leaf of a message: what its headers declare, and its body without the transfer encoding."""

import binascii
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
#: A transfer encoding makes of one byte three at most (=0D), line ends left aside.
_ENCODED_BYTES = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf: its headers, and where its body lies in the raw bytes.

    `within` are the headers of the attached message that it came in, if any; `choice` is the number of the
    multipart/alternative whose contents it tells in one way of several, if any.
    """

    headers: Message
    body: memoryview
    within: Message | None = None
    choice: int | None = None

    @property
    def content_type(self) -> str:
        """The declared type, lower case; `text/plain` where it is missing or malformed."""
        return content_type(self.headers)

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
        return decoded(self.headers, self.body)

    def beginning(self, size: int) -> tuple[bytes, bool]:
        """The first bytes of the body, `size` at most, and whether they are all of it."""
        octets = decoded(self.headers, self.body[: size * _ENCODED_BYTES])[0]
        return octets[:size], len(octets) <= size and len(self.body) <= size * _ENCODED_BYTES


def content_type(headers: Message) -> str:
    """The declared type, lower case; `text/plain` where it is missing or malformed."""
    return _quietly(headers.get_content_type) or "text/plain"


def boundary_of(headers: Message) -> bytes | None:
    """The line that separates the parts of a multipart; None where there is none, so that it is a leaf."""
    if not content_type(headers).startswith("multipart/"):
        return None
    return (_quietly(headers.get_boundary) or "").encode("utf-8", "replace") or None


def decoded(headers: Message, body: memoryview) -> tuple[bytes, bool]:
    """A body without the transfer encoding that its headers declare, and whether that encoding was sound."""
    match str(headers.get("Content-Transfer-Encoding", "")).strip().lower():
        case "base64":
            return _from_base64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body), True
        case _:
            return bytes(body), True


def _from_base64(body: memoryview) -> tuple[bytes, bool]:
    try:
        return binascii.a2b_base64(body), True
    except binascii.Error:
        letters = bytes(body).translate(None, _NOT_BASE64)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4]), False


def _quietly(ask: Callable[[], object]) -> str | None:
    """What the standard library reads in a header's parameters, or None where malformed ones make it raise."""
    try:
        value = ask()
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
        return None
    return value if isinstance(value, str) else None
