"""One small web application without scripts: what is not handed to it is not served.

Downloads and appeals are meant for the public. The mail and the codec show everything to whoever reaches them: they are
for the machine of a developer or operator, and are left out elsewhere.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from starter.pages.appeals import Appealable, AppealDesk, appeal_routes
from starter.pages.codec import Codec, codec_routes
from starter.pages.downloads import Download, Downloads, download_routes
from starter.pages.mail import mail_routes
from starter.pages.rendering import SecurityHeaders, page

__all__ = ["AppealDesk", "Appealable", "Codec", "Download", "Downloads", "make_pages"]

_STYLE = Path(__file__).with_name("style.css")


def make_pages(
    public_url: str,
    downloads: Downloads | None = None,
    appeals: AppealDesk | None = None,
    mail_folder: Path | None = None,
    codec: Codec | None = None,
) -> Starlette:
    """The application. `mail_folder` is the mail sink's; `public_url` is how browsers and agencies reach it."""
    routes: list[BaseRoute] = [Route("/healthz", _healthy), Route("/style.css", _style)]
    if downloads is not None:
        routes += download_routes(downloads)
    if appeals is not None:
        routes += appeal_routes(appeals)
    if mail_folder is not None:
        routes += [Route("/", _to_mail), *mail_routes(mail_folder, public_url)]
    if codec is not None:
        routes += codec_routes(codec)
    return Starlette(
        routes=routes,
        exception_handlers={404: _not_found},
        middleware=[
            Middleware(SecurityHeaders),
            # A foreign site whose name is made to point here (DNS rebinding) reads nothing.
            Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(public_url), www_redirect=False),
        ],
    )


def _hosts(public_url: str) -> Sequence[str]:
    return list({urlsplit(public_url).hostname or "", "127.0.0.1", "localhost"})


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _style(_: Request) -> Response:
    return FileResponse(_STYLE, media_type="text/css")


async def _to_mail(_: Request) -> Response:
    return RedirectResponse("/mail")


async def _not_found(_: Request, __: Exception) -> Response:
    return page("not_found.html", status=404)
