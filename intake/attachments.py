"""The files that came with a message: what each is, and the words of those that can be legal process (S2)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from intake.certificates import is_certificate, is_certificate_page
from intake.form import Entry, entries_in_fields, entries_in_rows, has_fields, is_form
from intake.pdf.examiner import Allowance
from intake.pdf.reading import PdfReading, read_pdf, rows_of
from intake.tables import has_columns, in_columns
from intake.text import Room
from policy.documents import Examination, Trouble, judge_document, says_something
from policy.facts import Source, SourceKind
from policy.findings import Document, DocumentKind, Reason
from policy.vocabulary import Clause

#: PDFs of one message that are opened.
_MOST_PDFS = 20
#: PDFs of one message that may use up their limits of time and memory before the others are left unopened.
_MOST_EXHAUSTING = 2
#: Characters and lines of all documents of one message that are read: two hundred full pages.
_MOST_LETTERS = 600_000
_MOST_LINES = 12_000

#: Bytes of a message and a PDF in it together, beyond which the PDF is not opened: each is held, and the PDF twice.
_MOST_BYTES = 100 * 1024 * 1024

#: How images begin, and how their file names end.
_IMAGES = {
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"II*\x00": ".tiff",
    b"MM\x00*": ".tiff",
    b"BM": ".bmp",
    b"\x00\x00\x01\x00": ".ico",
}
#: The same of images that begin with their length.
_LATER = {b"WEBP": ".webp", b"heic": ".heic", b"avif": ".avif"}


@dataclass(slots=True)
class Attachments:
    """What is attached, as it is found: each distinct file once. `pages` are the words that count, and where they
    stand; `certificates` the pages that we are to complete (PR3); `entries` what is filled in in our own form; `octets`
    the files themselves by SHA-256. `size` is that of the message in bytes, with what was decoded from it."""

    size: int
    octets: dict[str, bytes] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    pages: list[tuple[Source, str]] = field(default_factory=list)
    certificates: list[tuple[Source, str]] = field(default_factory=list)
    entries: list[tuple[Source, Entry]] = field(default_factory=list)
    remarks: list[Reason] = field(default_factory=list)
    _room: Room = field(default_factory=lambda: Room(letters=_MOST_LETTERS, lines=_MOST_LINES))
    _allowance: Allowance = field(init=False)
    _opened: int = 0
    _exhausting: int = 0

    def __post_init__(self) -> None:
        self._allowance = Allowance.of(self.size)

    def add(self, octets: bytes, name: str) -> None:
        """Examine a file and keep it. Blocks while a PDF is read in another process."""
        sha256 = hashlib.sha256(octets).hexdigest()
        if sha256 in self.octets:
            return
        self.octets[sha256] = octets
        kind = kind_of(octets)
        if kind is not DocumentKind.PDF:
            self.documents.append(judge_document(Examination(sha256=sha256, name=name, kind=kind)))
            return
        seen = self._open(octets)
        examination = Examination(
            sha256=sha256,
            name=name,
            kind=DocumentKind.FORM if is_form(seen) else kind,
            pages=seen.pages,
            characters=sum(len(text.strip()) for text in seen.texts),
            scanned=len(seen.scanned),
            languages=seen.languages,
            signature=seen.signature,
            active=seen.active,
            trouble=seen.trouble,
        )
        document = judge_document(examination)
        if document.accepted and is_certificate(seen.texts):
            examination = examination.model_copy(update={"kind": DocumentKind.CERTIFICATE})
            document = judge_document(examination)
        self.documents.append(document)
        texts = [self._room.take(text) for text in seen.texts]
        if seen.cut_short or texts != list(seen.texts):
            self._cut_short(name)
        if not says_something(examination):
            return
        if document.kind is DocumentKind.FORM:
            entries = entries_in_fields(seen.fields) if has_fields(seen) else self._entries_in_rows(octets, name)
            filled = [replace(entry, text=self._room.take(entry.text)) for entry in entries]
            if filled != list(entries):
                self._cut_short(name)
            self.entries.extend(
                (Source(kind=SourceKind.PDF, document=sha256, page=entry.page), entry) for entry in filled
            )
        else:
            if seen.scanned:
                self._remark(f"{name} has pages that are images without text: a person must read {_list(seen.scanned)}")
            self._add_pages(document, self._in_columns(texts, octets, name))

    def _add_pages(self, document: Document, texts: Sequence[str]) -> None:
        """The words of each page: of a legal document, or of a certificate, which may also be a page of the former."""
        for number, text in enumerate(texts, 1):
            source = Source(kind=SourceKind.PDF, document=document.sha256, page=number)
            if document.kind is DocumentKind.CERTIFICATE:
                self.certificates.append((source, text))
            elif is_certificate_page(text):
                self.certificates.append((source, text))
                detail = f"page {number} of {document.name} is a certificate for the custodian of records to complete"
                self.remarks.append(Reason(clause=Clause.PR3, detail=detail))
            else:
                self.pages.append((source, text))

    def _open(self, octets: bytes) -> PdfReading:
        spent = self._allowance.is_spent or not (self._room.letters and self._room.lines)
        if spent or self._opened == _MOST_PDFS or self._exhausting == _MOST_EXHAUSTING:
            return PdfReading(trouble=Trouble.TOO_MANY)
        by_itself = self.size == len(octets)  # Then there is no message around it that is held as well.
        if not by_itself and self.size + len(octets) > _MOST_BYTES:
            return PdfReading(trouble=Trouble.LIMITS)
        self._opened += 1
        seen = read_pdf(octets, self._allowance)
        self._exhausting += seen.trouble is Trouble.LIMITS
        return seen

    def _entries_in_rows(self, octets: bytes, name: str) -> Sequence[Entry]:
        rows = rows_of(octets, self._allowance)
        if not rows:
            self._remark(f"what is filled in in {name} could not be read: a person must read it")
        return entries_in_rows(rows)

    def _in_columns(self, texts: Sequence[str], octets: bytes, name: str) -> Sequence[str]:
        """The pages, with the columns of their tables apart where it looks as if there were any."""
        if not any(has_columns(text) for text in texts):
            return texts
        rows = rows_of(octets, self._allowance)
        if not rows:
            self._remark(f"{name} has tables that could not be read by their columns: a person must read them")
        return [in_columns(text, row) for text, row in zip_longest(texts, rows[: len(texts)], fillvalue="")]

    def _cut_short(self, name: str) -> None:
        self._remark(f"{name} is too long to be read whole: a person must read the rest")

    def _remark(self, sentence: str) -> None:
        self.remarks.append(Reason(clause=Clause.S2, detail=sentence))


def kind_of(octets: bytes) -> DocumentKind:
    """What a file is, by its first bytes (S2). `%PDF-` further in is some other file with a PDF inside it."""
    if octets.startswith(b"%PDF-"):
        return DocumentKind.PDF
    return DocumentKind.IMAGE if image_suffix(octets) else DocumentKind.OTHER


def image_suffix(octets: bytes) -> str:
    """How the file name of an image ends, by its first bytes; empty where they are not those of an image."""
    begins = next((suffix for start, suffix in _IMAGES.items() if octets.startswith(start)), "")
    in_container = octets.startswith(b"RIFF") or octets[4:8] == b"ftyp"
    return begins or (_LATER.get(octets[8:12], "") if in_container else "")


def _list(pages: tuple[int, ...]) -> str:
    if len(pages) == 1:
        return f"page {pages[0]}"
    return f"{len(pages)} pages, the first of them page {pages[0]}"
