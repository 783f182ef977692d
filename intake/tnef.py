"""TNEF (winmail.dat): the envelope in which Outlook may send a message's text and attachments.

The format is public (MS-OXTNEF). The reader here goes forward only and holds every length against the bytes that are
left, so that its work is bounded by the size of the file. Text that is formatted as RTF only is not read.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from intake.html import text_of_html
from intake.text import Room, decode

SIGNATURE = b"\x78\x9f\x3e\x22"
_FILE_LIMIT = 200
_NESTING_LIMIT = 5
_PROPERTY_LIMIT = 10_000
_ATTRIBUTE_LIMIT = 50_000
#: A longer file name is cut.
_NAME_BYTES = 1000


class _Attribute(IntEnum):
    """The attributes that matter, by the low half of their number."""

    BODY = 0x800C
    FILE_BYTES = 0x800F
    FILE_TITLE = 0x8010
    FILE_BEGINS = 0x9002
    MESSAGE_PROPERTIES = 0x9003
    FILE_PROPERTIES = 0x9005


class _Property(IntEnum):
    """The MAPI properties that matter."""

    BODY = 0x1000
    RTF = 0x1009
    HTML = 0x1013
    FILE_OBJECT = 0x3701
    FILE_NAME = 0x3707


_NAMED = 0x8000
_MULTIPLE = 0x1000
_UTF16 = 0x001F
_VARIABLE = frozenset({0x000D, 0x001E, _UTF16, 0x0102})
_FIXED = {
    **dict.fromkeys((0x0002, 0x0003, 0x0004, 0x000A, 0x000B), 4),
    **dict.fromkeys((0x0005, 0x0006, 0x0007, 0x0014, 0x0040), 8),
    0x0048: 16,
}
#: How an attached message begins: the id of the interface that it is read with.
_IS_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")


_NOTHING = memoryview(b"")


class TnefError(ValueError):
    """The bytes are no TNEF, break off, or go beyond the limits."""


@dataclass(slots=True)
class Unpacked:
    """What an envelope held; names as written. `unread` says that its text was in a form that is not read."""

    text: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list)
    unread: bool = False


@dataclass(frozen=True, slots=True)
class _Text:
    """Text that is not decoded before it is known which of several counts. `wide`: it is UTF-16."""

    octets: memoryview = _NOTHING
    wide: bool = False

    def read(self, room: Room) -> str:
        """The text, or as much of it as there is room to look at."""
        read = room.look(self.octets)
        return decode(read, "utf-16-le").rstrip("\0") if self.wide else decode(read.rstrip(b"\0"), None)


@dataclass(slots=True)
class _File:
    name: str = ""
    octets: memoryview = _NOTHING
    message: memoryview = _NOTHING


def unpack(octets: bytes | memoryview, room: Room, depth: int = 0) -> Unpacked:
    """The text and the files in an envelope; what is in an attached message counts as its own.

    `room` is how much text is still read, of all the envelopes of a message together.

    Raises:
        TnefError: it is damaged, or goes beyond the limits, so that nothing of it should be relied on.
    """
    if depth > _NESTING_LIMIT:
        raise TnefError
    plain = rich = _Text()
    unread = False
    files: list[_File] = []
    for attribute, value in _attributes(memoryview(octets)):
        match attribute:
            case _Attribute.BODY:
                plain = plain if plain.octets else _Text(value)
            case _Attribute.MESSAGE_PROPERTIES:
                for name, wide, content in _properties(value):
                    plain = _Text(content, wide) if name == _Property.BODY else plain
                    rich = _Text(content, wide) if name == _Property.HTML else rich
                    unread = unread or name == _Property.RTF
            case _Attribute.FILE_BEGINS:
                files.append(_File())
            case _ if files:
                _describe(files[-1], attribute, value)
    if len(files) > _FILE_LIMIT:
        raise TnefError
    found = Unpacked(room.take(plain.read(room)))
    if not found.text.strip():
        found.text = room.take(text_of_html(rich.read(room)))
    found.unread = unread and not found.text.strip()
    texts = [found.text]
    for file in files:
        if file.message:
            inner = unpack(file.message, room, depth + 1)
            texts.append(inner.text)
            found.files += inner.files
            found.unread = found.unread or inner.unread
        elif file.octets:
            found.files.append((file.name, bytes(file.octets)))
    if len(found.files) > _FILE_LIMIT:
        raise TnefError
    found.text = "\n".join(texts)
    return found


def _describe(file: _File, attribute: int, value: memoryview) -> None:
    """One attribute of a file: its bytes, its name, or its long name and the message that it is."""
    match attribute:
        case _Attribute.FILE_BYTES:
            file.octets = value
        case _Attribute.FILE_TITLE:
            file.name = file.name or _Text(value[:_NAME_BYTES]).read(Room())
        case _Attribute.FILE_PROPERTIES:
            for name, wide, content in _properties(value):
                if name == _Property.FILE_NAME:
                    file.name = _Text(content[:_NAME_BYTES], wide).read(Room())
                elif name == _Property.FILE_OBJECT and content[: len(_IS_MESSAGE)] == _IS_MESSAGE:
                    file.message = content[len(_IS_MESSAGE) :]


def _attributes(octets: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Each attribute's number and its bytes, in order."""
    if octets[: len(SIGNATURE)] != SIGNATURE:
        raise TnefError
    at = len(SIGNATURE) + 2
    for _ in range(_ATTRIBUTE_LIMIT):
        if at >= len(octets):
            return
        number, size = _numbers("<HxxI", octets, at + 1)
        at += 9
        if at + size + 2 > len(octets):
            raise TnefError
        yield number, octets[at : at + size]
        at += size + 2
    raise TnefError


def _properties(octets: memoryview) -> Iterator[tuple[int, bool, memoryview]]:
    """Each property of variable length that is not a list: its number, whether it is UTF-16, and its bytes."""
    (count,) = _numbers("<I", octets, 0)
    if count > _PROPERTY_LIMIT:
        raise TnefError
    at = 4
    for _ in range(count):
        kind, name = _numbers("<HH", octets, at)
        at += 4
        if name >= _NAMED:
            at = _past_name(octets, at)
        several = bool(kind & _MULTIPLE)
        kind &= ~_MULTIPLE
        values = 1
        if several or kind in _VARIABLE:
            (values,) = _numbers("<I", octets, at)
            at += 4
        if kind in _FIXED:
            at += _FIXED[kind] * values
        elif kind in _VARIABLE and values <= _PROPERTY_LIMIT:
            for _ in range(values):
                (size,) = _numbers("<I", octets, at)
                at += 4
                if at + size > len(octets):
                    raise TnefError
                if not several:
                    yield name, kind == _UTF16, octets[at : at + size]
                at += (size + 3) // 4 * 4
        else:
            raise TnefError


def _past_name(octets: memoryview, at: int) -> int:
    """Where a named property's value begins: its name is a number, or text of a given length."""
    kind, number = _numbers("<16xII", octets, at)
    return int(at + 24 + ((number + 3) // 4 * 4 if kind else 0))


def _numbers(layout: str, octets: memoryview, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(layout, octets, at)
    except struct.error:
        raise TnefError from None
