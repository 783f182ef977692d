"""The process that opens PDFs: a small server that forks one limited child for each question about a document.

It is started by `intake.pdf.examiner` with an almost empty environment and a socket as its only way out. A PDF that
crashes, stalls or bloats its child harms nothing else; a fork costs milliseconds where a new interpreter costs a third
of a second. A question is the seconds of processor that its answer may take, and `contents`, `signatures`, `rows` or
`picture PAGE`; the document comes as a file without a name, so that nobody holds it twice. After the answer stand the
seconds that it took.
"""

import contextlib
import ctypes
import gc
import importlib
import io
import json
import math
import os
import resource
import signal
import socket
import struct
import sys
import time
from pathlib import Path

import pikepdf
from pikepdf import Name

from intake.pdf.contents import contents
from intake.pdf.opening import Opened, in_memory
from intake.pdf.picture import picture
from intake.pdf.rows import rows
from intake.pdf.signatures import signatures

#: Memory that a child may take for a document, itself included, beyond what it has from this process: with the
#: process that holds a large mail it must stay below 300 MB. Who asks for a picture holds no mail.
MEMORY_ROOM = 88 * 1024 * 1024
PICTURE_ROOM = 200 * 1024 * 1024
#: Wall time, for a machine so busy that the CPU limit is long in coming.
WALL_SECONDS = 20
DOCUMENT_LIMIT = 64 * 1024 * 1024

#: What the check of a signature loads beyond what an unsigned page makes it load.
_LOADED_LATE = (
    "cryptography.hazmat.backends.openssl.backend",
    "gzip",
    "lxml.etree",
    "pyhanko.pdf_utils.crypt.pdfmac",
    "pyhanko.pdf_utils.filters",
    "pyhanko.pdf_utils.metadata.xmp_xml",
)
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def answer(question: str, opened: Opened) -> bytes:
    """The answer to one question about a document: JSON, or for a picture, a PNG."""
    match question.split():
        case ["contents"]:
            return json.dumps(contents(opened)).encode()
        case ["signatures"]:
            return json.dumps(signatures(opened)).encode()
        case ["rows"]:
            return json.dumps(rows(opened)).encode()
        case ["picture", page]:
            return picture(opened, int(page))
        case _:
            raise ValueError(f"{question} is no question")


def _rehearse() -> None:
    """Answer every question once, about an encrypted page of our own: what the libraries open when they are first used,
    models, codecs and the source of random numbers, they open now, since no child can open a file."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    page.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(F=pikepdf.Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    )
    page.Contents = pikepdf.Stream(pdf, b"BT /F 9 Tf (" + b"this page is in plain English " * 20 + b") Tj ET")
    target = io.BytesIO()
    pdf.save(target, encryption=pikepdf.Encryption(owner="rehearsal", user=""))
    for question in ("contents", "signatures", "rows", "picture 1"):
        answer(question, Opened(in_memory(target.getvalue())))
    for module in _LOADED_LATE:
        importlib.import_module(module)


def _leave_the_net() -> None:
    """Move into a network of our own that has no interfaces, where the kernel allows it to anyone.

    Where it does not (many containers), `_limit` alone keeps a child off the net: it can open no socket.
    """
    with contextlib.suppress(OSError, AttributeError):  # AttributeError: not Linux.
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _limit(room: int, seconds: float) -> None:
    """Limit this process for good, its memory to so many bytes more than it has. The limits of memory and time kill it,
    even inside a library.

    With no descriptor left to open it reaches neither a file nor the net, whatever a document makes it do.
    """
    memory = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + room
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    whole = math.ceil(seconds) + 1  # Who took this process over could stop the timer, and not the limit.
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)


def _serve_one(line: socket.socket, document: int) -> None:
    """Read a question from the line until its end, and write back the answer."""
    with line.makefile("r") as asked:
        seconds, _, question = asked.read().partition(" ")
    opened = Opened(document)
    if len(opened) > DOCUMENT_LIMIT:
        return
    _limit((PICTURE_ROOM if question.startswith("picture") else MEMORY_ROOM) - len(opened), float(seconds))
    line.sendall(answer(question, opened))
    line.sendall(struct.pack("<d", time.process_time()))


def serve(control: socket.socket) -> None:
    """Fork a child for every socket and document that come down the control line, until that line closes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The kernel reaps the children.
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not descriptors:
            return
        if os.fork() == 0:
            control.close()
            try:
                line, document = descriptors
                _serve_one(socket.socket(fileno=line), document)
            finally:
                os._exit(0)  # Whatever happened, the missing answer tells it.
        for descriptor in descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    _rehearse()
    _leave_the_net()
    gc.collect()
    gc.freeze()  # A collection in a child would write to, and so copy, all that it shares with this process.
    serve(socket.socket(fileno=int(sys.argv[1])))
