"""A PDF's bytes to what it holds, read in a process that cannot harm this one (see `intake.examiner`)."""

import atexit
import os
import socket
import subprocess
import sys
from threading import BoundedSemaphore, Lock

from pydantic import ValidationError, field_validator

from intake.text import clean
from policy.documents import ActiveContent, Trouble
from policy.frozen import Frozen

_ANSWER_LIMIT = 16 * 1024 * 1024
#: A little more than the examiner's own wall limit, for the case that the examiner itself is gone.
_PATIENCE_SECONDS = 30


class PdfReading(Frozen):
    """What the examiner saw. Its answer is checked like any input: a hostile PDF may have taken over its child."""

    pages: int = 0
    texts: tuple[str, ...] = ()
    images: int = 0
    active: tuple[ActiveContent, ...] = ()
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


class _Examiner:
    """The examiner's process: started when first needed, started again if it died, ended with this one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns = BoundedSemaphore(os.cpu_count() or 2)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def ask(self, data: bytes) -> bytes:
        """The examiner's answer; empty where the document killed its child."""
        with self._turns:
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    self._hand_over(theirs)
                ours.settimeout(_PATIENCE_SECONDS)
                return _exchange(ours, data)

    def _hand_over(self, line: socket.socket) -> None:
        with self._lock:
            control = self._control
            if control is None or self._process is None or self._process.poll() is not None:
                control = self._start()
            try:
                socket.send_fds(control, [b"."], [line.fileno()])
            except OSError:  # It died since it was looked at.
                socket.send_fds(self._start(), [b"."], [line.fileno()])

    def _start(self) -> socket.socket:
        self.close()
        control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", "intake.examiner", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._control = control
        return control

    def close(self) -> None:
        """Close the control line, at which the examiner ends."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.wait()
        self._control = self._process = None


def _exchange(line: socket.socket, data: bytes) -> bytes:
    answer = bytearray()
    try:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        while (chunk := line.recv(1 << 20)) and len(answer) <= _ANSWER_LIMIT:
            answer += chunk
    except OSError:
        return b""  # The child died or stalled; the caller names it as the document's fault.
    return bytes(answer)


_examiner = _Examiner()
atexit.register(_examiner.close)


def read_pdf(data: bytes) -> PdfReading:
    """Read a PDF. Blocks for a few milliseconds as a rule, seconds at worst; call it in a thread from asyncio.

    Never raises for what is in the document: a file that does not open, asks for a password or goes beyond the limits
    has `trouble`. At most 200 pages and a million characters are read; `cut_short` says that there is more.
    """
    if not data.startswith(b"%PDF-"):
        return PdfReading(trouble=Trouble.BROKEN)
    try:
        return PdfReading.model_validate_json(_examiner.ask(data))
    except ValidationError:
        return PdfReading(trouble=Trouble.LIMITS)
