"""What a PDF holds: pages and their text, form fields, what acts on its own, and whether anything is signed in it."""

from collections.abc import Iterator

import pikepdf
import pypdfium2  # type: ignore[import-untyped] # it ships no type information

from intake.pdf.fields import form_fields
from intake.pdf.languages import language_of
from intake.pdf.opening import Opened

PAGE_LIMIT = 200
CHARACTER_LIMIT = 1_000_000

_ACTIONS = {
    "/JavaScript": "JAVASCRIPT",
    "/Launch": "LAUNCH",
    "/GoToR": "REMOTE",
    "/GoToE": "REMOTE",
    "/ImportData": "REMOTE",
    "/SubmitForm": "REMOTE",
    "/Rendition": "MEDIA",
    "/RichMediaExecute": "MEDIA",
}
_KEYS = {
    "/JS": "JAVASCRIPT",
    "/JavaScript": "JAVASCRIPT",
    "/EF": "EMBEDDED_FILE",
    "/EmbeddedFiles": "EMBEDDED_FILE",
    "/XFA": "XFA",
    "/RichMediaContent": "MEDIA",
}
_SUBTYPES = {"/RichMedia": "MEDIA", "/Movie": "MEDIA", "/Sound": "MEDIA", "/Screen": "MEDIA", "/3D": "MEDIA"}


def contents(opened: Opened) -> dict[str, object]:
    """What is in a PDF, or `trouble` where it does not open.

    `texts` has one entry for each page read, `scanned` the pages (from 1) of images without text, `languages` those of
    the pages, most frequent first.
    """
    try:
        document = opened.pdfium()
        texts, scanned, cut_short = _read_pages(document)
        with pikepdf.open(opened.file, access_mode=pikepdf.AccessMode.stream) as pdf:
            active, signed = _walk(pdf)
            fields, fields_cut = form_fields(pdf)
    except (pypdfium2.PdfiumError, pikepdf.PdfError) as error:
        locked = isinstance(error, pikepdf.PasswordError) or "password" in str(error).lower()
        return {"trouble": "password" if locked else "broken"}
    return {
        "pages": len(document),
        "texts": texts,
        "scanned": scanned,
        "languages": _languages(texts),
        "fields": fields,
        "active": sorted(active),
        "signed": signed,
        "cut_short": cut_short or fields_cut,
    }


def _read_pages(document: pypdfium2.PdfDocument) -> tuple[list[str], list[int], bool]:
    """The text of each page, the pages that are images without text, and whether some text was left unread."""
    cut_short = len(document) > PAGE_LIMIT
    texts: list[str] = []
    scanned: list[int] = []
    left = CHARACTER_LIMIT
    for number in range(min(len(document), PAGE_LIMIT)):
        page = document[number]
        reader = page.get_textpage()
        held = reader.count_chars()
        count = min(held, left)
        cut_short = cut_short or count < held
        text = reader.get_text_range(0, count) if count else ""
        left -= count
        texts.append(text)
        if not text.strip() and any(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
            scanned.append(number + 1)
        reader.close()
        page.close()
    return texts, scanned, cut_short


def _languages(texts: list[str]) -> list[str]:
    """The languages of the pages that have enough text to tell, the one with most text first."""
    letters: dict[str, int] = {}
    for text in texts:
        if (language := language_of(text)) is not None:
            letters[language] = letters.get(language, 0) + len(text)
    return sorted(letters, key=lambda language: -letters[language])


def _walk(pdf: pikepdf.Pdf) -> tuple[set[str], bool]:
    """The kinds of active content, and whether anything is signed: found by looking at every object, since compressed
    object streams hide them from a look at the bytes."""
    found: set[str] = set()
    signed = False
    for thing in pdf.objects:
        for name, value in _entries(thing):
            if name in _KEYS:
                found.add(_KEYS[name])
            elif name == "/ByteRange":
                signed = True
            elif name in ("/S", "/Subtype", "/Type") and isinstance(value, pikepdf.Name):
                word = value.unparse().decode("latin-1")  # Not `str`: a name can be in any encoding.
                if name == "/S" and word in _ACTIONS:
                    found.add(_ACTIONS[word])
                elif name == "/Subtype" and word in _SUBTYPES:
                    found.add(_SUBTYPES[word])
                elif name == "/Type" and word == "/EmbeddedFile":
                    found.add("EMBEDDED_FILE")
                elif name == "/Type" and word == "/Sig":
                    signed = True
    return found, signed


def _entries(thing: pikepdf.Object) -> Iterator[tuple[str, object]]:
    """Every name and value in an object and in the objects written directly inside it."""
    waiting: list[object] = [thing]
    while waiting:
        current = waiting.pop()
        if isinstance(current, (pikepdf.Dictionary, pikepdf.Stream)):
            for name, value in current.items():
                yield name, value
                if isinstance(value, pikepdf.Object) and not value.is_indirect:
                    waiting.append(value)
        elif isinstance(current, pikepdf.Array):
            waiting.extend(v for v in current if isinstance(v, pikepdf.Object) and not v.is_indirect)
