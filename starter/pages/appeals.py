"""Appeals by the link in a user's notice (X3). Looking at the page changes nothing: programs that scan mail do it."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from policy.frozen import Frozen
from starter.pages.rendering import page

#: The longest form that is read, in bytes.
_MOST_BYTES = 100_000
_LANGUAGES = frozenset({"en", "vi"})


class Appealable(Frozen):
    """What a link leads to: account `n` of a case, whose restriction can be appealed until then (UTC, excluded)."""

    ref: str
    n: int
    language: str
    until: AwareDatetime


@dataclass(frozen=True, slots=True)
class AppealDesk:
    """What the page needs: to find a link by its token's SHA-256, to put an appeal into the record, and a clock.

    `record` takes the token's SHA-256 with the appeal, so that one link brings one appeal, however often it is sent; it
    answers False where the restriction has been lifted meanwhile.
    """

    find: Callable[[str], Awaitable[Appealable | None]]
    record: Callable[[Appealable, str, str, datetime], Awaitable[bool]]
    now: Callable[[], datetime]
    longest: int


def appeal_routes(desk: AppealDesk) -> list[BaseRoute]:
    """`/appeal/<token>`: read it, say why, send it. An unknown link and one that is over get the same answer."""

    async def appeal(request: Request) -> Response:
        token = hashlib.sha256(request.path_params["token"].encode()).hexdigest()
        found = await desk.find(token)
        now = desk.now()
        if found is None or now >= found.until:
            return page("not_found.html", status=404)
        template = f"appeal.{found.language if found.language in _LANGUAGES else 'en'}.html"
        if request.method != "POST":
            return page(template, ref=found.ref, state="asked", longest=desk.longest)
        text = await _written(request)
        if text is None or not 0 < len(text) <= desk.longest:
            return page(template, status=400, ref=found.ref, state="unreadable", longest=desk.longest)
        if not await desk.record(found, token, text, now):
            return page("not_found.html", status=404)
        return page(template, ref=found.ref, state="received", longest=desk.longest)

    return [Route("/appeal/{token}", appeal, methods=["GET", "POST"])]


async def _written(request: Request) -> str | None:
    """What the form says, or None where it is too large or no form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return None
    try:
        fields = parse_qs(body.decode("ascii"), encoding="utf-8", errors="strict", max_num_fields=5)
    except (UnicodeDecodeError, ValueError):
        return None
    text = "\n".join(fields.get("why", [])).replace("\r\n", "\n").strip()
    return text if "\0" not in text else None
