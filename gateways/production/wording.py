"""How a production words what is approved, and how text that others typed is made safe to show."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import assert_never

from policy.records import RecordTable
from policy.request import Identifier, IdentifierKind
from policy.scope import Scope
from policy.vocabulary import DataClass, RequestKind

# What the fonts that come with the typesetter can show; a PDF/A may not hold a character without a glyph.
_SHOWN = (
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x300, 0x4FF),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x203E),
    (0x20A0, 0x20BF),
)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

NOT_STATED = "not stated"
"""What stands where the request does not say something: an empty place looks forgotten."""

LIMITS = (
    "The accuracy of information that users typed themselves, such as their names, titles and the labels by which "
    "they joined meetings, is not guaranteed.",
    "Content that an account's owner or administrator deleted before the records were copied cannot be retrieved and "
    "is not included.",
    "An account stays reachable only for a short while after it is deactivated.",
    "The content of live meetings is not recorded by the provider and does not exist unless a user chose to store it.",
)
"""What the provider does not vouch for, stated in every production (D4, D5)."""


def printable(text: str) -> str:
    """The text on one line, with each character that cannot be typeset shown by its number, such as [U+4E2D]."""
    return "".join(char if _is_shown(char) else f"[U+{ord(char):04X}]" for char in " ".join(text.split()))


def xml_safe(text: str) -> str:
    """The text with each character that a .docx cannot hold, such as a control character, replaced by U+FFFD."""
    return _NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n"))


def instant(at: datetime) -> str:
    """`2026-03-01 14:05:00 UTC`."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def day(on: date) -> str:
    """`1 March 2026`."""
    return f"{on.day} {on:%B %Y}"


def class_name(data_class: DataClass) -> str:
    match data_class:
        case DataClass.BASIC:
            return "D1 basic subscriber information"
        case DataClass.RECORDS:
            return "D2 records of use other than content"
        case DataClass.CONTENT:
            return "D3 stored content"
        case _:
            assert_never(data_class)


def table_name(table: RecordTable) -> str:
    return table.value.replace("_", "-").capitalize()


def basis_name(scope: Scope) -> str:
    """On what the production rests: the legal process, or none in an emergency (E1)."""
    if scope.kind is RequestKind.EMERGENCY:
        return "None: voluntary emergency disclosure, 18 U.S.C. 2702(b)(8) and (c)(4)"
    return scope.process.value.replace("_", " ").capitalize() if scope.process else "None stated"


def period(scope: Scope) -> str:
    """The days of the scope, which are UTC and both included."""
    if scope.since and scope.until:
        return f"{day(scope.since)} to {day(scope.until)}, both included (UTC)"
    if scope.since:
        return f"From {day(scope.since)} on (UTC)"
    if scope.until:
        return f"Up to and including {day(scope.until)} (UTC)"
    return "Not limited by date"


def identifier_name(identifier: Identifier) -> str:
    match identifier.kind:
        case IdentifierKind.USER_EMAIL:
            return f"User with email {identifier.value}"
        case IdentifierKind.USER_IP:
            return f"Users who signed in from {identifier.value}"
        case IdentifierKind.USER_NAME:
            return f"Users with display name {identifier.value}"
        case IdentifierKind.OWNER_EMAIL:
            return f"Account owned by {identifier.value}"
        case IdentifierKind.ACCOUNT_NUMBER:
            return f"Account number {identifier.value}"
        case IdentifierKind.MEETING:
            when = instant(identifier.at) if identifier.at else "an unstated time"
            return f"Meeting {identifier.value}, hosted by {identifier.host or 'an unstated host'}, at {when}"
        case IdentifierKind.REGISTRATION_URL:
            return f"Meeting with registration page {identifier.value}"
        case _:
            assert_never(identifier.kind)


def _is_shown(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _SHOWN) and unicodedata.category(char) != "Cn"
