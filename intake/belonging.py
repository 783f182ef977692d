"""Which host and which time are of which meeting, where a text names several (R1).

A host or a time that may be one meeting's or another's is of none: it is asked for, and never guessed.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policy.facts import OF_A_MEETING, FactField

#: By a mention's place in its text: the ids of the meetings whose host or time it is; None: of whichever are named
#: elsewhere. What cannot be told is not there.
Whose = dict[int, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names meetings, a host or a time.

    `values` are in canonical form: several where a line has several ids, and none where it could not be read; it still
    stands in its place. `row` names the row of a table, or the line,
    that says all of its meetings; `number` is what the label counts it as.
    """

    field: FactField
    values: tuple[str, ...]
    row: str | None = None
    number: int | None = None

    @property
    def part(self) -> str | None:
        """What belongs together in whatever order."""
        return self.row or (f"number {self.number}" if self.number is not None else None)


def in_lines(mentions: Sequence[Mention]) -> Whose:
    """Of labelled lines: by their part, or the one line that stands for all, or the block of lines around an id.

    Where the only line of its kind stands before the first id or behind the last one, it is every meeting's, unless the
    rest has no such order.
    """
    lines = list(enumerate(mentions))
    if len(_ids(mentions)) < 2:
        return _of_the_only_one(mentions)
    whose, loose = _in_parts(lines)
    for_all = dict.fromkeys(_for_all(loose, lines, {mentions[place].field for place in whose}), _ids(mentions))
    return whose | for_all | _in_blocks([line for line in loose if line[0] not in for_all])


def in_lists(mentions: Sequence[Mention]) -> Whose:
    """Of the form's lists: each in the order of the ids, or one for all of them."""
    ids = [mention.values for mention in mentions if mention.field is FactField.MEETING_ID]
    whose: Whose = {}
    for field in OF_A_MEETING:
        places = [place for place, mention in enumerate(mentions) if mention.field is field]
        if len(places) == 1 and len(ids) != 1:
            whose[places[0]] = _ids(mentions) or None
        elif len(places) == len(ids):
            whose |= dict(zip(places, ids, strict=True))
    return whose


def in_prose(mentions: Sequence[Mention]) -> Whose:
    """Of a paragraph of running text: by the order of its words alone."""
    if len(_ids(mentions)) < 2:
        agreed = _agreed(mentions)
        return {place: ids for place, ids in _of_the_only_one(mentions).items() if mentions[place].field in agreed}
    return _in_blocks(list(enumerate(mentions)))


_Line = tuple[int, Mention]


def _ids(mentions: Iterable[Mention]) -> tuple[str, ...]:
    named = (value for mention in mentions if mention.field is FactField.MEETING_ID for value in mention.values)
    return tuple(dict.fromkeys(named))


def _agreed(mentions: Sequence[Mention]) -> frozenset[FactField]:
    """The fields of which all lines say the same."""
    told = {field: {mention.values for mention in mentions if mention.field is field} for field in OF_A_MEETING}
    return frozenset(field for field, values in told.items() if len(values) == 1)


def _of_the_only_one(mentions: Sequence[Mention]) -> Whose:
    """Where one meeting is named, all is said of it; where none is, of whichever are named elsewhere."""
    ids, lines = _ids(mentions), [mention for mention in mentions if mention.field is FactField.MEETING_ID]
    unread = any(not line.values for line in lines)
    if unread and len(lines) > 1:
        return _in_blocks(list(enumerate(mentions)))
    agreed = OF_A_MEETING if ids else _agreed(mentions)
    return {place: ids or None for place, mention in enumerate(mentions) if mention.field in agreed}


def _in_parts(lines: Sequence[_Line]) -> tuple[Whose, list[_Line]]:
    """What belongs together with one line of ids, and the lines that belong to no such part."""
    counted = any(mention.number is not None for _, mention in lines if mention.field in OF_A_MEETING)
    named: dict[str, set[tuple[str, ...]]] = {}
    for _, mention in lines:
        if mention.part is not None and mention.field is FactField.MEETING_ID and (mention.row or counted):
            named.setdefault(mention.part, set()).add(mention.values)
    of_part = {part: ids for part, (ids, *others) in named.items() if not others}
    loose = [line for line in lines if line[1].part not in of_part]
    whose: Whose = {
        place: of_part[mention.part]
        for place, mention in lines
        if mention.field in OF_A_MEETING and mention.part is not None and mention.part in of_part
    }
    return whose, loose


def _for_all(loose: Sequence[_Line], lines: Sequence[_Line], told: Container[FactField]) -> Sequence[int]:
    """The places of lines that stand for all meetings: the only one of its kind, outside the blocks, where the other
    kind does as much or has a line for each. None where a part has `told` such a one, or some ids stand in parts only.
    """
    ids = [place for place, mention in loose if mention.field is FactField.MEETING_ID]
    if ids and len(ids) < sum(mention.field is FactField.MEETING_ID for _, mention in lines):
        return ()
    places = {field: [place for place, mention in loose if mention.field is field] for field in OF_A_MEETING}
    outside = {
        field: here[0]
        for field, here in places.items()
        if len(here) == 1 and field not in told and not (ids and ids[0] < here[0] < ids[-1])
    }
    return [
        place
        for field, place in outside.items()
        if all(other in outside or len(places[other]) in (0, len(ids)) for other in OF_A_MEETING - {field})
    ]


def _in_blocks(loose: Sequence[_Line]) -> Whose:
    """Cut the lines into blocks with one line of ids each, and at most one host and one time: what every way of cutting
    gives to the same meetings is theirs."""
    ids: list[tuple[str, ...]] = []
    runs: list[list[_Line]] = [[]]
    for place, mention in loose:
        if mention.field is not FactField.MEETING_ID:
            runs[-1].append((place, mention))
        elif not (ids and not runs[-1] and ids[-1] == mention.values):
            ids.append(mention.values)
            runs.append([])
    whose: Whose = {}
    for number, (run, cuts) in enumerate(zip(runs, _cuts(runs), strict=True)):
        for at, (place, _) in enumerate(run):
            owners = {ids[number - 1] if at < cut else ids[number] for cut in cuts}
            if len(owners) == 1:
                whose[place] = owners.pop()
    return whose


def _cuts(runs: Sequence[Sequence[_Line]]) -> list[set[int]]:
    """For each run of lines between two ids, how many of them can be of the id before: in some cutting of the whole."""
    if len(runs) < 2:
        return [set() for _ in runs]
    options = [{0}, *(set(range(len(run) + 1)) if len(run) <= _MOST_BETWEEN else set() for run in runs[1:-1])]
    options.append({len(runs[-1])})
    for number, (before, after) in enumerate(pairwise(runs)):
        reached = {end for end in options[number + 1] if any(_fits(before[b:], after[:end]) for b in options[number])}
        options[number + 1] = reached
    for number in range(len(runs) - 2, -1, -1):
        before, after = runs[number], runs[number + 1]
        ends = options[number + 1]
        options[number] = {b for b in options[number] if any(_fits(before[b:], after[:end]) for end in ends)}
    return options


#: Two hosts and two times: more lines than two blocks can have between their ids.
_MOST_BETWEEN = 2 * len(OF_A_MEETING)


def _fits(before: Sequence[_Line], after: Sequence[_Line]) -> bool:
    """Whether these lines can stand around one id."""
    fields = [mention.field for _, mention in (*before, *after)]
    return len(fields) == len(set(fields))
