"""Fills the embedded provider's database with its synthetic users."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import create_async_engine

from gateways.provider.dataset import rows
from gateways.provider.tables import metadata


async def seed(url: str) -> None:
    """Make the tables and the rows that are not there yet. What is there stays as it is, so repeating changes nothing.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached.
    """
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            for table, values in rows().items():
                await connection.execute(insert(metadata.tables[table]).on_conflict_do_nothing(), values)
    finally:
        await engine.dispose()
