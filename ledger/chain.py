"""Verifies the chain of events, trusting nothing that the database computed: every hash is computed again here.

Whoever owns the database can rebuild a chain that is consistent in itself. What they cannot do is make it contain a
head that was written down elsewhere before: keep the `Head` of each verification outside the database, and give it
to the next one.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger.events import content_hash
from ledger.tables import chain_head, contents, events

_GENESIS = "0" * 64
_Row = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at some moment: number and hash of its last event. `str()` and `parse` are inverse."""

    seq: int = 0
    hash: str = _GENESIS

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Raises ValueError when the text is not `<number>:<64 hex digits>`."""
        seq, _, digest = text.strip().partition(":")
        if not seq.isdecimal() or len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("a chain head is written <number>:<64 hex digits>")
        return cls(int(seq), digest)


class FaultKind(StrEnum):
    """How the chain can be broken."""

    EDITED = "edited"
    MISSING = "missing"
    UNLINKED = "unlinked"
    CONTENT = "content"
    TRUNCATED = "truncated"
    REBUILT = "rebuilt"


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Where the chain is broken, and how."""

    kind: FaultKind
    seq: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a verification found. `erased` counts events whose content has been erased, which is no fault."""

    head: Head
    events: int
    erased: int
    faults: tuple[ChainFault, ...]

    @property
    def intact(self) -> bool:
        return not self.faults


def event_hash(row: _Row) -> str:
    """The hash that an event must have: SHA-256 over its columns, one on each line."""
    at: datetime = row.at.astimezone(UTC)
    instant = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    columns = (str(row.seq), row.ref, row.step, row.kind, instant, row.detail, row.content_sha256, row.prev)
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()


async def verify(engine: AsyncEngine, expected_head: Head | None = None) -> ChainReport:
    """Walk the whole chain. `expected_head` is one that was kept outside the database; the chain must contain it."""
    faults: list[ChainFault] = []
    last, count, erased = Head(), 0, 0
    expected_met = expected_head is None or expected_head == last
    async with engine.connect() as plain:
        # One snapshot for chain and head, however long the walk takes and whatever is added meanwhile.
        connection = await plain.execution_options(isolation_level="REPEATABLE READ")
        async for row in _walk(connection):
            faults += _faults_of(row, last)
            count += 1
            erased += row.body is None
            last = Head(row.seq, row.hash)
            expected_met = expected_met or last == expected_head
        kept = (await connection.execute(select(chain_head.c.seq, chain_head.c.hash))).first()
    if kept is None or Head(kept.seq, kept.hash) != last:
        sentence = f"the chain ends at event {last.seq}, but the database noted another end"
        faults.append(ChainFault(FaultKind.TRUNCATED, last.seq, sentence))
    if expected_head and not expected_met:
        beyond = expected_head.seq > last.seq
        sentence = f"the chain does not contain the head {expected_head} that was kept outside"
        faults.append(ChainFault(FaultKind.TRUNCATED if beyond else FaultKind.REBUILT, expected_head.seq, sentence))
    return ChainReport(last, count, erased, tuple(faults))


async def _walk(connection: AsyncConnection) -> AsyncIterator[_Row]:
    columns = [column for column in events.c if column is not events.c.detail]
    query = (
        select(*columns, cast(events.c.detail, Text).label("detail"), contents.c.salt, contents.c.body)
        .select_from(events)
        .outerjoin(contents, contents.c.sha256 == events.c.content_sha256)
        .order_by(events.c.seq)
    )
    async with connection.stream(query.execution_options(yield_per=1000)) as rows:
        async for row in rows:
            yield row


def _faults_of(row: _Row, last: Head) -> list[ChainFault]:
    faults = []
    if row.seq != last.seq + 1:
        sentence = f"events {last.seq + 1} to {row.seq - 1} are missing"
        faults.append(ChainFault(FaultKind.MISSING, row.seq, sentence))
    elif row.prev != last.hash:
        faults.append(ChainFault(FaultKind.UNLINKED, row.seq, f"event {row.seq} does not follow event {last.seq}"))
    if row.hash != event_hash(row):
        faults.append(ChainFault(FaultKind.EDITED, row.seq, f"event {row.seq} is not what was recorded"))
    if row.body is not None and content_hash(row.salt, row.body) != row.content_sha256:
        sentence = f"what event {row.seq} is about is not what was recorded"
        faults.append(ChainFault(FaultKind.CONTENT, row.seq, sentence))
    return faults
