"""Letters over real SMTP: what arrives, and what each way of failing means for the letter."""

import asyncio
import hashlib
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from activities.ports import OwedLetter, RelayRefused
from activities.record import Attachment, Letter
from gateways.relay import RelayUnavailable, SmtpRelay
from gateways.sink import mail_sink

MAIL_FROM = "legal-process@provider.example"
INTAKE = "lawenforcement@provider.example"
PRIVACY = "privacy@provider.example"
TO = "d.reyes@police.springfield.gov"
PDF = b"%PDF-1.7 certificate"
LONG_ID = f"<{'A' * 90}@BN8PR12MB.namprd12.prod.outlook.com>"


def owed(**changes: object) -> OwedLetter:
    letter = Letter(name="acknowledgement", to=TO, subject="Received: DP-2026-000123", body="We have it.\n.\n..x\n")
    return OwedLetter(
        id=7,
        message_id="<DP-2026-000123.acknowledgement.1@provider.example>",
        written_at=datetime(2026, 1, 9, 14, 3, 0, tzinfo=UTC),
        letter=letter.model_copy(update=changes),
    )


def relay(port: int, **options: Any) -> SmtpRelay:
    return SmtpRelay(
        "127.0.0.1",
        port,
        mail_from=MAIL_FROM,
        intake_address=INTAKE,
        user_contact=PRIVACY,
        **{"timeout": 5.0, **options},
    )


def whole(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.eml")))


def kept(folder: Path) -> list[EmailMessage]:
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]


class Answers:
    """A relay that answers each stage as it is told."""

    def __init__(self, mail: str = "", rcpt: str = "", data: str = "") -> None:
        self._mail, self._rcpt, self._data = mail, rcpt, data
        self.taken: list[bytes] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._mail or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._rcpt:
            envelope.rcpt_tos.append(address)
        return self._rcpt or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope.original_content or b"")
        return self._data or "250 OK"


