"""A PDF's bytes to what it holds, and to pictures of its pages."""

import json

from pydantic import TypeAdapter, ValidationError, field_validator

from intake.pdf.examiner import Allowance, ask
from intake.text import clean
from policy.documents import ActiveContent, Trouble
from policy.findings import DigitalSignature
from policy.frozen import Frozen

_PNG = b"\x89PNG\r\n\x1a\n"
_PDF_END = b"%%EOF"
_ZIP_END, _ZIP_END_SIZE, _ZIP_REMARK_LIMIT = b"PK\x05\x06", 22, 65535
_SIGNATURES = TypeAdapter(tuple[DigitalSignature, ...])
_ROWS = TypeAdapter(tuple[str, ...])
#: Of several signatures the worst speaks for the document.
_WORST_FIRST = (
    DigitalSignature.BROKEN,
    DigitalSignature.CHANGED_AFTER,
    DigitalSignature.UNREADABLE,
    DigitalSignature.INTACT,
    DigitalSignature.NONE,
)


class FormField(Frozen):
    """A field of the PDF's form, by its full name; its value is empty where it is not filled in."""

    name: str
    value: str
    page: int

    @field_validator("name", "value", mode="after")
    @classmethod
    def _cleaned(cls, text: str) -> str:
        return clean(text)


class PdfReading(Frozen):
    """What the examiner saw. Its answer is checked like any input: a hostile PDF may have taken over its child.

    `scanned` are the pages (from 1) of images without text; `languages` ISO 639 codes, that of most text first.
    """

    pages: int = 0
    texts: tuple[str, ...] = ()
    scanned: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    fields: tuple[FormField, ...] = ()
    active: tuple[ActiveContent, ...] = ()
    signature: DigitalSignature = DigitalSignature.NONE
    trouble: Trouble | None = None
    cut_short: bool = False

    @field_validator("active", mode="before")
    @classmethod
    def _by_name(cls, names: list[str]) -> tuple[ActiveContent, ...]:
        return tuple(ActiveContent[name] for name in names if name in ActiveContent.__members__)

    @field_validator("texts", mode="after")
    @classmethod
    def _cleaned(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(clean(text) for text in texts)


def read_pdf(data: bytes, allowance: Allowance | None = None) -> PdfReading:
    """Read a PDF, within what is left of its message's `allowance`. Blocks for a few milliseconds as a rule, seconds at
    worst; call it in a thread from asyncio.

    Never raises for what is in the document: a file that does not open, asks for a password, is another kind of file
    at the same time or goes beyond the limits has `trouble`. At most 200 pages and a million characters are read;
    `cut_short` says that there is more.
    """
    if not data.startswith(b"%PDF-"):
        return PdfReading(trouble=Trouble.BROKEN)
    if _is_more_than_a_pdf(data):
        return PdfReading(trouble=Trouble.POLYGLOT)
    allowance = Allowance.of(len(data)) if allowance is None else allowance
    try:
        answer = json.loads(allowance.ask("contents", data))
        signed = answer.pop("signed", False)
        seen = PdfReading.model_validate(answer)
    except (ValueError, AttributeError):  # ValidationError is a ValueError; AttributeError: JSON, but no object.
        return PdfReading(trouble=Trouble.LIMITS)
    return seen.model_copy(update={"signature": _signature(data, allowance)}) if signed is True else seen


def rows_of(data: bytes, allowance: Allowance) -> tuple[str, ...]:
    """The text of each page row by row, as a person reads it; empty where the document does not give it."""
    try:
        return tuple(clean(page) for page in _ROWS.validate_json(allowance.ask("rows", data)))
    except ValidationError:
        return ()


def picture_of(data: bytes, page: int) -> bytes | None:
    """A picture (PNG, at most 2200 pixels a side) of a page, from 1; None where there is no such page, the document
    does not open, or drawing it goes beyond the limits."""
    answer = ask(f"picture {page}", data)
    return answer if answer.startswith(_PNG) else None


def _signature(data: bytes, allowance: Allowance) -> DigitalSignature:
    """What a document that has signatures is worth by them. No answer, or none of the signatures that its objects show,
    is an answer that nobody should rely on."""
    try:
        found = _SIGNATURES.validate_json(allowance.ask("signatures", data))
    except ValidationError:
        return DigitalSignature.UNREADABLE
    return min(found, key=_WORST_FIRST.index, default=DigitalSignature.UNREADABLE)


def _is_more_than_a_pdf(data: bytes) -> bool:
    """Whether another program could open the file as something else: after the PDF's own end there is more, or what
    ends with it is a ZIP archive, which is found by its end."""
    end = data.rfind(_PDF_END)
    if end != -1 and data[end + len(_PDF_END) :].strip(b"\x00\t\n\x0c\r "):
        return True
    at = data.rfind(_ZIP_END, -_ZIP_END_SIZE - _ZIP_REMARK_LIMIT)
    return at != -1 and int.from_bytes(data[at + 20 : at + 22], "little") == len(data) - at - _ZIP_END_SIZE
