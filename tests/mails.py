"""Sample mail with something more in it."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP


def also_attached(raw: bytes, pdf: bytes, name: str) -> bytes:
    """The mail with one more PDF."""
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes()
