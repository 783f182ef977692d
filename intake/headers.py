"""A message's own headers as values: who wrote it, when, and what it answers. None of it proves anything."""

import binascii
import quopri
import re
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from intake.text import clean, decode
from policy.addresses import normal_domain
from policy.facts import FactError, FactField, canonical

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\([^()]*\)")
_ANGLE = re.compile(r"<([^<>]*)>")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\?=(?:\s+(?==\?))?")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


def author_of(headers: Message) -> str | None:
    """The one address in From, lower case; None where there is none, more than one, a group, or no readable one.

    Only the address as written counts: a display name, or an encoded word that decodes to an address, is not one.
    """
    values = headers.get_all("From", [])
    if len(values) != 1:
        return None
    bare = _COMMENT.sub(" ", _QUOTED.sub(" ", str(values[0])))
    outside = _ANGLE.sub(" ", bare)
    if ":" in outside or ";" in outside or "<" in outside or ">" in outside:
        return None
    named = [piece for piece in re.split(r",(?![^<]*>)", bare) if "@" in piece]
    if len(named) != 1:
        return None
    angled = _ANGLE.findall(named[0])
    if len(angled) > 1:
        return None
    try:
        author = canonical(FactField.OFFICER_EMAIL, angled[0] if angled else named[0])
    except FactError:
        return None
    plain = clean(author) == author  # No invisible or look-alike characters that another reader would fold away.
    return author if plain and normal_domain(author.rpartition("@")[2]) else None


def dated(headers: Message) -> datetime | None:
    """The Date header in UTC, or None where it is missing or not a date. The sender wrote it: no clock rests on it."""
    try:
        at = parsedate_to_datetime(str(headers.get("Date", "")))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def author_name_of(headers: Message) -> str:
    """What From shows beside the address, at most 200 characters: anybody can write it."""
    return " ".join(_ANGLE.sub(" ", unencoded(str(headers.get("From", "")))).replace('"', " ").split())[:200]


def subject_of(headers: Message) -> str:
    """The subject as text, at most 400 characters."""
    return " ".join(unencoded(str(headers.get("Subject", ""))).split())[:400]


def message_id_of(headers: Message) -> str | None:
    """The Message-ID with its angle brackets, or None."""
    found = _MESSAGE_ID.search(str(headers.get("Message-ID", "")))
    return found[0] if found else None


def answers(headers: Message) -> tuple[str, ...]:
    """The Message-IDs that this message answers, from In-Reply-To and References, at most 50."""
    text = f"{headers.get('In-Reply-To', '')} {headers.get('References', '')}"
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[:50]


def unencoded(value: str) -> str:
    """Header text with its encoded words (RFC 2047) decoded; those that cannot be are left as they are."""
    return _ENCODED_WORD.sub(_decode_word, value)


def _decode_word(word: re.Match[str]) -> str:
    charset, encoding, payload = word[1].partition("*")[0], word[2].lower(), word[3]
    try:
        octets = payload.encode("ascii")
        plain = binascii.a2b_base64(octets) if encoding == "b" else quopri.decodestring(octets, header=True)
    except ValueError:
        return word[0]
    return decode(plain, charset)
