"""What a European certificate says of who is behind it and of its ground, in words or with a box that is ticked: the
labels are those of its form (Regulation (EU) 2023/1543, Annex I; F2)."""

import re

from intake.boxes import ticked
from intake.values import is_no
from policy.facts import NOBODY
from policy.vocabulary import Judicial, Threshold

_AUTHORITIES = {
    Judicial.COURT: re.compile(r"\bjudge|\bcourt|\bmagistrate|\btribunal", re.I),
    Judicial.PROSECUTOR: re.compile(r"\bprosecut", re.I),
    Judicial.OTHER: re.compile(r"\bother\b|\bcompetent authority\b|\bpolice\b|\bcustoms\b", re.I),
}
_GROUNDS = (
    (Threshold.SENTENCE, re.compile(r"\b(?:four|4)\s+months\b|\bexecution of\b.*\b(?:sentence|detention)\b", re.I)),
    (Threshold.TERRORISM, re.compile(r"\bterroris|2017/541", re.I)),
    (Threshold.INFORMATION_SYSTEM, re.compile(r"\binformation systems?\b|2013/40|2011/93|2019/713", re.I)),
)
_YEARS = re.compile(
    r"\b(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty)\s+years?\b", re.I
)
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "fifteen": 15, "twenty": 20,
}  # fmt: skip
#: What turns a number of years into another: it is not read.
_TURNED = re.compile(r"\b(?:less|fewer|below|under|not)\b", re.I)


def authority(text: str) -> Judicial | None:
    """The kind of authority that is named; None where it is none that is known, or could be two."""
    said = ticked(text)
    named = [kind for kind, words in _AUTHORITIES.items() if words.search(said)]
    return named[0] if len(named) == 1 else None


def ground(text: str) -> Threshold | None:
    """The ground of art. 5(4) that is named; None where it cannot be told."""
    said = ticked(text)
    if is_no(said):
        return Threshold.NONE
    for found, words in _GROUNDS:
        if words.search(said):
            return found
    years = [_NUMBERS.get(match["n"].lower()) or int(match["n"]) for match in _YEARS.finditer(said)]
    if not years or _TURNED.search(said):
        return None
    return Threshold.THREE_YEARS if max(years) >= 3 else Threshold.NONE


def notified(text: str) -> str:
    """The enforcing authority as it is named, or that none was notified."""
    return NOBODY if is_no(text) or re.match(r"not (?:required|necessary|notified)\b", text, re.I) else text


def identifies(text: str) -> bool:
    """Whether records are asked for solely to identify a user, and no other traffic data (art. 3(10) and (11))."""
    said = ticked(text)
    alone = re.search(r"\bsole purpose of identifying\b", said, re.I)
    return alone is not None and re.search(r"\btraffic data\b", said, re.I) is None
