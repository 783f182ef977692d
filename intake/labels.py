"""Labelled lines, `Agency: …`, and how far a label's value reaches."""

import re
from dataclasses import dataclass

from intake.boxes import begins_with_box
from intake.meetings import begins_with_meeting
from intake.signature import is_organisation
from intake.tables import without_tables
from intake.wordings import Composite, Meaning, meaning_of, number_of
from policy.facts import FactField

_LINE = re.compile(
    r"[ \t]*(?:[-*•–#]|\(?\d{1,2}[.)]|\(?[a-z]\))?[ \t]*[*_]{0,2}([A-Za-z][^:\n]{0,60}?)[*_]{0,2}[ \t]*"
    r"(?P<mark>:(?!//)|[ ][-–—=][ ])[*_]{0,2}(.*)"
)
_ARTICLE = ("the ", "your ", "our ", "this ")
_LIST = re.compile(r"[^\s,;]*[\d@][^\s,;]*(?:[,;][ ]?[^\s,;]+)*")
_BARE = re.compile(
    r"[ \t]*(?:[-*•–#]|\(?\d{1,2}[.)])?[ \t]*[*_]{0,2}([A-Za-z][A-Za-z0-9 ()/'’.#-]{1,48}?)[*_]{0,2}[ \t]*"
)
_BULLET = re.compile(r"^[ \t]*(?:[-*•–]|\(?\d{1,2}[.)]|\(?[a-z]\))[ \t]+")
_POSTCODE = re.compile(r"\b\d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")

#: A form's next part, `SECTION J: …` or `III. …`, belongs to no value above it.
_SECTION = re.compile(r"(?:section|part|annex)\s+[A-Z0-9]{1,4}\b", re.I)

