"""The codec for Temporal's Web UI: it posts encrypted payloads and shows what comes back.

Whoever reaches these two addresses can read what workflows carry, so they are for an operator's own machine. A
browser is held to the Web UI's own pages: any other page's script is refused.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from google.protobuf import json_format
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from temporalio.api.common.v1 import Payload, Payloads

from runtime.codec import CodecError, EncryptionCodec, KeyRing


@dataclass(frozen=True, slots=True)
class Codec:
    """The keys, and the origins at which the Web UI is reached, such as http://127.0.0.1:8233."""

    keys: KeyRing
    web_ui_origins: tuple[str, ...]


def codec_routes(codec: Codec) -> list[BaseRoute]:
    """`/codec/decode` and `/codec/encode`; the Web UI is told `<public_url>/codec`."""
    encryption = EncryptionCodec(codec.keys)

    def translate(work: Callable[[Sequence[Payload]], Awaitable[list[Payload]]]) -> Callable[..., Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if request.headers.get("Origin") not in (None, *codec.web_ui_origins):
                return _refusal(403, "this page may not use the codec")
            if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
                # Any page may send a browser's plain forms here; JSON it may not without being asked first.
                return _refusal(415, "payloads must be sent as application/json")
            try:
                payloads = json_format.Parse(await request.body(), Payloads())
            except (json_format.ParseError, UnicodeDecodeError):
                return _refusal(400, "the body is not a list of payloads in JSON")
            try:
                return JSONResponse(json_format.MessageToDict(Payloads(payloads=await work(payloads.payloads))))
            except CodecError as error:
                return _refusal(400, str(error))

        return answer

    cors = Middleware(
        CORSMiddleware,
        allow_origins=codec.web_ui_origins,
        allow_methods=["POST"],
        allow_headers=["Content-Type", "X-Namespace"],
    )
    routes = [
        Route("/decode", translate(encryption.decode), methods=["POST"]),
        Route("/encode", translate(encryption.encode), methods=["POST"]),
    ]
    return [Mount("/codec", routes=routes, middleware=[cors])]


def _refusal(status: int, sentence: str) -> Response:
    return JSONResponse({"message": sentence}, status_code=status)
