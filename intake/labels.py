"""Labelled lines, `Agency: …`, and how far a label's value reaches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.wordings import MEANINGS, Composite, Meaning
from policy.facts import FactField

_LINE = re.compile(r"[ \t]*(?:[-*•–]|\(?\d{1,2}[.)]|\(?[a-z]\))?[ \t]*([A-Za-z][^:\n]{0,60}?)[ \t]*:(?!//)(.*)")
_BULLET = re.compile(r"^[ \t]*(?:[-*•–]|\(?\d{1,2}[.)]|\(?[a-z]\))[ \t]+")
_POSTCODE = re.compile(r"\b\d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")

#: How many lines a value may take, where it can take more than one.
_REACH: dict[Meaning, int] = {
    FactField.OFFICER_ADDRESS: 4,
    FactField.RELATION: 8,
    Composite.DATA: 20,
    Composite.ACCOUNT: 50,
    Composite.TARGET: 50,
    FactField.USER_EMAIL: 50,
    FactField.USER_IP: 50,
    FactField.OWNER_EMAIL: 50,
    FactField.ACCOUNT_NUMBER: 50,
    FactField.MEETING_ID: 50,
}
_PROSE = frozenset({FactField.OFFICER_ADDRESS, FactField.RELATION, Composite.DATA})


@dataclass(frozen=True, slots=True)
class Labelled:
    """A known label and the lines of its value, without bullets."""

    meaning: Meaning
    lines: tuple[str, ...]

    @property
    def value(self) -> str:
        """The value on one line."""
        return " ".join(self.lines)


def labelled(text: str) -> Iterator[Labelled]:
    """Every known label in the text with its value. Quoted lines (`> …`) are others' words and are passed over."""
    lines = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    at = 0
    while at < len(lines):
        found = _label(lines[at])
        at += 1
        if found is None:
            continue
        meaning, first = found
        value, at = _value(meaning, first, lines, at)
        yield Labelled(meaning, value)


def _label(line: str) -> tuple[Meaning, str] | None:
    found = _LINE.match(line)
    if found is None:
        return None
    wording = re.sub(r"\([^()]*\)", " ", found[1].lower().replace("e-mail", "email").replace("'s", ""))
    meaning = MEANINGS.get(" ".join(re.sub(r"[^a-z0-9]+", " ", wording).split()))
    return (meaning, found[2].strip()) if meaning else None


def _value(meaning: Meaning, first: str, lines: list[str], at: int) -> tuple[tuple[str, ...], int]:
    """The lines of a value that begins with `first` or, where that is empty, on the next line."""
    taken = [first] if first else []
    if not taken and at + 1 < len(lines) and not lines[at].strip():
        at += 1  # One empty line may stand between a label and its value.
    while at < len(lines) and len(taken) < max(1, _REACH.get(meaning, 1)):
        line = lines[at].strip()
        if not line or (_LINE.match(line) and (_label(line) or not taken)) or not _continues(meaning, taken, line):
            break
        taken.append(_BULLET.sub("", line))
        at += 1
    return tuple(taken), at


def _continues(meaning: Meaning, taken: list[str], line: str) -> bool:
    """Whether the line still belongs to the value: PDF text has no empty lines to say where a paragraph ends."""
    if not taken:
        return True
    if meaning is FactField.OFFICER_ADDRESS:
        return len(line) <= 60 and not _POSTCODE.search(taken[-1])
    if meaning in _PROSE:
        return not (taken[-1].endswith(".") and not _BULLET.match(line))
    return " " not in _BULLET.sub("", line)
