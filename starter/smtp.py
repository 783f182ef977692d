"""The SMTP listener: a message is answered 250 only when it is stored, synced and in the ledger."""

import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import SQLAlchemyError

from intake.headers import answers, subject_of
from intake.lines import references
from intake.mime import split_headers
from intake.peer import SmtpPeer
from ledger.tables import Mailbox
from runtime.settings import Settings
from starter.mailroom import MailDesk

log = logging.getLogger("dueprocess.smtp")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where agencies write (S1), where users write (N1, X3), and where our own letters come back to."""

    requests: str
    users: str
    returns: str


class IntakeHandler:
    """Takes mail for the one address to which requests are sent (S1); for the address for users, what concerns a case
    (N1, X3); and what comes back of our own letters, at the address from which they are sent."""

    def __init__(self, desk: MailDesk, addresses: Addresses, arrived: Callable[[], None]) -> None:
        self._desk = desk
        self._addresses = addresses
        self._arrived = arrived

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Only these addresses are known here: this is no relay. A letter that comes back has no sender (RFC 5321)."""
        known = (self._addresses.requests, self._addresses.users)
        comes_back = not envelope.mail_from and _same(address, self._addresses.returns)
        if not comes_back and not any(_same(address, one) for one in known):
            return "550 5.1.1 No such mailbox here; requests go to " + self._addresses.requests
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message. Whatever prevents it, the sender's server keeps it and tries again (4xx)."""
        raw = envelope.original_content
        if not raw:
            return "554 5.6.0 The message is empty"
        to_users = all(_same(address, self._addresses.users) for address in envelope.rcpt_tos)
        if to_users and not _names_a_case(raw):
            return "550 5.7.1 Please keep the reference of our letter (DP-...) in the subject"
        peer = _peer(session, envelope)
        try:
            message_id, _ = await self._desk.keep(raw, peer, Mailbox.USERS if to_users else Mailbox.REQUESTS)
        except OSError as error:
            log.warning("a message could not be stored: %s", type(error).__name__)
            return "452 4.3.1 The message could not be stored; try again later"
        except SQLAlchemyError as error:
            log.warning("a message could not be entered in the ledger: %s", type(error).__name__)
            return "451 4.3.0 The message could not be recorded; try again later"
        self._arrived()
        return f"250 2.0.0 Kept as {message_id[:16]}"


def _same(address: str, other: str) -> bool:
    return address.lower() == other.lower()


def _names_a_case(raw: bytes) -> bool:
    """Whether a message answers another, or has a reference of ours in its subject: nothing else concerns a case."""
    headers = split_headers(raw)[0]
    return bool(answers(headers) or references(subject_of(headers)))


def _peer(session: Session, envelope: Envelope) -> SmtpPeer | None:
    """Who is at the other end: what proof of the sender begins with (S1)."""
    if not isinstance(session.peer, tuple):
        return None
    return SmtpPeer(
        address=str(session.peer[0]), helo=str(session.host_name or ""), mail_from=str(envelope.mail_from or "")
    )


def smtp_factory(handler: IntakeHandler, settings: Settings) -> Callable[[], SMTP]:
    """A protocol for each connection, with the settings' size limit."""

    def make() -> SMTP:
        return SMTP(
            handler,
            data_size_limit=settings.smtp_max_message_bytes,
            enable_SMTPUTF8=True,
            hostname=socket.gethostname() if settings.mail_domain.endswith(".example") else settings.mail_domain,
            ident="dueprocess",
        )

    return make
