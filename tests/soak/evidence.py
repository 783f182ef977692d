"""What the judge looks at, made readable: mail files, hashes and signatures, without a line of the product."""

import base64
import email
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_LETTER = re.compile(r"<(?P<ref>dp-\d{4}-\d+)\..+\.(?P<name>[a-z_]+)@")


@dataclass(frozen=True, slots=True)
class Evidence:
    """`folder` has plan.json and the mails sent; `state_dir` the sink's mail and the objects; `dsn` is libpq's."""

    folder: Path
    state_dir: Path
    dsn: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the sink: `to` is who really got it, `at` its business time (UTC)."""

    ref: str
    name: str
    message_id: str
    to: str
    at: datetime
    body: str


def letters(folder: Path) -> Iterator[Letter]:
    """Every letter in the sink, in order of receipt.

    Raises:
        ValueError: a message is no letter of the product.
    """
    for path in sorted(folder.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes())
        message_id = str(message["Message-ID"]).strip()  # A long one stands on a line of its own.
        found = _LETTER.match(message_id)
        if found is None:
            raise ValueError(f"{path.name} has a Message-ID that is no letter's: {message_id}")
        yield Letter(
            ref=found["ref"].upper(),
            name=found["name"],
            message_id=message_id,
            to=str(message["X-Envelope-To"]),
            at=parsedate_to_datetime(str(message["Date"])),
            body=_text(message),
        )


def _text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            return payload.decode() if isinstance(payload, bytes) else ""
    return ""


def sha256_of(path: Path) -> str:
    """The hash of a file, lower-case hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def signature_holds(decision: Mapping[str, Any]) -> bool:
    """Ed25519 over the statement's canonical JSON, from which what was left unsaid is left out."""
    said = {name: value for name, value in decision["signed"]["statement"].items() if value not in (None, [])}
    body = b"dueprocess statement v1\n" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    key = Ed25519PublicKey.from_public_bytes(_decode(decision["public_key"]))
    try:
        key.verify(_decode(decision["signed"]["signature"]), body)
    except InvalidSignature:
        return False
    return True


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def event_hash(row: Mapping[str, Any]) -> str:
    """The hash that an event of the chain must have: SHA-256 over its columns, one on each line."""
    at = row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    columns = (
        str(row["seq"]),
        row["ref"],
        row["step"],
        row["kind"],
        at,
        row["detail"],
        row["content_sha256"],
        row["prev"],
    )
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()
