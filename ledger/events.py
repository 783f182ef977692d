"""How an event is added to the chain. The database links it; here it is only put into words."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.tables import contents, events

Detail = dict[str, object]


@dataclass(frozen=True, slots=True)
class Event:
    """One event to add. `detail` goes into the chain for ever and holds no personal data; `content` is all of it."""

    ref: str
    step: str
    kind: str
    at: datetime
    detail: Detail = field(default_factory=dict)
    content: Detail | None = None


def canonical_json(value: object) -> str:
    """The one spelling of a JSON value, in ASCII and on one line."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def content_hash(salt: str, body: str) -> str:
    """The hash by which the chain binds an event's content."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


async def append(connection: AsyncConnection, added: Sequence[Event]) -> None:
    """Add events to the chain, in this order.

    Call it last in a transaction: from here until the commit everyone else who appends waits, so nothing that could
    wait for them may follow.
    """
    if not added:
        return
    bodies: list[Detail] = []
    rows: list[Detail] = []
    for event in added:
        salt, body = secrets.token_hex(16), canonical_json(event.detail if event.content is None else event.content)
        sha256 = content_hash(salt, body)
        bodies.append({"sha256": sha256, "ref": event.ref, "salt": salt, "body": body})
        rows.append(
            {
                "ref": event.ref,
                "step": event.step,
                "kind": event.kind,
                "at": event.at,
                "detail": event.detail,
                "content_sha256": sha256,
            }
        )
    await connection.execute(insert(contents), bodies)
    await connection.execute(insert(events), rows)
