"""The embedded provider's systems of record, read through the record source port."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateways.provider.collecting import MEDIA_KEY, queries, records_of
from gateways.provider.resolving import named_by
from gateways.provider.tables import recordings, users
from policy.records import Account, Record
from policy.request import Identifier


class RecordGoneError(LookupError):
    """What was asked for was deleted at its source and cannot be retrieved (D5)."""


class ProviderRecords:
    """Reads the provider's database, in read-only transactions that each see one point in time (P1)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def resolve(self, identifiers: Sequence[Identifier]) -> Mapping[int, Sequence[Account]]:
        numbered: dict[int, Account] = {}
        resolved: dict[int, Sequence[Account]] = {}
        async with self._engine.connect() as connection:
            for place, identifier in enumerate(identifiers, 1):
                found = await _users_named_by(connection, identifier)
                for user in found:
                    account = Account(
                        n=len(numbered) + 1, number=user.account_number, email=user.email, language=user.language
                    )
                    numbered.setdefault(user.id, account)
                resolved[place] = tuple(numbered[user.id] for user in found)
        return resolved

    async def collect(self, accounts: Sequence[Account]) -> Sequence[Record]:
        found: list[Record] = []
        async with self._engine.connect() as connection:
            for account in accounts:
                reachable = select(users.c.id).where(users.c.email == account.email, users.c.deleted_at.is_(None))
                user = (await connection.execute(reachable)).scalar_one_or_none()
                if user is None:  # Deleted since it was resolved: there is nothing left to give (D5).
                    continue
                for table, query in queries(user).items():
                    found.extend(records_of(account, table, (await connection.execute(query)).all()))
        return tuple(found)

    async def media_of(self, record: Record) -> bytes:
        """The bytes of a recording as the source has them now.

        Raises:
            RecordGoneError: its owner has deleted it since (D5).
        """
        key = record.values[MEDIA_KEY]
        kept = select(recordings.c.video).where(recordings.c.id == int(key), recordings.c.deleted_at.is_(None))
        async with self._engine.connect() as connection:
            video: bytes | None = (await connection.execute(kept)).scalar_one_or_none()
        if video is None:
            raise RecordGoneError(f"D5: recording {key} was deleted and cannot be retrieved.")
        return video


async def _users_named_by(connection: AsyncConnection, identifier: Identifier) -> Sequence[Row[int, str, str, str]]:
    reachable = (
        select(users.c.id, users.c.account_number, users.c.email, users.c.language)
        .where(named_by(identifier), users.c.deleted_at.is_(None))
        .order_by(users.c.id)
    )
    return (await connection.execute(reachable)).all()
