"""A mail sink: takes every message for everyone and keeps each as a file. It stands in for a relay during development.

Nothing is recognised as a repetition: each try that was answered 250 is one file, so that a message sent twice shows.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_LARGEST = 64 * 1024 * 1024
_UNPRINTABLE = re.compile(r"[^!-~]")


@asynccontextmanager
async def mail_sink(folder: Path, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """Run the sink; yields the port on which it listens (`port` 0 takes a free one).

    Files are named by order of receipt and a hash of the Message-ID: `000007-1f3a90c2b4d5.eml`. Each begins with two
    lines that the sink adds, Return-Path and X-Envelope-To, since the envelope says who really got it.

    Raises:
        OSError: the port is taken, or the folder cannot be made.
    """
    handler = await asyncio.to_thread(_Sink, folder)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="sink", data_size_limit=_LARGEST, enable_SMTPUTF8=True), host, port
    )
    try:
        bound: int = server.sockets[0].getsockname()[1]
        yield bound
    finally:
        server.close()


class _Sink:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._received = max((int(path.name.partition("-")[0]) for path in folder.glob("[0-9]*-*.eml")), default=0)
        self._one_at_a_time = asyncio.Lock()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        recipients = ", ".join(_UNPRINTABLE.sub("?", recipient) for recipient in envelope.rcpt_tos)
        sender = _UNPRINTABLE.sub("?", envelope.mail_from or "")
        received = f"Return-Path: <{sender}>\r\nX-Envelope-To: {recipients}\r\n".encode("ascii") + content
        digest = hashlib.sha256(str(message_from_bytes(content)["Message-ID"]).encode(errors="replace")).hexdigest()
        async with self._one_at_a_time:
            self._received += 1  # Also for one that cannot be kept: a number is never tried twice.
            name = f"{self._received:06}-{digest[:12]}.eml"
            try:
                await asyncio.to_thread(_keep, self._folder, name, received)
            except OSError:
                return "452 4.3.1 The sink cannot store the message now"
        return f"250 2.0.0 Kept as {name}"


def _keep(folder: Path, name: str, content: bytes) -> None:
    """Store and sync. The file is written whole before it gets its name."""
    partial = folder / f".{name}.part"
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.link(partial, folder / name)  # Unlike a rename, it fails where there is such a file already.
    partial.unlink()
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
