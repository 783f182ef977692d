"""Lines for people: aligned columns that read the same in a terminal and in a log, and nothing that a stranger wrote
can act on the terminal."""

from collections.abc import Iterator, Sequence


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows under their head, each column as wide as its widest cell. Nothing where there are no rows."""
    if not rows:
        return
    shown = [[said(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in (head, *shown)) for place in range(len(head))]
    for row in (head, *shown):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def said(text: str) -> str:
    """A text from outside, on one line, without control characters and marks that turn the direction of writing."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
