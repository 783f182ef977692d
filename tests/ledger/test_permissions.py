"""The application's role can do what the application does, and no more."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.tables import metadata

_AROUND_THE_RULES = (
    "UPDATE events SET kind = 'x'",
    "UPDATE chain_head SET seq = 0",
    "INSERT INTO chain_head (seq, hash) VALUES (0, '')",
    "INSERT INTO events (seq, ref, step, kind, at, detail, content_sha256) VALUES (1, '-', '-', '-', now(), '{}', '-')",
    "INSERT INTO events (hash, ref, step, kind, at, detail, content_sha256) VALUES ('', '', '', '', now(), '{}', '')",
    "UPDATE decisions SET accepted = true",
    "UPDATE productions SET size = 0",
    "UPDATE steps SET step = 'x'",
    "UPDATE facts SET ref = 'x'",
    "UPDATE messages SET received_at = now()",
    "UPDATE holds SET since = now()",
    "UPDATE roster SET public_key = 'x'",
    "UPDATE roster SET roles = '{}'",
    "UPDATE cases SET kind = 'disclosure'",
    "ALTER TABLE events DISABLE TRIGGER ALL",
    "CREATE TABLE mine (id int)",
    "SELECT * FROM alembic_version",
)


async def test_the_application_deletes_nothing(engine: AsyncEngine) -> None:
    for table in metadata.tables:
        for verb in ("DELETE FROM", "TRUNCATE", "DROP TABLE"):
            await _refused(engine, f"{verb} {table}")


async def test_the_application_cannot_reach_around_the_rules(engine: AsyncEngine) -> None:
    for statement in _AROUND_THE_RULES:
        await _refused(engine, statement)


async def _refused(engine: AsyncEngine, statement: str) -> None:
    async with engine.connect() as connection:
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            await connection.execute(text(statement))
