"""Brings the record's schema to the version that this code needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

_LOCK = 0x6475_6570  # any fixed number: everyone who migrates this database takes this advisory lock first


def upgrade(owner_url: str) -> None:
    """Run the migrations that are still to be run, all or none. Safe to repeat, and safe when several start at once.

    `owner_url` is the address of the database as its owner; the application's own role may not change the schema.
    """
    engine = create_engine(owner_url, connect_args={"application_name": "dueprocess-migrate"})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
