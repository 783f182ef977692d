"""The migrations make exactly the tables that the code describes, however often and however many at once."""

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from ledger.migrate import upgrade
from ledger.tables import metadata
from runtime.embedded.postgres import OWNER, PostgresServer
from tests.conftest import Database


async def test_several_may_migrate_at_once_and_again(postgres_server: PostgresServer) -> None:
    await postgres_server.create_database("migrated_at_once")
    url = postgres_server.url(OWNER, "migrated_at_once")
    await asyncio.gather(*(asyncio.to_thread(upgrade, url) for _ in range(4)))
    upgrade(url)


def test_the_migrations_and_the_tables_agree(database: Database) -> None:
    owner = create_engine(database.owner_url)
    with owner.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    owner.dispose()
    assert differences == []
