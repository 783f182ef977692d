"""The pages as a browser or curl meets them: a real server on a free port, real mail from the sink, real objects."""

import asyncio
import hashlib
import http.client
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from google.protobuf import json_format
from starlette.applications import Starlette
from temporalio.api.common.v1 import Payload, Payloads

from activities.ports import Conflict, ObjectMissing, OwedLetter
from activities.record import Attachment, Letter
from gateways.relay import SmtpRelay
from gateways.sink import mail_sink
from runtime.codec import EncryptionCodec, KeyRing, generate_key
from starter.pages import Codec, Download, Downloads, make_pages

PUBLIC = "https://records.provider.example"
WEB_UI = "http://127.0.0.1:8233"
NOW = datetime(2026, 4, 9, 14, 3, tzinfo=UTC)
TOKEN = "Zm9yIHRoZSBkZXRlY3RpdmUgb25seQ"
PACKAGE = b"PK\x03\x04 package"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Browser:
    port: int

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.send("GET", path, None, **headers)

    async def send(self, method: str, path: str, body: bytes | None, **headers: str) -> Answer:
        return await asyncio.to_thread(
            self._send, method, path, body, {k.replace("_", "-"): v for k, v in headers.items()}
        )

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[Browser]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_level="error"))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield Browser(listening.getsockname()[1])
        finally:
            server.should_exit = True
            await running


@dataclass
class Ledger:
    """Links by the hash of their token, and who fetched what when."""

    links: dict[str, Download] = field(default_factory=dict)
    accesses: list[tuple[str, datetime]] = field(default_factory=list)
    refuses: Exception | None = None

    async def find(self, token_sha256: str) -> Download | None:
        return self.links.get(token_sha256)

    async def record_access(self, download: Download, at: datetime) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.accesses.append((download.ref, at))


class Objects:
    """Objects in memory, each of which can be lost."""

    def __init__(self, *objects: bytes) -> None:
        self._objects = {hashlib.sha256(data).hexdigest(): data for data in objects}

    async def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        self._objects[sha256] = data
        return sha256

    async def put_file(self, path: Path) -> str:
        return await self.put(await asyncio.to_thread(path.read_bytes))

    async def get(self, sha256: str) -> bytes:
        try:
            return self._objects[sha256]
        except KeyError:
            raise ObjectMissing(sha256) from None

    async def has(self, sha256: str) -> bool:
        return sha256 in self._objects

    async def delete(self, sha256: str) -> None:
        self._objects.pop(sha256, None)


def one_link(expires_at: datetime, name: str = "DP-2026-000123.zip") -> Ledger:
    package = hashlib.sha256(PACKAGE).hexdigest()
    download = Download(ref="DP-2026-000123", package=package, name=name, expires_at=expires_at)
    return Ledger({hashlib.sha256(TOKEN.encode()).hexdigest(): download})


def downloads(ledger: Ledger, objects: Objects | None = None) -> Starlette:
    store = Objects(PACKAGE) if objects is None else objects
    return make_pages(PUBLIC, Downloads(ledger.find, ledger.record_access, store, lambda: NOW))


async def test_PR1_the_link_gives_the_package_and_the_access_is_recorded() -> None:
    ledger = one_link(NOW + timedelta(seconds=1))
    async with serving(downloads(ledger)) as browser:
        answer = await browser.get(f"/d/{TOKEN}")
    assert (answer.status, answer.body) == (200, PACKAGE)
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''DP-2026-000123.zip"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert ledger.accesses == [("DP-2026-000123", NOW)]


async def test_an_unknown_link_and_an_expired_one_cannot_be_told_apart() -> None:
    ledger = one_link(expires_at=NOW)
    async with serving(downloads(ledger)) as browser:
        expired, unknown = await browser.get(f"/d/{TOKEN}"), await browser.get("/d/unknown")
    assert expired.status == unknown.status == 404
    assert expired.body == unknown.body
    assert expired.headers.keys() == unknown.headers.keys()
    assert "There is nothing here" in expired.text
    assert ledger.accesses == []


async def test_S1_a_revoked_link_is_gone_also_where_it_is_revoked_in_the_same_moment() -> None:
    revoked, racing = one_link(NOW + timedelta(days=1)), one_link(NOW + timedelta(days=1))
    revoked.links = {token: link.model_copy(update={"revoked": True}) for token, link in revoked.links.items()}
    racing.refuses = Conflict("the link has been revoked")
    for ledger in (revoked, racing):
        async with serving(downloads(ledger)) as browser:
            answer = await browser.get(f"/d/{TOKEN}")
        assert answer.status == 410
        assert PACKAGE not in answer.body
        assert ledger.accesses == []


