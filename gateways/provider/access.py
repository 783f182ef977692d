"""The embedded service's doors: who may host and join where, and the rules by which a case restricts that (X1, X2)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import Row, Select, and_, false, insert, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.ports import AccessOrder
from gateways.provider.resolving import meeting_named_by, named_by
from gateways.provider.tables import access_rules, meetings, users
from policy.measures import about_a_meeting, lies_within, restrictable
from policy.records import Account
from policy.vocabulary import Measure


class Act(StrEnum):
    """What a user wants to do."""

    HOST = "host"
    JOIN = "join"


class ProviderAccess:
    """Keeps the access control port on the provider's database: one rule for each user or meeting of a case."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def restrict(self, order: AccessOrder, at: datetime) -> Sequence[Account]:
        async with self._engine.begin() as connection:
            known = select(access_rules.c.id).where(access_rules.c.ref == order.ref)
            # Tried again, it must not be applied to what the identifiers have come to name since.
            if (await connection.execute(known)).first() is None:
                await _apply(connection, order, at)
            concerned = (await connection.execute(_concerned(order.ref))).all()
        return tuple(
            Account(n=n, number=row.account_number, email=row.email, language=row.language)
            for n, row in enumerate(concerned, 1)
        )

    async def lift(self, ref: str, at: datetime) -> None:
        applied = update(access_rules).where(access_rules.c.ref == ref, access_rules.c.lifted_at.is_(None))
        async with self._engine.begin() as connection:
            await connection.execute(applied.values(lifted_at=at))

    async def allows(self, act: Act, email: str, territory: str, at: datetime, meeting: int | None = None) -> bool:
        """Whether the service lets a user act from a territory (ISO 3166) at an instant (UTC), in the
        meeting of this number if one is named."""
        user = select(users.c.id).where(users.c.email == email).scalar_subquery()
        numbered = select(meetings.c.id).where(meetings.c.number == meeting)
        about = or_(access_rules.c.user_id == user, access_rules.c.meeting_id.in_(numbered))
        holds = and_(access_rules.c.since <= at, access_rules.c.until > at, access_rules.c.lifted_at.is_(None))
        async with self._engine.connect() as connection:
            rules = (await connection.execute(select(access_rules).where(about, holds))).all()
        return not any(_forbids(rule, act, territory) for rule in rules)


def _forbids(rule: Row[Any], act: Act, territory: str) -> bool:
    here = lies_within(territory, rule.territory)
    match Measure(rule.measure):
        case Measure.KEEP_OUT | Measure.LIMIT_PARTICIPATION:
            return here
        case Measure.LIMIT_HOSTING:
            return here and act is Act.HOST
        case Measure.CLOSE_MEETING | Measure.SUSPEND_ACCOUNT:
            return True
        case unknown:
            assert_never(unknown)


async def _apply(connection: AsyncConnection, order: AccessOrder, at: datetime) -> None:
    about = meetings if about_a_meeting(order.restriction.measure) else users
    named = [
        meeting_named_by(identifier) if about is meetings else and_(named_by(identifier), users.c.deleted_at.is_(None))
        for identifier in order.identifiers
        if restrictable(identifier.kind, order.restriction.measure)
    ]
    found = (await connection.execute(select(about.c.id).where(or_(false(), *named)).order_by(about.c.id))).scalars()
    column = access_rules.c.meeting_id if about is meetings else access_rules.c.user_id
    for target in found.all():
        await connection.execute(
            insert(access_rules).values(
                {
                    access_rules.c.ref: order.ref,
                    column: target,
                    access_rules.c.measure: order.restriction.measure.value,
                    access_rules.c.territory: order.restriction.territory,
                    access_rules.c.since: order.since,
                    access_rules.c.until: order.until,
                    access_rules.c.applied_at: at,
                }
            )
        )


def _concerned(ref: str) -> Select[tuple[str, str, str]]:
    """The users whom a case's rules restrict, and the hosts of the meetings that they restrict, each once."""
    hosts = select(meetings.c.host_id).join(access_rules, access_rules.c.meeting_id == meetings.c.id)
    restricted = select(access_rules.c.user_id).where(access_rules.c.user_id.is_not(None))
    ids = union(hosts.where(access_rules.c.ref == ref), restricted.where(access_rules.c.ref == ref))
    query = select(users.c.account_number, users.c.email, users.c.language)
    return query.where(users.c.id.in_(ids)).order_by(users.c.id)
