"""Real servers for the session: a Postgres, from which each test has databases of its own, and a Temporal.

`world` is a whole deployment on them, for tests of what happens from a mail to the outcome of its case.
"""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from contract.search_attributes import REGISTRY
from gateways.provider.seed import seed
from ledger.engine import make_engine
from ledger.migrate import upgrade
from runtime.codec import generate_key
from runtime.embedded.ports import free_port
from runtime.embedded.postgres import APP, OWNER, PROVIDER, PostgresServer
from runtime.embedded.temporal import TemporalServer
from runtime.settings import Settings
from tests.world import World, name_system, open_world

# How long an example takes says nothing where several processes share two cores; tests that mean a time measure it.
settings.register_profile("dueprocess", deadline=None)
settings.load_profile("dueprocess")

_TEMPLATE = "ledger_template"
_PROVIDER_TEMPLATE = "provider_template"
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


@asynccontextmanager
async def _cloned(server: PostgresServer, template: str, owner: str) -> AsyncIterator[str]:
    """A copy of a database, dropped at the end; yields its name."""
    name = f"test_{next(_numbers)}"
    superuser = server.url("postgres", "postgres")
    async with await psycopg.AsyncConnection.connect(libpq(superuser), autocommit=True) as connection:
        identifiers = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        clone = "CREATE DATABASE {name} TEMPLATE {template} OWNER {owner} STRATEGY file_copy"
        await connection.execute(sql.SQL(clone).format(**identifiers, owner=sql.Identifier(owner)))
        yield name
        await connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**identifiers))


@pytest.fixture
async def database(postgres_server: PostgresServer, migrated_template: str) -> AsyncIterator[Database]:
    async with _cloned(postgres_server, migrated_template, OWNER) as name:
        yield Database(*(postgres_server.url(role, name) for role in (APP, OWNER, "postgres")))


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database.app_url)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def provider_template(postgres_server: PostgresServer) -> str:
    await postgres_server.create_database(_PROVIDER_TEMPLATE, owner=PROVIDER)
    await seed(postgres_server.url(PROVIDER, _PROVIDER_TEMPLATE))
    return _PROVIDER_TEMPLATE


@pytest.fixture
async def provider_url(postgres_server: PostgresServer, provider_template: str) -> AsyncIterator[str]:
    """A provider's database of the test's own, so that a test may change its records."""
    async with _cloned(postgres_server, provider_template, PROVIDER) as name:
        yield postgres_server.url(PROVIDER, name)


@pytest.fixture(scope="session")
async def temporal_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TemporalServer]:
    server = TemporalServer(tmp_path_factory.mktemp("temporal"), free_port(), search_attributes=REGISTRY)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture
def world_settings(
    database: Database,
    provider_url: str,
    temporal_server: TemporalServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """The settings of a whole deployment that no other test shares, with encryption on."""
    for name in os.environ:
        if name.startswith("DUEPROCESS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Settings(
        dns=name_system(tmp_path),
        state_dir=tmp_path / "state",
        clock_file=tmp_path / "clock",
        temporal_address=temporal_server.address,
        task_queue=f"test-{next(_numbers)}",
        database_url=SecretStr(database.app_url),
        database_owner_url=SecretStr(database.owner_url),
        provider_database_url=SecretStr(provider_url),
        codec_keys=SecretStr(f"test:{generate_key()}"),
        # A step that is under way may end: a worker that cancels it can wait a minute, or for ever, for its last poll.
        graceful_shutdown_seconds=5,
    )


@pytest.fixture
async def world(world_settings: Settings, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(world_settings, tmp_path / "mail") as world:
        yield world
