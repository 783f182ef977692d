"""The meetings that a message names, each with its own host and time, as facts (R1)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from intake import values
from intake.belonging import Mention, in_lines, in_lists
from policy.facts import Fact, FactError, FactField, Source, canonical, of_meeting

_BEGINS = re.compile(
    rf"(?:(?:meeting|webinar)\b)?\s*(?:(?:id|number|no)\b\.?)?\s*[#:]?\s*({values.MEETING_DIGITS})(?![\d-])", re.I
)
_AGAIN = re.compile(rf"(?<![\d+-]){values.MEETING_DIGITS}(?![\d-])")
_UNCLEAR = "whose it is of the meetings named cannot be told, so it was not taken: a person must say"
_NO_INSTANT = "is not one date and time with its zone (best UTC, or an offset from it)"


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A line that names meetings, a host or a time, and where it stands; of a time that could not be read, its words.

    `listed`: it stands in the request form, which has a list of ids, one of hosts and one of times.
    """

    mention: Mention
    source: Source
    text: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A line that says all of a meeting: its id, and where it has them its host and its time, as they are written."""

    meeting: str
    hosts: tuple[str, ...]
    time: str


def begins_with_meeting(text: str) -> bool:
    """Whether the line begins with a meeting's id."""
    return _BEGINS.match(text) is not None


def whole(text: str) -> Whole | None:
    """The meeting of `873 1234 5678 hosted by h@b.example on 2 March 2026 14:00 UTC`; None for a mere list of ids."""
    begin = _BEGINS.match(text)
    if begin is None:
        return None
    hosts = tuple(found[0].rstrip(".-") for found in values.EMAIL.finditer(text, begin.end()))
    rest = values.EMAIL.sub(" ", text[begin.end() :])
    if _AGAIN.search(rest) or not (hosts or values.dates_in(rest)):
        return None
    return Whole(begin[1], hosts, rest if values.dates_in(rest) else "")


def read_meetings(
    lines: Sequence[MeetingLine], country: str | None
) -> tuple[list[Fact], list[tuple[FactField, str, Source]]]:
    """All the meetings that a message names, and remarks on hosts and times that cannot be read or are nobody's.

    Each document is looked at by itself. `country` is the writer's, for the names of time zones.
    """
    facts: list[Fact] = []
    remarks: list[tuple[FactField, str, Source]] = []
    documents: dict[tuple[str | None, bool], list[MeetingLine]] = {}
    for line in lines:
        own = [fact for fact in _facts(line, None) if fact.meeting is not None]
        facts += own  # `h@b.example of 87312345678`: it says itself whose it is.
        if not own:
            documents.setdefault((line.source.document, line.listed), []).append(line)
    for (_, listed), told in documents.items():
        here = _joined(told, country)
        mentions = [line.mention for line in here]
        whose = in_lists(mentions) if listed else in_lines(mentions)
        for place, line in enumerate(here):
            name = line.mention.field
            if line.text:
                remarks.append((name, _NO_INSTANT, line.source))
            elif name is FactField.MEETING_ID or place in whose:
                facts += _facts(line, whose.get(place))
            elif line.mention.values:
                remarks.append((name, _UNCLEAR, line.source))
    return facts, remarks


def _facts(line: MeetingLine, meetings: tuple[str, ...] | None) -> Iterator[Fact]:
    for value in line.mention.values:
        of = [value] if meetings is None else [of_meeting(value, meeting) for meeting in meetings]
        yield from (Fact(field=line.mention.field, value=each, source=line.source) for each in of)


def _joined(lines: Sequence[MeetingLine], country: str | None) -> list[MeetingLine]:
    """The lines; where a date stands in one and its time in the next, the two are one."""
    joined: list[MeetingLine] = []
    for line in lines:
        at = _of_both(joined[-1], line, country) if joined else None
        if at is None:
            joined.append(line)
        else:
            joined[-1] = replace(line, mention=replace(line.mention, values=(at,)), text="")
    return joined


def _of_both(first: MeetingLine, second: MeetingLine, country: str | None) -> str | None:
    if not (first.text and second.text and first.mention.part == second.mention.part):
        return None
    at = values.instant(f"{first.text} {second.text}", country)
    try:
        return canonical(FactField.MEETING_AT, at) if at is not None else None
    except FactError:
        return None  # It lies in no year that counts, and is remarked on as each half is.
