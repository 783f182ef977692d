"""A row that someone edited behind the chain's back is found, though the chain itself is whole."""

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.agreement import Disagreement, disagreements
from ledger.chain import verify
from ledger.erasure import Erasure
from policy.statements import Verdict
from tests.conftest import Database, libpq
from tests.ledger.build import (
    approved,
    casebook,
    closed,
    completed,
    decision,
    entry,
    facts_read,
    letter,
    opened,
    produced,
    sha,
    snapshot_taken,
)


async def full_case(engine: AsyncEngine, name: str) -> str:
    record, ref = casebook(engine), await opened(engine, name)
    await record.commit(entry(ref, "receive", facts_read(name), letters=(letter(),)))
    await record.commit(entry(ref, "decide", decision(ref, "r-1", Verdict.APPROVE, nonce="n"), approved(ref)))
    await record.commit(entry(ref, "certificate", await completed(engine, name)))
    await record.commit(entry(ref, "produce", snapshot_taken(), produced(ref, name, (sha(name),))))
    await record.commit(entry(ref, "close", closed()))
    return ref


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("decisions", "UPDATE decisions SET accepted = false"),
        ("decisions", "DELETE FROM decisions"),
        ("decisions", "UPDATE decisions SET signed = jsonb_set(signed, '{statement,by}', '\"r-2\"')"),
        ("approved_scopes", "UPDATE approved_scopes SET body = jsonb_set(body, '{classes}', '[\"D3\"]')"),
        ("approved_scopes", "UPDATE approved_scopes SET approved_by = '{r-1,r-2}'"),
        ("completed_certificates", "UPDATE completed_certificates SET object = repeat('0', 64)"),
        ("completed_certificates", "DELETE FROM completed_certificates"),
        ("productions", "UPDATE productions SET package = repeat('0', 64)"),
        ("facts", "UPDATE facts SET value = 'someone.else@example.org' WHERE field = 'user.email'"),
        ("facts", "DELETE FROM facts WHERE field = 'user.email'"),
        ("outbox", "UPDATE outbox SET letter = jsonb_set(letter, '{to}', '\"someone.else@example.org\"')"),
        ("cases", "UPDATE cases SET outcome = 'rejected'"),
    ],
)
async def test_an_edited_row_is_found(engine: AsyncEngine, database: Database, table: str, statement: str) -> None:
    ref = await full_case(engine, "one")
    assert await disagreements(engine) == []
    async with await psycopg.AsyncConnection.connect(libpq(database.superuser_url), autocommit=True) as connection:
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
        await connection.execute(statement.encode())
    assert await disagreements(engine) == [Disagreement(table, ref)]
    assert (await verify(engine)).intact


async def test_an_erased_case_is_no_disagreement(engine: AsyncEngine) -> None:
    await full_case(engine, "one")
    ref = await full_case(engine, "two")
    await Erasure(engine).erase(ref, closed().retain_until)
    assert await disagreements(engine) == []
