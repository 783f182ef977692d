"""HTML to the text that its reader sees: one block a line, a table's row on one line, quotations marked."""

import html
import re
from dataclasses import dataclass, field

from intake.text import clean

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})\b([^<>]*)>")
_UNREAD = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKS = _HEADINGS | {"br", "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "hr", "section", "blockquote", "pre"}
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source"})
_HIDDEN = re.compile(r"\bhidden\b|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.I)
_QUOTATION = re.compile(r"\btype\s*=\s*[\"']?cite\b|\bclass\s*=\s*[\"'][^\"']*quote", re.I)

#: Beyond this depth tables and quotations are read as plain blocks.
_DEPTH_LIMIT = 30
#: A longer cell is no cell of a table of values but a part of the page's layout.
_CELL_LENGTH = 300


@dataclass(slots=True)
class _Frame:
    """A table or a quotation that is being read: what it has said so far, and the cells of the row it is in."""

    table: bool
    said: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)

    def end_row(self) -> None:
        """Put the row on one line where its cells are short, else cell below cell."""
        texts = ["".join(cell) for cell in self.cells]
        values = [" ".join(text.split()) for text in texts]
        filled = sum(1 for value in values if value)
        if filled > 1 and all(len(value) <= _CELL_LENGTH for value in values):
            texts = [" | ".join(values)]
        self.said += [f"\n{text}" for text in texts]
        self.cells = []


class _Page:
    """The words of a page, as they are met."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._frames: list[_Frame] = []

    def say(self, text: str) -> None:
        """Add words to the innermost cell, quotation or page."""
        frame = self._frames[-1] if self._frames else None
        into = self._words if frame is None else frame.cells[-1] if frame.cells else frame.said
        into.append(text)

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        """Follow a tag. Whatever is left open is closed by what follows it."""
        match name:
            case "table":
                self._end(table=True) if closing else self._begin(table=True)
            case "blockquote" if closing or _QUOTATION.search(attributes):
                self._end(table=False) if closing else self._begin(table=False)
            case "tr":
                if self._frames and self._frames[-1].table:
                    self._frames[-1].end_row()
            case "td" | "th":
                if not closing and self._frames and self._frames[-1].table:
                    self._frames[-1].cells.append([])
                else:
                    self.say(" ")
            case _ if name in _BREAKS:
                self.say("\n")

    def text(self) -> str:
        """Everything that was said, with what was left open closed."""
        while self._frames:
            self._close()
        return "".join(self._words)

    def _begin(self, *, table: bool) -> None:
        self.say("\n")
        if len(self._frames) < _DEPTH_LIMIT:
            self._frames.append(_Frame(table))

    def _end(self, *, table: bool) -> None:
        if any(frame.table is table for frame in self._frames):
            while self._frames[-1].table is not table:
                self._close()
            self._close()
        self.say("\n")

    def _close(self) -> None:
        frame = self._frames.pop()
        frame.end_row()
        said = "".join(frame.said)
        self.say(f"{said}\n" if frame.table else "\n" + "\n".join(f"> {line}" for line in said.split("\n")) + "\n")


def text_of_html(source: str) -> str:
    """The text a reader of the HTML would see, one block a line. Comments, scripts and hidden elements are left out.

    The cells of a table's row are separated by ` | `, and lines of a quotation begin with `> `.
    """
    source = _without_comments(source)
    page = _Page()
    skipped: list[str] = []
    at = 0
    for tag in _TAG.finditer(source):
        if not skipped:
            page.say(source[at : tag.start()].replace("\n", " "))
        at = tag.end()
        closing, name = bool(tag[1]), tag[2].lower()
        if skipped:
            _follow(skipped, name, closing)
        elif not closing and name not in _VOID and (name in _UNREAD or _HIDDEN.search(tag[3])):
            skipped.append(name)
        else:
            page.tag(name, tag[3], closing=closing)
    if not skipped:
        page.say(source[at:])
    return clean("\n".join(" ".join(html.unescape(line).split()) for line in page.text().split("\n")))


def _follow(skipped: list[str], name: str, closing: bool) -> None:
    """Keep count of the elements of the same name inside a skipped one, until it ends."""
    if name == skipped[-1]:
        if closing:
            skipped.pop()
        else:
            skipped.append(name)


def _without_comments(source: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := source.find("<!--", at)) != -1:
        kept.append(source[at:start])
        end = source.find("-->", start + 4)
        if end == -1:
            return "".join(kept)
        at = end + 3
    return "".join([*kept, source[at:]])
