"""Who signs a mail: name, badge, telephone and postal address below the writer's words, without labels (R4)."""

import re
from collections.abc import Iterator

from intake.values import refanged
from policy.facts import FactField

#: Lines that a signature may take, from the name on.
_LINES = 14
_LINE_LENGTH = 160
_WORD = re.compile(r"[^\W\d_]{3,}")
_ORGANISATION = re.compile(
    r"\b(?:agency|department|dept|office|bureau|police|constabulary|sheriff'?s?|court|unit|division|squad|task force"
    r"|service|ministry|attorney'?s?|prosecutor'?s?|team|section)\b",
    re.I,
)
_RANKS = re.compile(
    r"\b(?:det|detective|sgt|sergeant|capt|captain|officer|ofc|special|agent|inspector|investigator|deputy|trooper"
    r"|constable|lieutenant|chief|mrs|miss)\b",
    re.I,
)
_NUMBERED = (
    r"(?:\b(?:badge|shield|star|collar|credential|warrant(?: card)?|id|serial|dsn|pin)[ .]*(?:no\.?|number|id|#)?"
    r"[ ]*[:#]?[ ]*|#[ ]?)"
)
_BADGE = re.compile(rf"[ ,(–-]*{_NUMBERED}(?P<number>[A-Z]{{0,3}}-?\d[\dA-Z-]{{1,11}})\b\)?", re.I)
#: A British officer's number stands behind the rank: `DS 2214 Ashdown`, `Detective Sergeant 2214`.
_COLLAR = re.compile(r"\b(?:P?C|DC|DS|PS|DI|constable|sergeant|inspector)[ ](?P<number>\d{2,6})\b", re.I)
_NUMBER = r"(?P<number>(?:\+\d|\(?\d)[\d ()./-]{6,18}\d(?:[ ,]*(?:x|ext\.?|extension)[ ]*\d{1,6})?)(?![\d-])"
_PHONE_LINE = re.compile(rf"(?:^|[|,;·•(]|\b[a-z.]{{1,14}}[ ]?[.:]?)[ ]*(?<![\d/-]){_NUMBER}", re.I)
_CALL = re.compile(
    rf"\b(?:call|reach|phone|tel(?:ephone)?\.?|desk|cell|direct|contact)\b[^.\n]{{0,60}}?(?<![\d/-]){_NUMBER}", re.I
)
_FAX = re.compile(r"\b(?:fax|f)[ .:]", re.I)
_POSTCODE = re.compile(
    r"\b[A-Z]{2}[ ,]+\d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b\d{4,5} [A-Z][a-zé]{2,}"
)
_STREET = re.compile(r"(?:\d{1,6}[A-Za-z]?,? +\S|p\.?\s?o\.?\s?box\b|[A-Z]\S+(?: \S+)? \d{1,4}[a-z]?(?:,|$))", re.I)


def signed(words: str, display: str) -> Iterator[tuple[FactField, str]]:
    """What the signature below `words` says of the officer whom the mail's From names as `display`.

    It begins at the last short line that has the name; without one, only a number to call in the text is given. What a
    footer says further down is not read.
    """
    lines = [line.strip() for line in refanged(words).split("\n")]
    begin = _begin(lines, display)
    block = _block(lines, begin) if begin is not None else []
    if block:
        yield FactField.OFFICER_NAME, name_of(block[0])
    for number in _first(*(badge_of(line) for line in block)):
        yield FactField.OFFICER_BADGE, number
    phones = (phone_of(line) for line in block)
    for number in _first(*phones, *(found["number"] for found in _CALL.finditer(words))):
        yield FactField.OFFICER_PHONE, number
    if address := _address(block):
        yield FactField.OFFICER_ADDRESS, address


def is_organisation(line: str) -> bool:
    """Whether a line names an office or a unit, and nobody."""
    return _ORGANISATION.search(line) is not None


def badge_of(line: str) -> str | None:
    """The badge, warrant card or id number on a line, or None."""
    found = _BADGE.search(line) or _COLLAR.search(line)
    return found["number"] if found else None


def name_of(line: str) -> str:
    """The name on a line that goes on with a number or an office."""
    before = _BADGE.split(line, maxsplit=1)[0]
    first = re.split(r",[ ]|[ ][-–|][ ]|\btel\b|\t", before, maxsplit=1)[0]
    return first.strip(" ,;|–-*_")


def _begin(lines: list[str], display: str) -> int | None:
    """The last short line that has the writer's name: two words of it, or the only one."""
    if is_organisation(display):
        return None
    names = {word.lower() for word in _WORD.findall(_RANKS.sub(" ", re.sub(r"\([^()]*\)", " ", display)))}
    for at in range(len(lines) - 1, -1, -1):
        words = {word.lower() for word in _WORD.findall(lines[at])}
        named = names and len(names & words) >= min(2, len(names))
        if named and len(lines[at]) <= _LINE_LENGTH and not lines[at].endswith((".", "?", "!")):
            return at
    return None


def _block(lines: list[str], begin: int) -> list[str]:
    """The lines of the signature, up to a gap after which no more of it stands."""
    block: list[str] = []
    for line in lines[begin : begin + _LINES]:
        if len(line) > _LINE_LENGTH or re.match(r"[_=-]{4,}", line):
            break
        if line:
            block.append(line)
    return block


def phone_of(line: str) -> str | None:
    """The telephone number on a line, with its extension, or None; a fax is none."""
    found = None if _FAX.match(line) else _PHONE_LINE.search(line)
    return found["number"].strip() if found else None


def _address(block: list[str]) -> str:
    """From the line, or the part of one, that begins like a street to the one with a postcode."""
    parts = [part for line in block for part in re.split(r"(?<=[A-Za-z]),[ ](?=\d{1,6} )", line)]
    for at, part in enumerate(parts):
        if _STREET.match(part) and badge_of(part) is None and not _PHONE_LINE.fullmatch(part):
            for end in range(at, min(at + 4, len(parts))):
                if (code := _POSTCODE.search(parts[end])) is not None:
                    whole = parts[end] if not phone_of(parts[end][code.end() :]) else parts[end][: code.end()]
                    return ", ".join([*(line.rstrip(",") for line in parts[at:end]), whole])
    return ""


def _first(*found: str | None) -> Iterator[str]:
    yield from [value for value in found if value][:1]
