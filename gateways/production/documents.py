"""What people read as .docx: a summary of the production, and its chat messages."""

import functools
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC

import docx
from docx.document import Document
from docx.shared import Inches, Pt, RGBColor

from activities.ports import PackageRequest
from gateways.production.archive import write_zip
from gateways.production.contents import Contents
from gateways.production.wording import (
    LIMITS,
    NOT_STATED,
    basis_name,
    class_name,
    identifier_name,
    instant,
    period,
    table_name,
    xml_safe,
)
from policy.profile import ProviderProfile
from policy.records import Account, Record, class_of

_FONT = "Times New Roman"
_DEFAULTS = ("Normal", "Default Paragraph Font", "Normal Table", "No List")
_STYLES = frozenset(
    {
        *_DEFAULTS,
        "Title",
        "Title Char",
        "Heading 1",
        "Heading 1 Char",
        "List Number",
        "Table Grid",
        "Footer",
        "Footer Char",
    }
)


def summary(request: PackageRequest, contents: Contents, profile: ProviderProfile) -> bytes:
    """What was asked, what was approved, what was found, and what the provider does not vouch for (D5, PR1)."""
    document = _document(f"Production of records {request.ref}", request, profile)
    scope = request.scope
    _facts(
        document,
        (
            ("Provider", "\n".join((profile.name, *profile.address))),
            ("Provider's reference", request.ref),
            ("Requesting agency", request.agency_name),
            ("Requesting officer", request.officer_name),
            ("Agency's case number", request.case_number or NOT_STATED),
            ("Legal process", basis_name(scope)),
            ("Classes of records", "\n".join(map(class_name, scope.classes))),
            ("Period", period(scope)),
            ("Named in the request", "\n".join(map(identifier_name, scope.identifiers))),
            ("Approved by", ", ".join(request.approved_by)),
            ("Records copied", instant(request.snapshot.taken_at)),
            ("Production made", instant(request.made_at)),
        ),
    )
    document.add_heading("What was found", level=1)
    if not request.records:
        document.add_paragraph("There are no responsive records within the approved scope.")
    _table(
        document,
        ("Class", "Records", "Number produced"),
        [
            (class_name(class_of(table)), table_name(table), str(count) if count else "No responsive records")
            for table, count in contents.counts.items()
        ],
        widths=(3.1, 1.4, 2.0),
    )
    if contents.accounts:
        document.add_heading("Accounts", level=1)
        _table(
            document,
            ("Account number", "Email"),
            [(account.number, account.email) for account in contents.accounts.values()],
            widths=(2.0, 4.5),
        )
    document.add_heading("Limits", level=1)
    for limit in LIMITS:
        document.add_paragraph(limit, style="List Number")
    document.add_heading("Files", level=1)
    document.add_paragraph(
        "README.txt says how to read and verify the files. Their hashes are in the certificate of authenticity."
    )
    return _bytes(document, request)


def chat(
    request: PackageRequest, records: Sequence[Record], accounts: Mapping[int, Account], profile: ProviderProfile
) -> bytes:
    """The messages, for reading. The .csv beside it has them character for character."""
    document = _document(f"Chat messages {request.ref}", request, profile)
    document.add_paragraph(
        "For reading. A character that a document cannot hold is shown as \ufffd; chat.csv has every message as stored."
    )
    for n in dict.fromkeys(record.account for record in records):
        document.add_heading(xml_safe(f"Account {accounts[n].number}, {accounts[n].email}"), level=1)
        for record in (record for record in records if record.account == n):
            around = ", ".join(f"{name} {value}" for name, value in record.values.items() if name != "text")
            head = document.add_paragraph()
            head.paragraph_format.keep_with_next = True
            head.paragraph_format.space_after = Pt(0)
            when = instant(record.at) if record.at else "Undated"
            head.add_run(xml_safe(f"{when}, {around}")).bold = True
            document.add_paragraph(xml_safe(record.values.get("text", "")))
    return _bytes(document, request)


def _document(title: str, request: PackageRequest, profile: ProviderProfile) -> Document:
    document = docx.Document(io.BytesIO(_blank()))
    properties = document.core_properties
    made = request.made_at.astimezone(UTC).replace(tzinfo=None)
    properties.author = properties.last_modified_by = xml_safe(profile.name)[:255]
    properties.title, properties.comments = title, ""
    properties.created = properties.modified = made
    footer = document.sections[0].footer.paragraphs[0]
    footer.text = xml_safe(f"{profile.name}, production {request.ref}")
    document.add_heading(title, level=0)
    return document


@functools.cache
def _blank() -> bytes:
    """An empty document in our type and margins, made once. Of the library's 160 styles, through which every paragraph
    would search for its own, it keeps those that we use and those that these name."""
    document = docx.Document()
    for name, size in (("Normal", 10.5), ("Title", 18), ("Heading 1", 13)):
        _plain(document, name, Pt(size))
    for style in list(document.styles):
        if style.name not in _STYLES:
            style.delete()
    section = document.sections[0]
    section.left_margin = section.right_margin = Inches(1)
    blank = io.BytesIO()
    document.save(blank)
    return blank.getvalue()


def _plain(document: Document, style: str, size: Pt) -> None:
    font = document.styles[style].font
    font.name, font.size, font.color.rgb = _FONT, size, RGBColor(0, 0, 0)
    fonts = font.element.rPr.rFonts
    for theme in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[theme]  # The template's theme would win over the name.


def _facts(document: Document, rows: Iterable[tuple[str, str]]) -> None:
    _table(document, None, rows, widths=(1.8, 4.7))


def _table(
    document: Document,
    header: Sequence[str] | None,
    rows: Iterable[Sequence[str]],
    widths: Sequence[float],
) -> None:
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    for place, row in enumerate([header, *rows] if header else rows):
        cells = table.add_row().cells
        for column, text in enumerate(row):
            cells[column].width = Inches(widths[column])
            run = cells[column].paragraphs[0].add_run(xml_safe(text))
            if (place == 0) if header else (column == 0):
                run.bold = True
    document.add_paragraph()


def _bytes(document: Document, request: PackageRequest) -> bytes:
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)
    # The library dates the parts by the wall clock.
    with zipfile.ZipFile(written) as parts:
        write_zip(fixed, [(name, parts.read(name)) for name in parts.namelist()], request.made_at)
    return fixed.getvalue()
