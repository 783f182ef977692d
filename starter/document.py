"""`dueprocess document REF [NUMBER]`: a document of a case as it came, or one of its pages as a picture (S2)."""

import asyncio
from pathlib import Path

import typer

from activities.ports import ObjectStore
from intake.attachments import image_suffix
from intake.pdf.reading import picture_of
from policy.findings import Document, DocumentKind
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.lines import counted, document_words
from starter.writing import write_new


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command(name="document")
    def verb(
        ref: str = typer.Argument(help="The case, such as DP-2026-000123."),
        number: int = typer.Argument(1, help="Which of its documents, as `show` numbers them."),
        page: int = typer.Option(None, help="A page, from 1: written as a picture (PNG), safe to look at."),
        output: Path = typer.Option(None, help="Where to; never over a file that exists."),
    ) -> None:
        """Write a document of a case as it came, or draw one page of it in the examiner's closed process."""
        run(lambda settings: write_document(settings, ref.upper(), number, page, output))


async def write_document(settings: Settings, ref: str, number: int, page: int | None, output: Path | None) -> Exit:
    """Write the document or the picture, and say what it is."""
    async with open_services(settings) as services:
        documents = (await services.casebook.case(ref)).documents
        if not 1 <= number <= len(documents):
            raise Trouble(f"{ref} has {counted(len(documents), 'document')}: there is no number {number}", Exit.MISUSED)
        document = documents[number - 1]
        octets, suffix = await _as_asked(services.store, document, page)
    path = output or Path(f"{ref}-{number}{suffix}")
    write_new(path, octets)
    out.print(f"{path}: {document_words(document)}", markup=False)
    for reason in document.reasons:
        out.print(f"  {reason.clause.value} {reason.detail}", markup=False)
    return Exit.DONE


async def _as_asked(store: ObjectStore, document: Document, page: int | None) -> tuple[bytes, str]:
    """The original or the picture, and the end of its file name: from what it is, not from what its sender calls it."""
    octets = await store.get(document.sha256)
    if page is None:
        return octets, _suffix(document.kind, octets)
    if document.kind in (DocumentKind.IMAGE, DocumentKind.OTHER):
        raise Trouble("Only pages of a PDF are drawn; without --page the document is written as it came", Exit.MISUSED)
    if document.pages and not 1 <= page <= document.pages:
        raise Trouble(f"It has {counted(document.pages, 'page')}: there is no page {page}", Exit.MISUSED)
    picture = await asyncio.to_thread(picture_of, octets, page)
    if picture is None:
        raise Trouble(
            f"Page {page} cannot be drawn: the document does not open, or it takes too much time or memory. "
            "Without --page it is written as it came: open it only where it can do no harm."
        )
    return picture, f"-page-{page}.png"


def _suffix(kind: DocumentKind, octets: bytes) -> str:
    match kind:
        case DocumentKind.PDF | DocumentKind.FORM | DocumentKind.CERTIFICATE:
            return ".pdf"
        case DocumentKind.IMAGE:
            return image_suffix(octets)
        case DocumentKind.OTHER:
            return ".bin"
