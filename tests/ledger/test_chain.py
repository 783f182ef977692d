"""Whoever edits, deletes, reorders or cuts the chain is found out, even as the database's superuser."""

import asyncio

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.record import HoldWarned
from ledger.chain import ChainReport, FaultKind, Head, verify
from ledger.engine import make_engine
from tests.conftest import Database, libpq
from tests.ledger.build import casebook, entry, facts_read, opened


@pytest.fixture
async def chain(engine: AsyncEngine) -> AsyncEngine:
    """A record with a chain of ten events and more."""
    ref = await opened(engine)
    await casebook(engine).commit(entry(ref, "receive", facts_read()))
    for number in range(10):
        await casebook(engine).commit(entry(ref, f"warn-{number}", HoldWarned(days_left=number)))
    return engine


async def tamper(database: Database, *statements: str) -> None:
    """As the superuser, with every trigger switched off."""
    async with await psycopg.AsyncConnection.connect(libpq(database.superuser_url), autocommit=True) as connection:
        await connection.execute("ALTER TABLE events DISABLE TRIGGER ALL")
        await connection.execute("ALTER TABLE contents DISABLE TRIGGER ALL")
        for statement in statements:
            await connection.execute(statement.encode())


def kinds(report: ChainReport) -> set[FaultKind]:
    return {fault.kind for fault in report.faults}


async def test_a_chain_left_alone_verifies(chain: AsyncEngine) -> None:
    report = await verify(chain)
    assert report.intact
    assert report.events == report.head.seq == 13
    assert report.erased == 0


async def test_an_empty_chain_verifies(engine: AsyncEngine) -> None:
    report = await verify(engine, expected_head=Head())
    assert report.intact
    assert report.head == Head()


async def test_I6_the_chain_holds_under_eight_writers(engine: AsyncEngine) -> None:
    refs = [await opened(engine, f"request {number}") for number in range(8)]
    before = (await verify(engine)).events

    async def write(ref: str) -> None:
        for number in range(25):
            await casebook(engine).commit(entry(ref, f"warn-{number}", HoldWarned(days_left=number)))

    await asyncio.gather(*(write(ref) for ref in refs))
    report = await verify(engine)
    assert report.intact
    assert report.events == before + 8 * 25


@pytest.mark.parametrize(
    "change",
    [
        """UPDATE events SET detail = '{"days_left":99}' WHERE seq = 6""",
        "UPDATE events SET at = at + interval '1 microsecond' WHERE seq = 6",
        "UPDATE events SET ref = 'DP-2026-000002' WHERE seq = 6",
        "UPDATE events SET kind = 'hold_started' WHERE seq = 6",
        "UPDATE events SET step = 'other' WHERE seq = 6",
    ],
)
async def test_an_edited_event_is_found(chain: AsyncEngine, database: Database, change: str) -> None:
    await tamper(database, change)
    report = await verify(chain)
    assert [(fault.kind, fault.seq) for fault in report.faults] == [(FaultKind.EDITED, 6)]


async def test_an_edited_event_with_a_fitting_hash_is_found(chain: AsyncEngine, database: Database) -> None:
    # The forger computes the hash anew, as the trigger does; the next event still names the old one.
    await tamper(
        database,
        """UPDATE events SET detail = '{"days_left":99}' WHERE seq = 6""",
        r"""UPDATE events SET hash = encode(sha256(convert_to(concat_ws(E'\n', seq, ref, step, kind,
            to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), detail::text, content_sha256, prev),
            'UTF8')), 'hex') WHERE seq = 6""",
    )
    report = await verify(chain)
    assert [(fault.kind, fault.seq) for fault in report.faults] == [(FaultKind.UNLINKED, 7)]


async def test_edited_content_is_found(chain: AsyncEngine, database: Database) -> None:
    await tamper(database, "UPDATE contents SET body = replace(body, 'canary', 'somebody') WHERE body LIKE '%canary%'")
    assert kinds(await verify(chain)) == {FaultKind.CONTENT}


