"""The outgoing mail as the sink keeps it: a list, each message as plain text, and its attachments to save."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from starter.pages.downloads import attachment
from starter.pages.rendering import page

_ID = re.compile(r"[0-9]{6,}-[0-9a-f]{12}")
_LISTED = 200
_SHOWN = ("From", "To", "Reply-To", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted")


@dataclass(frozen=True, slots=True)
class _Line:
    id: str
    to: str
    subject: str
    date: str


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    size: int
    data: bytes


def mail_routes(folder: Path, public_url: str) -> list[BaseRoute]:
    """`/mail`, `/mail/<id>` and `/mail/<id>/<n>` for the n-th attachment, from 1."""
    # Split by it, a text has our own download links, and no others, as every second piece.
    link = re.compile("(" + re.escape(public_url.rstrip("/")) + r"/d/[A-Za-z0-9_-]+)")

    async def listed(_: Request) -> Response:
        lines, total = await asyncio.to_thread(_newest, folder)
        return page("mail_list.html", lines=lines, total=total)

    async def shown(request: Request) -> Response:
        message = await asyncio.to_thread(_read, folder, request.path_params["id"])
        return page(
            "mail.html",
            id=request.path_params["id"],
            subject=_text(message, "Subject"),
            headers=[(name, _text(message, name)) for name in _SHOWN if name in message],
            pieces=link.split(_body(message)),
            files=list(_files(message)),
        )

    async def attached(request: Request) -> Response:
        files = list(_files(await asyncio.to_thread(_read, folder, request.path_params["id"])))
        n: int = request.path_params["n"]
        if not 1 <= n <= len(files):
            raise HTTPException(404)
        return attachment(files[n - 1].data, files[n - 1].name)

    return [
        Route("/mail", listed),
        Route("/mail/{id}", shown),
        Route("/mail/{id}/{n:int}", attached),
    ]


def _newest(folder: Path) -> tuple[list[_Line], int]:
    paths = sorted((path for path in folder.glob("*.eml") if _ID.fullmatch(path.stem)), key=_number, reverse=True)
    lines: list[_Line] = []
    for path in paths[:_LISTED]:
        with path.open("rb") as file:
            head = BytesHeaderParser().parse(file)
        lines.append(_Line(path.stem, _text(head, "To"), _text(head, "Subject"), _text(head, "Date")))
    return lines, len(paths)


def _number(path: Path) -> int:
    return int(path.stem.partition("-")[0])


def _read(folder: Path, name: str) -> Message:
    if not _ID.fullmatch(name):
        raise HTTPException(404)
    try:
        return message_from_bytes((folder / f"{name}.eml").read_bytes())
    except FileNotFoundError:
        raise HTTPException(404) from None


def _text(message: Message, name: str) -> str:
    """A header as people read it; as it stands where it is malformed."""
    raw = str(message.get(name, ""))
    try:
        return str(make_header(decode_header(raw)))
    except (ValueError, LookupError):
        return raw


def _body(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain" and part.get_filename() is None:
            data = part.get_payload(decode=True)
            return data.decode("utf-8", errors="replace") if isinstance(data, bytes) else ""  # As the relay writes it.
    return ""


def _files(message: Message) -> Iterator[_File]:
    for part in message.walk():
        name, data = part.get_filename(), part.get_payload(decode=True)
        if name is not None and isinstance(data, bytes):
            yield _File(name, len(data), data)