_LIST_LINES = 50
#: How many lines a value may take, where it can take more than one.
_REACH: dict[Meaning, int] = {
    FactField.OFFICER_ADDRESS: 4,
    FactField.RELATION: 8,
    FactField.EMERGENCY_NATURE: 12,
    FactField.EMERGENCY_KNOWN: 8,
    FactField.EMERGENCY_PERSON: 4,
    FactField.EMERGENCY_AVERTS: 8,
    Composite.DATA: 20,
    Composite.ISSUER: 4,
    Composite.VALIDATOR: 4,
    Composite.GROUND: 6,
    Composite.ACCOUNT: _LIST_LINES,
    Composite.TARGET: _LIST_LINES,
    FactField.USER_EMAIL: _LIST_LINES,
    FactField.USER_IP: _LIST_LINES,
    FactField.OWNER_EMAIL: _LIST_LINES,
    FactField.ACCOUNT_NUMBER: _LIST_LINES,
    FactField.MEETING_ID: _LIST_LINES,
}
#: A value below its label is no longer than this, prose aside.
_BELOW_LENGTH = 120
#: Values that can be a list of boxes, of which some are ticked.
_BOXES: frozenset[Meaning] = frozenset({Composite.ISSUER, Composite.VALIDATOR, Composite.GROUND})
_SURE_ALONE: frozenset[Meaning] = frozenset(
    {
        FactField.AGENCY_NAME,
        FactField.OFFICER_NAME,
        FactField.OFFICER_BADGE,
        FactField.OFFICER_PHONE,
        FactField.OFFICER_ADDRESS,
        FactField.USER_IP,
        Composite.ANY_EMAIL,
    }
)
_PROSE: frozenset[Meaning] = frozenset(
    {
        FactField.OFFICER_ADDRESS,
        FactField.RELATION,
        FactField.EMERGENCY_NATURE,
        FactField.EMERGENCY_KNOWN,
        FactField.EMERGENCY_PERSON,
        FactField.EMERGENCY_AVERTS,
        Composite.DATA,
    }
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A known label and the lines of its value, without bullets.

    `row` is the row of a table that it stands in with others; `number` what the label counts its meeting as.
    """

    meaning: Meaning
    lines: tuple[str, ...]
    row: int | None = None
    number: int | None = None

    @property
    def value(self) -> str:
        """The value on one line."""
        return " ".join(self.lines)


def labelled(text: str) -> tuple[tuple[Labelled, ...], str]:
    """Every known label in the text with its value, in tables too, and the text that stands under none of them.

    Lines marked `> …` are others' words and belong to neither.
    """
    rows = list(without_tables([line for line in text.split("\n") if not line.lstrip().startswith(">")]))
    lines = [line for line, _ in rows]
    found: list[Labelled] = []
    rest: list[str] = []
    at = 0
    while at < len(lines):
        label = _label(lines[at]) or _label_alone(lines, at)
        if label is None:
            rest.append(lines[at])
        row = rows[at][1]
        at += 1
        if label is not None:
            value, at = _value(label.meaning, label.first, lines, at)
            found.append(Labelled(label.meaning, value, row, label.number))
    return tuple(found), "\n".join(rest)


@dataclass(frozen=True, slots=True)
class _Label:
    """A known label, what stands behind it on its line, and what it counts."""

    meaning: Meaning
    first: str
    number: int | None


def _label(line: str) -> _Label | None:
    found = _LINE.match(line)
    if found is None or (found["mark"] != ":" and found[1].lower().startswith(_ARTICLE)):
        return None  # "The agency - which …" is a sentence.
    meaning = meaning_of(found[1])
    return _Label(meaning, found[3].strip(), number_of(found[1])) if meaning else None


def _label_alone(lines: list[str], at: int) -> _Label | None:
    """A label that stands on a line of its own without a colon, as in a form, with its value on the next line.

    One word alone may be a heading: it counts only where a wrong reading would be refused by its form or harms nobody.
    """
    found = _BARE.fullmatch(lines[at])
    meaning = meaning_of(found[1]) if found else None
    below = lines[at + 1].strip() if at + 1 < len(lines) else ""
    if found is None or meaning is None or not below or _LINE.match(below) or _is_label(below):
        return None
    if meaning is FactField.OFFICER_NAME and is_organisation(below):
        return None  # A rank below a name, and the office below the rank.
    several = len(found[1].split()) > 1
    fits = len(below) <= _BELOW_LENGTH or meaning in _PROSE
    listed = _REACH.get(meaning) == _LIST_LINES and _LIST.fullmatch(_BULLET.sub("", below))
    return _Label(meaning, "", number_of(found[1])) if fits and (several or listed or meaning in _SURE_ALONE) else None


def _is_label(line: str) -> bool:
    found = _BARE.fullmatch(line)
    return found is not None and meaning_of(found[1]) is not None


def _value(meaning: Meaning, first: str, lines: list[str], at: int) -> tuple[tuple[str, ...], int]:
    """The lines of a value that begins with `first` or, where that is empty, on the next line."""
    taken = [first] if first else []
    if not taken and at + 1 < len(lines) and not lines[at].strip():
        at += 1  # One empty line may stand between a label and its value.
    while at < len(lines) and len(taken) < max(1, _REACH.get(meaning, 1)):
        line = lines[at].strip()
        if not line or _begins_another(line, taken) or not _continues(meaning, taken, line):
            break
        taken.append(_BULLET.sub("", line))
        at += 1
    return tuple(taken), at


def _begins_another(line: str, taken: list[str]) -> bool:
    """Whether the line is labelled itself. Right below a label even an unknown one is: what it names is not meant."""
    return _label(line) is not None or (":" in line and _LINE.match(line) is not None and not taken) or _is_label(line)


def _continues(meaning: Meaning, taken: list[str], line: str) -> bool:
    """Whether the line still belongs to the value: PDF text has no empty lines to say where a paragraph ends."""
    if not taken:
        return True
    if meaning is FactField.OFFICER_ADDRESS:
        return len(line) <= 60 and not _POSTCODE.search(taken[-1])
    if meaning in _BOXES:
        return begins_with_box(line)
    if meaning in _PROSE:
        return not _SECTION.match(line) and not (taken[-1].endswith(".") and not _BULLET.match(line))
    if meaning is FactField.MEETING_ID and begins_with_meeting(_BULLET.sub("", line)):
        return True
    return " " not in _BULLET.sub("", line)
