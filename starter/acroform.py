"""The request form as a PDF with fields: named as `policy.facts.FactField`, each with its help and clause."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from policy.facts import clause_of
from policy.form import INTRODUCTION, SECTIONS, TITLE, FormLine

_WIDTH, _HEIGHT = 612, 792
_LEFT, _MIDDLE, _RIGHT = 48, 232, 564
_TOP, _BOTTOM = 744, 48
_BOX, _LONG_BOX = 16, 40
_PRINTED = 4
_MULTILINE, _COMBO = 1 << 12, 1 << 17


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line on the page: the bottom and the height of the box of its field."""

    line: FormLine
    bottom: int
    height: int


class _Page:
    """A page as it is drawn from the top."""

    def __init__(self) -> None:
        self.y = _TOP
        self.drawn: list[bytes] = []
        self.boxes: list[_Placed] = []
        self.write(TITLE, 14, bold=True)
        self.y -= 20

    def write(self, text: str, size: int, *, x: int = _LEFT, bold: bool = False) -> None:
        """Write a line of text with its base at the current height."""
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
        font = b"/HeBo" if bold else b"/Helv"
        self.drawn.append(b"BT %s %d Tf %d %d Td (%s) Tj ET" % (font, size, x, self.y, escaped))

    def ask(self, line: FormLine) -> None:
        """Place a line: its label, the box of its field, and the help below."""
        height = _box(line)
        self.y -= 11
        self.write(line.heading, 9, bold=True)
        bottom = self.y + 12 - height
        self.boxes.append(_Placed(line, bottom, height))
        self.drawn.append(b"0.6 G %d %d %d %d re S" % (_MIDDLE, bottom, _RIGHT - _MIDDLE, height))
        self.y = bottom - 8
        self.write(line.help, 7, x=_MIDDLE)
        self.y -= 9


def request_form() -> bytes:
    """The form, blank. Always the same bytes."""
    pdf = pikepdf.new()
    fonts = Dictionary(Helv=_font(pdf, Name.Helvetica), HeBo=_font(pdf, Name("/Helvetica-Bold")))
    fields: dict[str, Dictionary] = {}
    for drawn in _pages():
        page = pdf.add_blank_page(page_size=(_WIDTH, _HEIGHT))
        page.obj.Resources = Dictionary(Font=fonts)
        page.obj.Contents = pdf.make_stream(b"\n".join(drawn.drawn))
        page.obj.Annots = Array([_add_field(pdf, fields, placed, page.obj) for placed in drawn.boxes])
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([field for name, field in fields.items() if "." not in name]),
        DR=Dictionary(Font=fonts),
        DA=String("/Helv 9 Tf 0 g"),
        NeedAppearances=True,
    )
    pdf.Root.Lang = String("en")
    with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
        about["dc:title"] = TITLE
    target = io.BytesIO()
    pdf.save(target, deterministic_id=True)
    return target.getvalue()


def _box(line: FormLine) -> int:
    return _LONG_BOX if line.several or line.long else _BOX


def _depth(line: FormLine) -> int:
    """How far down a line reaches, with its help."""
    return _box(line) + 7


def _pages() -> Iterator[_Page]:
    page = _Page()
    for sentence in INTRODUCTION:
        page.write(sentence, 9)
        page.y -= 12
    for section in SECTIONS:
        if page.y - 22 - _depth(section.lines[0]) < _BOTTOM:
            yield page
            page = _Page()
        page.y -= 14
        page.write(section.title, 11, bold=True)
        page.y -= 8
        for line in section.lines:
            if page.y - _depth(line) < _BOTTOM:
                yield page
                page = _Page()
            page.ask(line)
    yield page


def _add_field(pdf: pikepdf.Pdf, fields: dict[str, Dictionary], placed: _Placed, page: pikepdf.Object) -> Dictionary:
    """A field and its box in one. A dot in its name stands for a field above it, as PDF has it."""
    line = placed.line
    above, _, own = line.field.value.rpartition(".")
    made = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Ch if line.choices else Name.Tx,
        T=String(own),
        TU=String(f"{line.label}. {line.help} ({clause_of(line.field).value})"),
        Ff=_COMBO if line.choices else _MULTILINE if placed.height == _LONG_BOX else 0,
        F=_PRINTED,
        DA=String("/Helv 9 Tf 0 g"),
        P=page,
        Rect=[_MIDDLE, placed.bottom, _RIGHT, placed.bottom + placed.height],
    )
    if line.choices:
        made.Opt = Array([Array([String(choice), String(choice.replace("_", " "))]) for choice in line.choices])
    field = pdf.make_indirect(made)
    fields[line.field.value] = field
    if above:
        parent = fields.setdefault(above, pdf.make_indirect(Dictionary(T=String(above), Kids=Array())))
        field.Parent = parent
        parent.Kids.append(field)
    return field


def _font(pdf: pikepdf.Pdf, name: Name) -> pikepdf.Object:
    return pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=name, Encoding=Name.WinAnsiEncoding)
    )