async def test_an_access_that_cannot_be_recorded_gives_nothing() -> None:
    ledger = one_link(NOW + timedelta(days=1))
    ledger.refuses = ConnectionError("no database")
    async with serving(downloads(ledger)) as browser:
        answer = await browser.get(f"/d/{TOKEN}")
    assert answer.status == 500
    assert PACKAGE not in answer.body
    assert "Traceback" not in answer.text


async def test_a_lost_package_is_a_page_and_not_an_access() -> None:
    ledger = one_link(NOW + timedelta(days=1))
    async with serving(downloads(ledger, Objects())) as browser:
        answer = await browser.get(f"/d/{TOKEN}")
    assert answer.status == 503
    assert "cannot be read at the moment" in answer.text
    assert ledger.accesses == []


async def test_a_packages_name_cannot_add_a_header() -> None:
    async with serving(downloads(one_link(NOW + timedelta(days=1), 'a"\r\nSet-Cookie: x=y.zip'))) as browser:
        answer = await browser.get(f"/d/{TOKEN}")
    assert answer.status == 200
    assert "set-cookie" not in answer.headers


async def test_what_is_not_handed_over_is_not_served() -> None:
    async with serving(downloads(Ledger())) as browser:
        for path in ("/", "/mail", "/mail/000001-0123456789ab", "/codec/decode"):
            assert (await browser.get(path)).status == 404
        assert (await browser.get("/healthz")).text == "ok\n"


LETTER = Letter(
    name="production_ready",
    to="d.reyes@police.springfield.gov",
    subject="Hồ sơ: DP-2026-000123",
    body=f"<script>alert(1)</script> & xin chào\n\n  {PUBLIC}/d/{TOKEN}\n  https://evil.example/d/{TOKEN}\n",
    attachments=(Attachment(sha256="0" * 64, name="chứng nhận <b>.pdf"),),
)


@pytest.fixture
async def outbox(tmp_path: Path) -> Path:
    """Two letters as the relay sent them, the second with markup in it and an attachment."""
    async with mail_sink(tmp_path) as port:
        own = dict.fromkeys(("mail_from", "intake_address", "user_contact"), "legal@provider.example")
        relay = SmtpRelay("127.0.0.1", port, **own)  # type: ignore[arg-type] # three of the arguments, all addresses
        for number, letter in enumerate((LETTER.model_copy(update={"subject": "First", "attachments": ()}), LETTER)):
            owed = OwedLetter(id=number, message_id=f"<{number}@provider.example>", written_at=NOW, letter=letter)
            await relay.send(owed, {"0" * 64: b"%PDF-1.7"})
    return tmp_path


