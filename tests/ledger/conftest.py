"""A real Postgres for the session, and for each test a database of its own, cloned from a migrated one."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.engine import make_engine
from ledger.migrate import upgrade
from runtime.embedded.ports import free_port
from runtime.embedded.postgres import APP, OWNER, PostgresServer

_TEMPLATE = "ledger_template"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Database:
    """A database of one test: its addresses as the application, as the owner, and as the superuser."""

    app_url: str
    owner_url: str
    superuser_url: str


def libpq(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture(scope="session")
async def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PostgresServer]:
    server = PostgresServer(tmp_path_factory.mktemp("postgres"), free_port())
    await server.start()
    try:
        await _hurry(server)
        yield server
    finally:
        await server.stop()


async def _hurry(server: PostgresServer) -> None:
    """No test of this server cuts its power, so nothing need reach the disk."""
    superuser = libpq(server.url("postgres", "postgres"))
    async with await psycopg.AsyncConnection.connect(superuser, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            await connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        await connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
async def migrated_template(postgres_server: PostgresServer) -> str:
    await postgres_server.create_database(_TEMPLATE)
    upgrade(postgres_server.url(OWNER, _TEMPLATE))
    return _TEMPLATE


@pytest.fixture
async def database(postgres_server: PostgresServer, migrated_template: str) -> AsyncIterator[Database]:
    name = f"test_{next(_numbers)}"
    superuser = postgres_server.url("postgres", "postgres")
    async with await psycopg.AsyncConnection.connect(libpq(superuser), autocommit=True) as connection:
        identifiers = {"name": sql.Identifier(name), "template": sql.Identifier(migrated_template)}
        clone = "CREATE DATABASE {name} TEMPLATE {template} OWNER {owner} STRATEGY file_copy"
        await connection.execute(sql.SQL(clone).format(**identifiers, owner=sql.Identifier(OWNER)))
        yield Database(*(postgres_server.url(role, name) for role in (APP, OWNER, "postgres")))
        await connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**identifiers))


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database.app_url)
    yield engine
    await engine.dispose()
