"""This process's end of the examiner: it starts the other process, hands it documents, and takes its answers."""

import atexit
import os
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from typing import Self

from intake.pdf.opening import in_memory

#: How an answer ends: with the seconds of processor that it took.
_COST = struct.Struct("<d")
_ANSWER_LIMIT = 16 * 1024 * 1024
#: A little more than the examiner's own wall limit, for the case that the examiner itself is gone.
_PATIENCE_SECONDS = 30


#: Seconds of processor for all questions about one message, those for any one of them, and what a megabyte adds: with
#: the start of both processes and the text that the answers bring, a small message is read in less than 5 s.
_MESSAGE_SECONDS = 1.6
_QUESTION_SECONDS = 1.0
_SECONDS_A_MEGABYTE = 0.1
#: The same for a question that nothing else waits for.
_ALONE_SECONDS = 2.0
#: Less is not worth asking.
_LEAST_SECONDS = 0.05


@dataclass(slots=True)
class Allowance:
    """Seconds of processor that the questions about one message may still take, all together, and each by itself."""

    seconds: float
    at_once: float = _QUESTION_SECONDS

    @classmethod
    def of(cls, size: int) -> Self:
        """What a message of so many bytes is given."""
        return cls(_MESSAGE_SECONDS + size / 2**20 * _SECONDS_A_MEGABYTE)

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is worth asking."""
        return self.seconds < _LEAST_SECONDS

    def ask(self, question: str, data: bytes) -> bytes:
        """Put a question, as `ask` does, within what is left. What it took is what the answer says: a document that had
        taken over its child could lie about it, and gain seconds and nothing else."""
        if self.is_spent:
            return b""
        limit = min(self.seconds, self.at_once + len(data) / 2**20 * _SECONDS_A_MEGABYTE)
        answered = _examiner.ask(f"{limit:.3f} {question}", data)
        took = _COST.unpack(answered[-_COST.size :])[0] if len(answered) > _COST.size else limit
        self.seconds -= took if 0 <= took <= limit else limit
        return answered[: -_COST.size]


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
    """Put one question about a document (see `intake.pdf.server`), by itself. Blocks until the answer is there.

    The answer is empty where the document went beyond the limits of its child. It is input like any other: a hostile
    document may have taken over the child that wrote it.
    """
    return Allowance(_ALONE_SECONDS, at_once=_ALONE_SECONDS).ask(question, data)
