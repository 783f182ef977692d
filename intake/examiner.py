"""The process that opens PDFs: a small server that forks one limited child for each document.

It is started by `intake.pdf` with an almost empty environment and a socket as its only way out. A PDF that crashes,
stalls or bloats its child harms nothing else; a fork costs milliseconds where a new interpreter costs a third of a
second.
"""

import io
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator

import pikepdf
import pypdfium2  # type: ignore[import-untyped] # it ships no type information

MEMORY_LIMIT = 512 * 1024 * 1024
CPU_SECONDS = 3
#: Wall time, for a machine so busy that the CPU limit is long in coming.
WALL_SECONDS = 20
DOCUMENT_LIMIT = 64 * 1024 * 1024
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


def examine(data: bytes) -> dict[str, object]:
    """What is in a PDF: pages, the text of each page read, images on pages without text, active content, trouble."""
    try:
        document = pypdfium2.PdfDocument(data)
        texts, images, cut_short = _read_pages(document)
        active = sorted(_active(data))
    except (pypdfium2.PdfiumError, pikepdf.PdfError) as error:
        locked = isinstance(error, pikepdf.PasswordError) or "password" in str(error).lower()
        return {"trouble": "password" if locked else "broken"}
    return {"pages": len(document), "texts": texts, "images": images, "active": active, "cut_short": cut_short}


def _read_pages(document: pypdfium2.PdfDocument) -> tuple[list[str], int, bool]:
    """The text of each page, the images on pages without text, and whether some text was left unread."""
    cut_short = len(document) > PAGE_LIMIT
    texts: list[str] = []
    images = 0
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
        if not text.strip():
            images += sum(1 for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
        reader.close()
        page.close()
    return texts, images, cut_short


def _active(data: bytes) -> set[str]:
    """The kinds of active content, found by looking at every object; compressed object streams hide nothing."""
    found: set[str] = set()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for thing in pdf.objects:
            for name, value in _entries(thing):
                if name in _KEYS:
                    found.add(_KEYS[name])
                elif name in ("/S", "/Subtype", "/Type") and isinstance(value, pikepdf.Name):
                    word = str(value)
                    if name == "/S" and word in _ACTIONS:
                        found.add(_ACTIONS[word])
                    elif name == "/Subtype" and word in _SUBTYPES:
                        found.add(_SUBTYPES[word])
                    elif name == "/Type" and word == "/EmbeddedFile":
                        found.add("EMBEDDED_FILE")
    return found


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


def _limit() -> None:
    """Limit this process for good. Each limit's signal kills it, even inside a library."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)


def _answer(line: socket.socket) -> None:
    """Read one document from the line until its end, and write back what it holds as JSON."""
    _limit()
    data = bytearray()
    while chunk := line.recv(1 << 20):
        data += chunk
        if len(data) > DOCUMENT_LIMIT:
            return
    line.sendall(json.dumps(examine(bytes(data))).encode())


def serve(control: socket.socket) -> None:
    """Fork a child for every socket that comes down the control line, until that line closes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The kernel reaps the children.
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            return
        if os.fork() == 0:
            control.close()
            try:
                _answer(socket.socket(fileno=descriptors[0]))
            finally:
                os._exit(0)  # Whatever happened, the missing answer tells it.
        os.close(descriptors[0])


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
