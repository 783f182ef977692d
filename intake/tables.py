"""Tables to labelled lines: `Label | value`, columns kept apart by spaces, and rows below a row of labels."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from intake.wordings import meaning_of

_CELLS = re.compile(r"[ ]*[|│┃¦][ ]*|[ ]*\t[ \t]*|[ ]{2,}|;[ ]+(?=[A-Za-z][^:;|]{0,40}:)")
_RULE = re.compile(r"[\s|│┃¦+:=_─━┼-]+")
_STROKE = re.compile(r"[-=_─━]{3}")
_LABEL = re.compile(r"([A-Za-z][^:]{0,60}?)\s*:(?!//)\s*(.*)")
#: Longer lines are prose, whatever separates their words.
_LINE_LENGTH = 2000


#: Words that a label has at the most, and labels that a row has.
_LABEL_WORDS = 6
_MOST_LABELS = 8


def has_columns(text: str) -> bool:
    """Whether lines begin with a known label and go on without a colon, or one is labels alone: a table whose columns a
    PDF does not show."""
    lines = text.split("\n")
    labelled = (line for line in lines if _begins_with_label(line))
    return len(list(islice(labelled, 2))) == 2 or any(_is_labels(line.split()) for line in lines)


def in_columns(text: str, rows: str) -> str:
    """The text, with each line whose words are also a row of `rows` spaced as there, so that its columns are seen."""
    spaced = {" ".join(row.split()): row for row in rows.split("\n") if "  " in row}
    return "\n".join(spaced.get(" ".join(line.split()), line) for line in text.split("\n"))


def _begins_with_label(line: str) -> bool:
    words = line.split(maxsplit=_LABEL_WORDS)[:_LABEL_WORDS]
    return ":" not in line and any(meaning_of(" ".join(words[:end])) for end in range(1, len(words)))


def _is_labels(words: Sequence[str]) -> bool:
    """Whether the words are known labels, two or more, from the first to the last."""
    if not 2 <= len(words) <= _MOST_LABELS * _LABEL_WORDS:
        return False
    ends = {0: 0}  # By where labels end: the most labels up to there.
    for end in range(1, len(words) + 1):
        before = [
            ends[at] for at in range(max(0, end - _LABEL_WORDS), end) if at in ends and _bare(" ".join(words[at:end]))
        ]
        if before:
            ends[end] = max(before) + 1
    return ends.get(len(words), 0) > 1


def without_tables(lines: Sequence[str]) -> Iterator[tuple[str, int | None]]:
    """The lines, with each row of a table as labelled lines and with the row's number; others stay as they are.

    Only rows whose labels are all known are taken apart, so that prose with gaps in it stays prose.
    """
    header: list[str] = []
    for number, (line, following) in enumerate(pairwise([*lines, ""])):
        cells = _cells(line)
        if header and _is_rule(line):
            continue
        row = cells if len(cells) == len(header) else _cells(line, edges="")  # Its first or last cell may be empty.
        if header and len(row) == len(header) and not _bare(row[0]):
            yield from ((f"{label}: {cell}", number) for label, cell in zip(header, row, strict=True) if cell)
        elif _heads(cells, _cells(following), ruled=_is_rule(following)):
            header = [_bare(cell) for cell in cells]
        else:
            header = []
            pairs = _pairs(cells)
            yield from ((pair, number if len(pairs) > 1 else None) for pair in pairs or [line])


def _is_rule(line: str) -> bool:
    return _STROKE.search(line) is not None and _RULE.fullmatch(line) is not None


def _heads(cells: Sequence[str], following: Sequence[str], *, ruled: bool) -> bool:
    """Whether these are the labels of columns: all are known, and a row of values or a rule follows."""
    valued = len(following) == len(cells) and not _bare(following[0])
    return len(cells) > 1 and (ruled or valued) and all(_bare(cell) for cell in cells)


def _pairs(cells: Sequence[str]) -> list[str]:
    """A row of one label or more, each with its values; nothing where the row does not begin with a label."""
    found: list[tuple[str, list[str]]] = []
    if len(cells) < 2:
        return []
    for cell in cells:
        whole = _LABEL.fullmatch(cell)
        if whole and meaning_of(whole[1]):
            found.append((whole[1], [whole[2]] if whole[2] else []))
        elif (not found or found[-1][1]) and _bare(cell):
            found.append((_bare(cell), []))
        elif not found:
            return []
        elif cell:
            found[-1][1].append(cell)
    return [f"{label}: {', '.join(values)}" for label, values in found]


def _cells(line: str, edges: str = "|│┃¦") -> list[str]:
    if len(line) > _LINE_LENGTH:
        return [line]
    return [cell.strip().removeprefix(":").strip() for cell in _CELLS.split(line.strip().strip(edges).strip())]


def _bare(cell: str) -> str:
    """The cell as a known label, without its colon; empty where it is none."""
    label = cell.strip(" *_").removesuffix(":").rstrip(" *_")
    return label if ":" not in label and meaning_of(label) else ""
