"""Downloads of productions (PR1). The link holds a random token, and only the token's hash is stored anywhere."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from activities.ports import Conflict, ObjectDamaged, ObjectMissing, ObjectStore
from policy.frozen import Frozen
from starter.pages.rendering import page

_log = logging.getLogger(__name__)


class Download(Frozen):
    """What a link leads to: the package object, the name to save it under, and when the link ends (UTC, excluded)."""

    ref: str
    package: str
    name: str
    expires_at: AwareDatetime
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Downloads:
    """What the download page needs: to find a link by its token's SHA-256, to note who fetched what when, and a clock.

    `record_access` is done before a byte is given: what cannot be recorded is not given. It raises `Conflict` where the
    link has been revoked in the same moment.
    """

    find: Callable[[str], Awaitable[Download | None]]
    record_access: Callable[[Download, datetime], Awaitable[None]]
    objects: ObjectStore
    now: Callable[[], datetime]


def download_routes(downloads: Downloads) -> list[BaseRoute]:
    """`/d/<token>`: the package. An unknown link and an expired one get the same answer, so neither can be told; a
    revoked one is gone, and says so to an agency that has not been told yet (S1)."""

    async def download(request: Request) -> Response:
        token = request.path_params["token"]
        found = await downloads.find(hashlib.sha256(token.encode()).hexdigest())
        now = downloads.now()
        if found is None or now >= found.expires_at:
            return page("not_found.html", status=404)
        if found.revoked:
            return page("revoked.html", status=410)
        try:
            package = await downloads.objects.get(found.package)
        except (ObjectMissing, ObjectDamaged):
            _log.exception("the package of %s cannot be given", found.ref)
            return page("unavailable.html", status=503)
        try:
            await downloads.record_access(found, now)
        except Conflict:
            return page("revoked.html", status=410)
        return attachment(package, found.name)

    return [Route("/d/{token}", download, methods=["GET"])]


def attachment(data: bytes, name: str) -> Response:
    """Bytes to save under a name; never shown by the browser, whatever they are."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type="application/octet-stream", headers={"Content-Disposition": disposition})
