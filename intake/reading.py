"""What was read in a message: hostile input turned into frozen, checked values, once."""

from pydantic import AwareDatetime

from policy.authentication import Authentication
from policy.facts import Fact
from policy.findings import Document, Reason
from policy.frozen import Frozen
from policy.vocabulary import Automatic


class MessageReading(Frozen):
    """A message as it was read. Everything here came from outside and proves nothing by itself.

    `fingerprint` (SHA-256) is the same for the same message sent again: it covers the author, Message-ID, date and
    body, not the transport's headers. `author` is the one address in From, lower case, or None where there is none or
    more than one. `references` are our own case references (DP-…) found in the subject or body. `remarks` say what was
    seen but could not be read, by clause. `authentication` is what the message proves of its From domain, established
    once, when it is read; None where it was not looked into. `automatic` says that no person wrote it; of a bounce,
    `bounced` are the Message-IDs of what came back, and `bounce_status` its code (RFC 3463).
    """

    fingerprint: str
    author: str | None
    author_domain: str | None
    subject: str
    header_message_id: str | None
    in_reply_to: tuple[str, ...] = ()
    dated: AwareDatetime | None = None
    references: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    documents: tuple[Document, ...] = ()
    remarks: tuple[Reason, ...] = ()
    authentication: Authentication | None = None
    automatic: Automatic | None = None
    bounced: tuple[str, ...] = ()
    bounce_status: str | None = None