async def test_a_deleted_event_is_found(chain: AsyncEngine, database: Database) -> None:
    await tamper(database, "DELETE FROM events WHERE seq = 6")
    report = await verify(chain)
    assert [(fault.kind, fault.seq) for fault in report.faults] == [(FaultKind.MISSING, 7)]


async def test_a_deleted_event_is_found_when_the_rest_moves_up(chain: AsyncEngine, database: Database) -> None:
    await tamper(
        database,
        "DELETE FROM events WHERE seq = 6",
        "UPDATE events SET seq = seq + 100 WHERE seq > 6",
        "UPDATE events SET seq = seq - 101 WHERE seq > 100",
    )
    assert FaultKind.UNLINKED in kinds(await verify(chain))


async def test_reordered_events_are_found(chain: AsyncEngine, database: Database) -> None:
    await tamper(
        database,
        "UPDATE events SET seq = 1000 WHERE seq = 6",
        "UPDATE events SET seq = 6 WHERE seq = 7",
        "UPDATE events SET seq = 7 WHERE seq = 1000",
    )
    assert {FaultKind.UNLINKED, FaultKind.EDITED} <= kinds(await verify(chain))


@pytest.mark.parametrize("cut", ["DELETE FROM events WHERE seq > 9", "TRUNCATE events"])
async def test_a_cut_tail_is_found(chain: AsyncEngine, database: Database, cut: str) -> None:
    await tamper(database, cut)
    assert kinds(await verify(chain)) == {FaultKind.TRUNCATED}


async def test_a_cut_tail_is_found_by_the_head_kept_outside(chain: AsyncEngine, database: Database) -> None:
    kept = (await verify(chain)).head
    await tamper(
        database,
        "DELETE FROM events WHERE seq > 9",
        "UPDATE chain_head SET seq = 9, hash = (SELECT hash FROM events WHERE seq = 9)",
    )
    assert (await verify(chain)).intact
    assert kinds(await verify(chain, kept)) == {FaultKind.TRUNCATED}


async def test_a_rebuilt_chain_is_found_by_the_head_kept_outside(chain: AsyncEngine, database: Database) -> None:
    kept = (await verify(chain)).head
    await tamper(
        database,
        "CREATE TEMP TABLE old AS SELECT ref, step, kind, at, detail, content_sha256 FROM events WHERE seq <> 6",
        "TRUNCATE events",
        "UPDATE chain_head SET seq = 0, hash = repeat('0', 64)",
        "ALTER TABLE events ENABLE ALWAYS TRIGGER link",
        "INSERT INTO events (ref, step, kind, at, detail, content_sha256) SELECT * FROM old",
        "INSERT INTO events (ref, step, kind, at, detail, content_sha256) SELECT * FROM old LIMIT 1",
    )
    assert (await verify(chain)).intact
    assert kinds(await verify(chain, kept)) == {FaultKind.REBUILT}


async def test_a_head_kept_outside_stays_good_as_the_chain_grows(chain: AsyncEngine) -> None:
    kept = Head.parse(str((await verify(chain)).head))
    await opened(chain, "later")
    assert (await verify(chain, kept)).intact


@pytest.mark.parametrize("written", ["", "7", "x:" + "0" * 64, "7:" + "0" * 63, "7:" + "z" * 64])
def test_a_head_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="chain head"):
        Head.parse(written)


@pytest.mark.parametrize("table", ["events", "steps", "decisions", "productions"])
async def test_even_the_owner_cannot_change_the_past(database: Database, table: str) -> None:
    owner = make_engine(database.owner_url)
    try:
        for change in ("UPDATE {} SET ref = ref", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            async with owner.connect() as connection:
                with pytest.raises(SQLAlchemyError, match="append-only"):
                    await connection.execute(text(change.format(table)))
    finally:
        await owner.dispose()


async def test_switching_to_replica_mode_does_not_help(chain: AsyncEngine, database: Database) -> None:
    async with await psycopg.AsyncConnection.connect(libpq(database.superuser_url)) as connection:
        await connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            await connection.execute("DELETE FROM events")
