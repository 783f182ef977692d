"""Lines for people: aligned columns that read the same in a terminal and in a log, and nothing that a stranger wrote
can act on the terminal."""

from collections.abc import Iterator, Sequence

from policy.findings import DigitalSignature, Document

_SIGNATURE_WORDS = {
    DigitalSignature.INTACT: "digitally signed and not changed since (who signed is not known)",
    DigitalSignature.CHANGED_AFTER: "CHANGED since it was digitally signed",
    DigitalSignature.BROKEN: "its digital signature does NOT hold",
    DigitalSignature.UNREADABLE: "its digital signature could not be checked",
}


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows under their head, each column as wide as its widest cell. Nothing where there are no rows."""
    if not rows:
        return
    shown = [[said(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in (head, *shown)) for place in range(len(head))]
    for row in (head, *shown):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def document_words(document: Document) -> str:
    """A document in a line: its name, what it is, whether S2 accepts it, and what its digital signatures show."""
    parts = [
        document.kind.value,
        counted(document.pages, "page"),
        *([f"in {', '.join(document.languages)}"] if document.languages else []),
        "accepted" if document.accepted else "not accepted",
        *([_SIGNATURE_WORDS[document.signature]] if document.signature is not DigitalSignature.NONE else []),
        f"sha256 {document.sha256}",
    ]
    return f"{said(document.name or '(erased)')}: {', '.join(parts)}"


def counted(number: int, thing: str) -> str:
    """How many of a thing, as it is said: `1 page`, `2 pages`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def said(text: str) -> str:
    """A text from outside, on one line, without control characters and marks that turn the direction of writing."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
