"""A page's text as a person reads it: row by row, left to right.

A PDF keeps text in the order in which it was drawn. When a filled-in form is printed to PDF, its values are drawn
after all of its labels, and only their places on the page say which belongs to which.
"""

from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped] # it ships no type information

from intake.pdf.opening import Opened

_PAGE_LIMIT = 20
_CHARACTER_LIMIT = 20_000
#: Points by which letters of one row may stand higher or lower than its first.
_TILT = 4.0
#: Points between two letters that make a space, and those that part two columns, which makes two.
_GAP = 1.2
_COLUMN = 10.0

_Letter = tuple[float, float, float, str]  # left, right, middle, and the letter


def rows(opened: Opened) -> list[str]:
    """The text of each page in rows. What is beyond the limits is left out; a document that does not open has none."""
    try:
        document = opened.pdfium()
        return [_in_rows(document[number].get_textpage()) for number in range(min(len(document), _PAGE_LIMIT))]
    except pypdfium2.PdfiumError:
        return []


def _in_rows(page: pypdfium2.PdfTextPage) -> str:
    lines: list[list[_Letter]] = []
    for letter in sorted(_letters(page), key=lambda letter: -letter[2]):
        if not lines or abs(lines[-1][0][2] - letter[2]) > _TILT:
            lines.append([])
        lines[-1].append(letter)
    return "\n".join(_line(sorted(line)) for line in lines)


def _letters(page: pypdfium2.PdfTextPage) -> Iterator[_Letter]:
    for index in range(min(page.count_chars(), _CHARACTER_LIMIT)):
        letter = page.get_text_range(index, 1)
        if letter.strip():
            left, bottom, right, top = page.get_charbox(index, loose=True)
            yield left, right, (bottom + top) / 2, letter


def _line(letters: list[_Letter]) -> str:
    words: list[str] = []
    end = letters[0][0]
    for left, right, _, letter in letters:
        gap = left - end
        words.append(f"  {letter}" if gap > _COLUMN else f" {letter}" if gap > _GAP else letter)
        end = right
    return "".join(words)
