"""The migrations make exactly the tables that the code describes, however often and however many at once."""

import asyncio
import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

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


async def test_the_migrations_and_the_tables_hold_rows_to_the_same_rules(
    postgres_server: PostgresServer, database: Database
) -> None:
    """What alembic does not compare: the conditions of each check and exclusion, and what columns are computed from."""
    await postgres_server.create_database("made_from_tables")
    tables = create_engine(postgres_server.url(OWNER, "made_from_tables"))
    migrated = create_engine(database.owner_url)
    with tables.begin() as connection:
        connection.execute(text("CREATE EXTENSION btree_gist"))
        metadata.create_all(connection)
    with tables.connect() as ours, migrated.connect() as theirs:
        assert _rules(ours) == _rules(theirs)
    tables.dispose()
    migrated.dispose()


def _rules(connection: Connection) -> set[tuple[str, ...]]:
    """Each rule by its table and name. The words that a column may hold are sorted: their order means nothing."""
    rules = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace"
            " UNION ALL SELECT adrelid::regclass::text, attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef"
            " JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE attgenerated <> ''"
        )
    )
    return {(table, name, *(sorted(re.split(r"[\[\],]\s*", rule)))) for table, name, rule in rules}
