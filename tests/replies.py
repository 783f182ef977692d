"""Mails that answer ours, as an officer's mail program writes them."""

import itertools
from email.message import EmailMessage
from email.policy import SMTP

from tests.world import SENDER

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
