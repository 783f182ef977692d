"""A message as its signers saw it: its header fields byte for byte, and the hash of its body, in bounded memory."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from dkim import DKIMException, rfc822_parse  # type: ignore[import-untyped]  # The package ships no types.

from intake.mime import header_block

_BLOCK = 1024 * 1024
_MOST_FIELDS = 500
#: A signature's field is not longer than this, nor full of white space: some of the library's patterns take quadratic
#: time over it.
_LONGEST_SIGNATURE = 8 * 1024
_GAPING = re.compile(rb"\s{100}")


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """Raw bytes, cut once. `fields` are the header's names and values, each value with its line ends."""

    raw: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    body: int
    _hashes: dict[tuple[str, bool], bytes] = field(default_factory=dict, compare=False)

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """Cut a message. A header that two readers could understand differently, or that is out of all measure, has no
        fields at all here: nothing in it counts as signed."""
        start, end, body = header_block(raw)
        header = raw[start:end]
        if b"\r" in header.replace(b"\r\n", b"") or b"\0" in header:
            return cls(raw, (), body)
        try:
            fields, _ = rfc822_parse(header + b"\r\n\r\n")
        except (DKIMException, IndexError):
            return cls(raw, (), body)
        return cls(raw, tuple((name, value) for name, value in fields) if len(fields) <= _MOST_FIELDS else (), body)

    def named(self, name: str) -> list[bytes]:
        """The values of the fields of one name, the topmost first."""
        wanted = name.lower().encode()
        return [value for known, value in self.fields if known.lower() == wanted]

    def body_hash(self, algorithm: str, *, relaxed: bool) -> bytes:
        """The body's digest in one of DKIM's two canonical forms (RFC 6376, 3.4.3 and 3.4.4)."""
        key = (algorithm, relaxed)
        if key not in self._hashes:
            self._hashes[key] = _body_hash(self.raw, self.body, algorithm, relaxed=relaxed)
        return self._hashes[key]


def is_sane(signature: bytes) -> bool:
    """Whether a signature's field is one that can be looked into in reasonable time."""
    return len(signature) <= _LONGEST_SIGNATURE and _GAPING.search(signature) is None


def _body_hash(raw: bytes, start: int, algorithm: str, *, relaxed: bool) -> bytes:
    hasher = hashlib.new(algorithm)
    line_ends = 0
    written = False
    for piece in _pieces(raw, start, relaxed=relaxed):
        content = piece.rstrip(b"\n")
        if content:
            for _ in range(line_ends // _BLOCK):
                hasher.update(b"\r\n" * _BLOCK)
            hasher.update(b"\r\n" * (line_ends % _BLOCK))
            hasher.update(content.replace(b"\n", b"\r\n"))
            line_ends, written = 0, True
        line_ends += len(piece) - len(content)
    if written or not relaxed:  # All empty lines at the end are one line end; an empty body is one, or none if relaxed.
        hasher.update(b"\r\n")
    return hasher.digest()


def _pieces(raw: bytes, start: int, *, relaxed: bool) -> Iterator[bytes]:
    """The body in pieces, with `\\n` for each line end. What the next piece may change is kept back for it."""
    kept_back = b""
    for at in range(start, len(raw), _BLOCK):
        piece = (kept_back + raw[at : at + _BLOCK]).replace(b"\r\n", b"\n")
        piece = _compressed(piece) if relaxed else piece
        kept_back = next((end for end in (b" \r", b"\r", b" ") if piece.endswith(end)), b"")
        yield piece.removesuffix(kept_back)
    yield kept_back


def _compressed(piece: bytes) -> bytes:
    """Each run of spaces and tabs as one space, and none before a line end. Linear in time."""
    piece = piece.replace(b"\t", b" ")
    while b"  " in piece:
        piece = piece.replace(b"  ", b" ")
    return piece.replace(b" \n", b"\n")
