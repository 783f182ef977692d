"""This process's end of the examiner: it starts the other process, hands it documents, and takes its answers."""

import atexit
import os
import socket
import subprocess
import sys
from threading import BoundedSemaphore, Lock

from intake.pdf.opening import in_memory

_ANSWER_LIMIT = 16 * 1024 * 1024
#: A little more than the examiner's own wall limit, for the case that the examiner itself is gone.
_PATIENCE_SECONDS = 30


class _Examiner:
    """The examiner's process: started when first needed, started again if it died, ended with this one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns = BoundedSemaphore(os.cpu_count() or 2)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def ask(self, question: str, data: bytes) -> bytes:
        """The examiner's answer; empty where the document killed its child."""
        with self._turns:
            ours, theirs = socket.socketpair()
            document = in_memory(data)
            with ours:
                try:
                    with theirs:
                        self._hand_over(theirs.fileno(), document)
                finally:
                    os.close(document)
                ours.settimeout(_PATIENCE_SECONDS)
                return _exchange(ours, question.encode())

    def _hand_over(self, *descriptors: int) -> None:
        with self._lock:
            control = self._control
            if control is None or self._process is None or self._process.poll() is not None:
                control = self._start()
            try:
                socket.send_fds(control, [b"."], descriptors)
            except OSError:  # It died since it was looked at.
                socket.send_fds(self._start(), [b"."], descriptors)

    def _start(self) -> socket.socket:
        self.close()
        control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", "intake.pdf.server", str(theirs.fileno())],
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


def _exchange(line: socket.socket, question: bytes) -> bytes:
    answer = bytearray()
    try:
        line.sendall(question)
        line.shutdown(socket.SHUT_WR)
        while (chunk := line.recv(1 << 20)) and len(answer) <= _ANSWER_LIMIT:
            answer += chunk
    except OSError:
        return b""  # The child died or stalled; the caller names it as the document's fault.
    return bytes(answer)


_examiner = _Examiner()
atexit.register(_examiner.close)


def ask(question: str, data: bytes) -> bytes:
    """Put one question about a document (see `intake.pdf.server`). Blocks until the answer is there.

    The answer is empty where the document went beyond the limits of its child. It is input like any other: a hostile
    document may have taken over the child that wrote it.
    """
    return _examiner.ask(question, data)