@asynccontextmanager
async def serving(handler: Answers, **options: Any) -> AsyncIterator[int]:
    def protocol() -> SMTP:
        return SMTP(handler, hostname="relay", **options)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def scripted(*lines: bytes) -> AsyncIterator[int]:
    """A relay that says these lines, one for each command, and then drops the line. Text after DATA is swallowed."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for line in lines:
            writer.write(line + b"\r\n")
            await writer.drain()
            await (reader.readuntil(b"\r\n.\r\n") if line.startswith(b"354") else reader.readline())
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_letter_arrives_whole_with_the_headers_that_let_people_answer_it(tmp_path: Path) -> None:
    certificate = Attachment(sha256=hashlib.sha256(PDF).hexdigest(), name="certificate.pdf")
    async with mail_sink(tmp_path) as port:
        await relay(port).send(owed(in_reply_to=LONG_ID, attachments=(certificate,)), {certificate.sha256: PDF})
    [message] = kept(tmp_path)
    assert message["From"] == MAIL_FROM
    assert message["To"] == TO
    assert message["Reply-To"] == INTAKE
    assert message["Subject"] == "Received: DP-2026-000123"
    assert message["Message-ID"] == "<DP-2026-000123.acknowledgement.1@provider.example>"
    assert message["Date"].datetime == datetime(2026, 1, 9, 14, 3, tzinfo=UTC)
    assert message["In-Reply-To"] == message["References"] == LONG_ID
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Envelope-To"] == TO
    body = message.get_body()
    assert body is not None
    assert body.get_content_type() == "text/plain"
    assert body.get_content().replace("\r\n", "\n") == "We have it.\n.\n..x\n"
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "certificate.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_payload(decode=True) == PDF


@pytest.mark.parametrize("name", ["user_notice", "user_notice_after_gag"])
async def test_S1_a_users_answer_does_not_go_where_only_governments_may_write(tmp_path: Path, name: str) -> None:
    async with mail_sink(tmp_path) as port:
        await relay(port).send(owed(name=name), {})
    [message] = kept(tmp_path)
    assert message["Reply-To"] == PRIVACY


async def test_a_long_subject_stands_on_the_line_of_its_header(tmp_path: Path) -> None:
    subject = "Preservation in effect until 26 February 2027, 06:29 UTC: DP-2026-000123"
    async with mail_sink(tmp_path) as port:
        await relay(port).send(owed(subject=subject), {})
    assert f"Subject: {subject}\r\n".encode() in whole(tmp_path)


async def test_letter_has_no_html_and_names_no_machine(tmp_path: Path) -> None:
    async with mail_sink(tmp_path) as port:
        await relay(port).send(owed(), {})
    [message] = kept(tmp_path)
    assert {part.get_content_type() for part in message.walk()} == {"text/plain"}
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Mailer"] is None


async def test_vietnamese_survives_a_relay_without_8bit(tmp_path: Path) -> None:
    subject, body = "Yêu cầu của chính phủ về thông tin tài khoản của quý vị: DP-2026-000123", "Kính gửi quý vị,\n" * 9
    async with mail_sink(tmp_path) as port:
        await relay(port).send(owed(subject=subject, body=body), {})
    [message] = kept(tmp_path)
    assert message.as_bytes().isascii()
    assert message["Subject"] == subject
    assert message.get_content().replace("\r\n", "\n") == body


@pytest.mark.parametrize("foreign", ["<a@b>\r\nBcc: x@evil.example", "no brackets", "<a b@c>", "<" + "a" * 999 + ">"])
async def test_a_strangers_malformed_message_id_is_left_out_and_the_letter_goes(tmp_path: Path, foreign: str) -> None:
    async with mail_sink(tmp_path) as port:
        await relay(port).send(owed(in_reply_to=foreign), {})
    [message] = kept(tmp_path)
    assert message["In-Reply-To"] is None
    assert message["Bcc"] is None
    assert message["Auto-Submitted"] == "auto-replied"


async def test_an_attachments_name_cannot_add_a_header(tmp_path: Path) -> None:
    attachment = Attachment(sha256="0" * 64, name='lệnh "x"\r\nBcc: x@evil.example\u202efdp.PDF')
    async with mail_sink(tmp_path) as port:
        await relay(port).send(owed(attachments=(attachment,)), {"0" * 64: PDF})
    [message] = kept(tmp_path)
    [attached] = message.iter_attachments()
    assert message["Bcc"] is attached["Bcc"] is None
    assert attached.get_filename() == 'lệnh "x"__Bcc: x@evil.example_fdp.PDF'
    assert attached.get_content_type() == "application/pdf"


async def test_a_subject_with_a_line_break_is_never_sent(tmp_path: Path) -> None:
    async with mail_sink(tmp_path) as port:
        with pytest.raises(ValueError, match="linefeed or carriage return"):
            await relay(port).send(owed(subject="x\r\nBcc: x@evil.example"), {})
    assert kept(tmp_path) == []


async def test_the_end_of_data_inside_a_letter_does_not_end_it(tmp_path: Path) -> None:
    smuggled = "x\n.\nMAIL FROM:<a@evil.example>\r\n.\r\nRCPT TO:<b@evil.example>\n"
    async with mail_sink(tmp_path) as port:
        await relay(port).send(owed(body=smuggled), {})
    [message] = kept(tmp_path)
    assert "RCPT TO:<b@evil.example>" in message.get_content()


@pytest.mark.parametrize("stage", ["rcpt", "data"])
async def test_a_5xx_refuses_the_letter_for_good_and_repeats_no_personal_data(stage: str) -> None:
    async with serving(Answers(**{stage: f"550 5.1.1 <{TO}> unknown"})) as port:
        with pytest.raises(RelayRefused, match="letter 7 for good: it answered 550") as caught:
            await relay(port).send(owed(), {})
    assert TO not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("stage", ["rcpt", "data", "mail"])
async def test_greylisting_defers_the_letter(stage: str) -> None:
    async with serving(Answers(**{stage: f"451 4.7.1 <{TO}> try later"})) as port:
        with pytest.raises(RelayUnavailable, match="451") as caught:
            await relay(port).send(owed(), {})
    assert TO not in str(caught.value)


@pytest.mark.parametrize("code", [530, 550])
async def test_a_relay_that_refuses_our_sender_loses_no_letter(code: int) -> None:
    async with serving(Answers(mail=f"{code} not you")) as port:
        with pytest.raises(RelayUnavailable, match=str(code)):
            await relay(port).send(owed(), {})


async def test_a_letter_too_large_for_the_relay_is_refused_for_good() -> None:
    async with serving(Answers(), data_size_limit=100) as port:
        with pytest.raises(RelayRefused, match="552"):
            await relay(port).send(owed(), {})


async def test_a_recipient_that_smtp_cannot_carry_is_refused_for_good(tmp_path: Path) -> None:
    async with mail_sink(tmp_path) as port:
        with pytest.raises(RelayRefused, match="letter 7") as caught:
            await relay(port).send(owed(to="đội@police.example"), {})
    assert "police" not in str(caught.value)


async def test_a_relay_that_is_down_is_worth_another_try() -> None:
    async with serving(Answers()) as port:
        pass
    with pytest.raises(OSError, match="cannot be reached"):
        await relay(port).send(owed(), {})


async def test_a_relay_that_never_answers_is_given_up_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(RelayUnavailable, match="Timeout"):
        await relay(silent.getsockname()[1], timeout=0.2).send(owed(), {})


async def test_a_relay_that_greets_with_5xx_loses_no_letter() -> None:
    async with scripted(b"554 no service") as port:
        with pytest.raises(RelayUnavailable, match="554"):
            await relay(port).send(owed(), {})


SPOKEN = (b"220 relay", b"250 relay", b"250 sender", b"250 recipient", b"354 go on", b"250 taken")


async def test_a_letter_that_was_taken_counts_although_the_line_drops_at_the_farewell() -> None:
    async with scripted(*SPOKEN) as port:
        await relay(port).send(owed(), {})


async def test_a_line_that_drops_before_the_answer_means_another_try() -> None:
    async with scripted(*SPOKEN[:-1]) as port:
        with pytest.raises(RelayUnavailable, match="cannot be reached"):
            await relay(port).send(owed(), {})


async def test_every_try_bears_the_same_message_id(tmp_path: Path) -> None:
    async with mail_sink(tmp_path) as port:
        for _ in range(2):
            await relay(port).send(owed(), {})
    first, second = kept(tmp_path)
    assert first.as_bytes() == second.as_bytes()


async def test_password_is_never_sent_without_encryption() -> None:
    async with serving(Answers()) as port:
        with pytest.raises(RelayUnavailable):
            await relay(port, starttls=True, username="u", password="p").send(owed(), {})


async def test_starttls_and_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bytes, bytes]] = []

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)

    certificate, context = _own_authority(tmp_path)
    answers = Answers()
    options = {"tls_context": context, "require_starttls": True, "authenticator": authenticate, "auth_required": True}
    async with serving(answers, **options) as port:
        with pytest.raises(RelayUnavailable):  # A certificate that nobody vouches for.
            await relay(port, starttls=True, username="u", password="right").send(owed(), {})
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with pytest.raises(RelayUnavailable, match="535") as caught:
            await relay(port, starttls=True, username="u", password="wrong").send(owed(), {})
        assert "wrong" not in str(caught.value)
        await relay(port, starttls=True, username="u", password="right").send(owed(), {})
    assert seen.count((b"u", b"right")) == 1  # Nothing was said to the relay that nobody vouches for.
    assert len(answers.taken) == 1


def _own_authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "relay.pem", folder / "relay.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return pem, context
