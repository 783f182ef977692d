"""How the database is reached: in UTC, and without telling rows in errors."""

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.tables import roster
from tests.ledger.build import CANARY, NOW


async def test_an_error_does_not_quote_the_row(engine: AsyncEngine) -> None:
    row: dict[str, object] = {
        "id": None,
        "person": CANARY,
        "name": CANARY,
        "public_key": CANARY,
        "roles": [],
        "added_at": NOW,
    }
    async with engine.connect() as connection:
        with pytest.raises(IntegrityError) as refused:
            await connection.execute(insert(roster), [row])
    assert 'null value in column "id"' in str(refused.value)
    assert "canary" not in str(refused.value) + str(refused.value.orig) + repr(refused.value)


async def test_every_connection_is_in_utc_and_lets_go_of_stalled_transactions(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert (await connection.execute(text("SHOW timezone"))).scalar_one() == "UTC"
        assert (await connection.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar_one() == "10s"
