"""Mails that answer ours, as an officer's mail program writes them."""

import itertools
from email.message import EmailMessage
from email.policy import SMTP

from tests.world import SENDER, Mail

_NUMBERS = itertools.count(1)


def reply(
    body: str,
    subject: str,
    *,
    answers: str | None = None,
    sender: str = SENDER,
    pdf: bytes | None = None,
    **headers: str,
) -> bytes:
    """A mail of which no two are alike; `answers` is the Message-ID that it replies to."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = "lawenforcement@provider.example"
    mail["Message-ID"] = headers.pop("message_id", f"<reply-{next(_NUMBERS)}@{sender.rpartition('@')[2]}>")
    mail["Subject"] = subject
    if answers is not None:
        mail["In-Reply-To"] = mail["References"] = answers
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    if pdf is not None:
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="order.pdf")
    return mail.as_bytes()


def report(letter: Mail, action: str = "failed", status: str = "5.1.1") -> bytes:
    """What a mail system says of a letter of ours (RFC 3464)."""
    mail = EmailMessage()
    mail["From"] = "MAILER-DAEMON@mx.example.com"
    mail["To"] = "legal-process@provider.example"
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail["Message-ID"] = f"<{action}.{letter.message_id.strip('<>').partition('@')[0]}@mx.example.com>"
    mail.set_content(
        f"A report.\n\nAction: {action}\nStatus: {status}\n\nMessage-ID: {letter.message_id}\n", cte="7bit"
    )
    mail.set_param("report-type", "delivery-status", "Content-Type")
    return mail.as_bytes().replace(b"text/plain", b"multipart/report", 1)