def ids(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.eml"))


async def test_mail_is_listed_newest_first(outbox: Path) -> None:
    async with serving(make_pages(PUBLIC, mail_folder=outbox)) as browser:
        home, listed = await browser.get("/"), await browser.get("/mail")
    assert (home.status, home.headers["location"]) == (307, "/mail")
    assert listed.text.index("Hồ sơ: DP-2026-000123") < listed.text.index("First")
    assert "d.reyes@police.springfield.gov" in listed.text
    assert "2 messages" in listed.text


async def test_a_message_is_shown_as_text_and_only_our_own_links_lead_anywhere(outbox: Path) -> None:
    async with serving(make_pages(PUBLIC, mail_folder=outbox)) as browser:
        shown = await browser.get(f"/mail/{ids(outbox)[1]}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; xin chào" in shown.text
    assert "<script" not in shown.text
    assert f'<a href="{PUBLIC}/d/{TOKEN}">' in shown.text
    assert 'href="https://evil.example' not in shown.text
    assert "chứng nhận &lt;b&gt;.pdf" in shown.text


async def test_an_attachment_is_saved_and_never_shown(outbox: Path) -> None:
    async with serving(make_pages(PUBLIC, mail_folder=outbox)) as browser:
        saved = await browser.get(f"/mail/{ids(outbox)[1]}/1")
        beyond = [(await browser.get(f"/mail/{ids(outbox)[1]}/{n}")).status for n in (0, 2)]
    assert saved.body == b"%PDF-1.7"
    assert saved.headers["content-disposition"].startswith("attachment; ")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert beyond == [404, 404]


@pytest.mark.parametrize("name", ["000009-0123456789ab", "..%2f..%2fetc%2fpasswd", "x", "000001-0123456789ab.eml"])
async def test_no_other_file_can_be_asked_for(outbox: Path, name: str) -> None:
    async with serving(make_pages(PUBLIC, mail_folder=outbox)) as browser:
        assert (await browser.get(f"/mail/{name}")).status == 404


async def test_an_empty_outbox_and_malformed_mail_are_no_errors(tmp_path: Path) -> None:
    async with serving(make_pages(PUBLIC, mail_folder=tmp_path)) as browser:
        assert "0 messages" in (await browser.get("/mail")).text
        broken = b"Subject: =?utf-8?b?!!?= =?nonsense?q?x?=\nContent-Type: multipart/mixed\n\n\xff\x00"
        (tmp_path / "000001-0123456789ab.eml").write_bytes(broken)
        assert (await browser.get("/mail")).status == 200
        assert (await browser.get("/mail/000001-0123456789ab")).status == 200


async def test_every_answer_forbids_scripts_and_frames(outbox: Path) -> None:
    async with serving(make_pages(PUBLIC, mail_folder=outbox)) as browser:
        for path in ("/mail", f"/mail/{ids(outbox)[0]}", "/style.css", "/nothing"):
            policy = (await browser.get(path)).headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src 'self';")
            assert "frame-ancestors 'none'" in policy


async def test_a_foreign_name_that_points_here_is_refused(outbox: Path) -> None:
    async with serving(make_pages(PUBLIC, mail_folder=outbox)) as browser:
        assert (await browser.get("/mail", Host="evil.example")).status == 400
        assert (await browser.get("/mail", Host="records.provider.example")).status == 200


PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"DP-2026-000123"')
KEYS = KeyRing.parse(f"new:{generate_key()}")
CODEC = make_pages(PUBLIC, codec=Codec(KEYS, (WEB_UI,)))


def as_json(*payloads: Payload) -> bytes:
    return json.dumps(json_format.MessageToDict(Payloads(payloads=payloads))).encode()


def as_payloads(answer: Answer) -> list[Payload]:
    return list(json_format.Parse(answer.body, Payloads()).payloads)


async def test_web_ui_reads_what_was_encrypted_and_what_was_not() -> None:
    sealed = await EncryptionCodec(KEYS).encode([PLAIN])
    async with serving(CODEC) as browser:
        headers = {"Origin": WEB_UI, "Content_Type": "application/json", "X_Namespace": "default"}
        answer = await browser.send("POST", "/codec/decode", as_json(*sealed, PLAIN), **headers)
    assert as_payloads(answer) == [PLAIN, PLAIN]
    assert answer.headers["access-control-allow-origin"] == WEB_UI


async def test_web_ui_encrypts_what_is_typed_into_it() -> None:
    async with serving(CODEC) as browser:
        answer = await browser.send("POST", "/codec/encode", as_json(PLAIN), Content_Type="application/json")
    assert b"DP-2026" not in answer.body
    assert await EncryptionCodec(KEYS).decode(as_payloads(answer)) == [PLAIN]


async def test_web_ui_may_ask_and_another_page_may_not() -> None:
    async with serving(CODEC) as browser:
        asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type,x-namespace"}
        ours = await browser.send("OPTIONS", "/codec/decode", None, Origin=WEB_UI, **asked)
        theirs = await browser.send("OPTIONS", "/codec/decode", None, Origin="https://evil.example", **asked)
        posted = await browser.send(
            "POST", "/codec/decode", as_json(PLAIN), Origin="https://evil.example", Content_Type="application/json"
        )
    assert (ours.status, ours.headers["access-control-allow-origin"]) == (200, WEB_UI)
    assert "access-control-allow-origin" not in theirs.headers
    assert posted.status == 403
    assert b"payloads" not in posted.body


@pytest.mark.parametrize(
    ("content_type", "body", "status", "sentence"),
    [
        ("text/plain", as_json(PLAIN), 415, "application/json"),
        ("application/json", b"{", 400, "not a list of payloads"),
        ("application/json", b"\xff", 400, "not a list of payloads"),
        ("application/json", b'{"payloads": 1}', 400, "not a list of payloads"),
    ],
)
async def test_what_is_no_payload_is_refused_in_a_sentence(
    content_type: str, body: bytes, status: int, sentence: str
) -> None:
    async with serving(CODEC) as browser:
        answer = await browser.send("POST", "/codec/decode", body, Content_Type=content_type)
    assert answer.status == status
    assert sentence in answer.text


async def test_a_lost_key_is_told_to_the_web_ui() -> None:
    sealed = await EncryptionCodec(KeyRing.parse(f"lost:{generate_key()}")).encode([PLAIN])
    async with serving(CODEC) as browser:
        answer = await browser.send("POST", "/codec/decode", as_json(*sealed), Content_Type="application/json")
    assert answer.status == 400
    assert "'lost', which is not among new" in answer.text
