"""Our own request form, filled in, to facts: exactly what stands in each of its fields, and nothing guessed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from intake.lines import Reading
from intake.pdf.reading import FormField, PdfReading
from intake.titles import Instrument
from policy.facts import OF_A_MEETING, FactField, Source, clause_of
from policy.form import EARLIER_HELPS, END, INTRODUCTION, LINES, SECTIONS, TITLE, FormLine

#: A PDF that has all of these fields is our form; no other is likely to call them so.
_OURS = frozenset({FactField.AGENCY_NAME, FactField.OFFICER_NAME, FactField.OFFICER_BADGE, FactField.OFFICER_EMAIL})
_LINE_OF = {line.field.value: line for line in LINES}
_COMMENT = "#"


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one line of the form, and on which page; several values stand on lines of their own."""

    line: FormLine
    text: str
    page: int = 1


def is_form(seen: PdfReading) -> bool:
    """Whether a PDF is our form: by its fields, or where they were flattened into the page, by its title."""
    return has_fields(seen) or any(_is_title(line) for text in seen.texts for line in text.split("\n"))


def has_fields(seen: PdfReading) -> bool:
    """Whether a PDF has the fields of our form still, so that nothing needs to be found by its place on the page."""
    return {field.name for field in seen.fields} >= _OURS


def entries_in_fields(fields: Iterable[FormField]) -> tuple[Entry, ...]:
    """What stands in the form's fields, by their names."""
    return tuple(Entry(_LINE_OF[field.name], field.value, field.page) for field in fields if field.name in _LINE_OF)


def entries_in_rows(pages: Sequence[str]) -> tuple[Entry, ...]:
    """What stands behind the labels of a form that was flattened, page by page."""
    return tuple(
        Entry(line, text, number)
        for number, page in enumerate(pages, 1)
        for line, text in _behind_labels(page.split("\n"))
    )


def cut_out(text: str) -> tuple[tuple[Entry, ...], str]:
    """What stands in the text form in a mail, and the mail without it."""
    lines = text.split("\n")
    begin = next((at for at, line in enumerate(lines) if _is_title(line)), None)
    if begin is None:
        return (), text
    end = next((at for at, line in enumerate(lines[begin:], begin) if line.strip() == END), len(lines) - 1)
    entries = tuple(Entry(line, text) for line, text in _behind_labels(lines[begin : end + 1]))
    return entries, "\n".join(lines[:begin] + lines[end + 1 :])


def read_entry(entry: Entry, source: Source, into: Reading) -> None:
    """Take an entry's values as they are. What cannot be a value of its field becomes a remark that names field and
    clause; what is empty says nothing."""
    line = entry.line
    given = [" ".join(part.split()) for part in (entry.text.split("\n") if line.several else [entry.text])]
    for value in filter(None, given):
        if line.choices:
            _choose(line, value, source, into)
        elif line.field is FactField.MEETING_ID or line.field in OF_A_MEETING:
            into.mention(line.field, into.checked(line.field, value, source), source, listed=True)
        else:
            into.add(line.field, value, source)


def _choose(line: FormLine, value: str, source: Source, into: Reading) -> None:
    chosen = value.lower().replace(" ", "_")
    if chosen not in line.choices:
        into.remark(clause_of(line.field), f"{line.field.value} must be one of {', '.join(line.choices)}", source)
    elif line.field is FactField.PROCESS:
        into.instruments.append((Instrument(chosen), source))
    else:
        into.add(line.field, chosen, source)


def _behind_labels(lines: Sequence[str]) -> Iterator[tuple[FormLine, str]]:
    """Each label of the form with what stands behind it and below, up to an empty line or one of the form's own."""
    current: FormLine | None = None
    taken: list[str] = []
    for row in (*lines, END):
        found = _labelled(row)
        if found is None and not _is_ours(row):
            taken.append(row.strip())
            continue
        if current is not None:
            yield current, "\n".join(taken)
        current, taken = (found[0], [found[1]]) if found is not None else (None, [])


def _labelled(row: str) -> tuple[FormLine, str] | None:
    stripped = row.strip()
    line = next((line for line in LINES if stripped.startswith(line.heading)), None)
    return (line, stripped.removeprefix(line.heading).strip()) if line is not None else None


def _is_ours(row: str) -> bool:
    """Whether the row is one of the form's own, or empty. Spaces do not count: a PDF has none, only gaps."""
    return row.lstrip().startswith(_COMMENT) or _squeezed(row) in _OWN_ROWS


def _is_title(row: str) -> bool:
    return _squeezed(row) == _squeezed(TITLE)


def _squeezed(row: str) -> str:
    return "".join(row.split())


_OWN_ROWS = frozenset(
    _squeezed(row)
    for row in (
        "",
        TITLE,
        END,
        *INTRODUCTION,
        *(section.title for section in SECTIONS),
        *(line.help for line in LINES),
        *EARLIER_HELPS,
    )
)
