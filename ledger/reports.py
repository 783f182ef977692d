"""What operators and auditors ask of the whole record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import Production
from ledger.reliance import relied_on
from ledger.tables import (
    cases,
    productions,
    revoked_links,
)
from policy.vocabulary import Outcome, Phase, RequestKind


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list: where it stands, and nothing of what it is about."""

    ref: str
    kind: RequestKind
    phase: Phase
    opened_at: datetime
    outcome: Outcome | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequiredObject:
    """An object that the record relies on: `source` says as what, `ref` for which case (None: a message in no case)."""

    sha256: str
    source: str
    ref: str | None


@dataclass(frozen=True, slots=True)
class ProductionLink:
    """What a download link leads to."""

    ref: str
    production: Production


class Reports:
    """Reads over all cases."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def cases(
        self, *, phase: Phase | None = None, kind: RequestKind | None = None, only_open: bool = False
    ) -> Sequence[CaseLine]:
        """The cases, in the order of their references."""
        query = select(cases).order_by(cases.c.opened_at, cases.c.ref)
        if phase:
            query = query.where(cases.c.phase == phase.value)
        if kind:
            query = query.where(cases.c.kind == kind.value)
        if only_open:
            query = query.where(cases.c.closed_at.is_(None))
        async with self._engine.connect() as connection:
            return [
                CaseLine(
                    row.ref,
                    RequestKind(row.kind),
                    Phase(row.phase),
                    row.opened_at,
                    Outcome(row.outcome) if row.outcome else None,
                    row.closed_at,
                )
                for row in await connection.execute(query)
            ]

    async def open_cases(self) -> dict[str, Phase]:
        """The phase of every case that is not closed, by reference: what Temporal must agree with."""
        return {line.ref: line.phase for line in await self.cases(only_open=True)}

    async def policies(self) -> Sequence[str]:
        """The editions of the policy books that cases were received under."""
        query = select(cases.c.policy_version).distinct().order_by(cases.c.policy_version)
        async with self._engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def objects(self) -> Sequence[RequiredObject]:
        """Every object that must exist, each with what relies on it; without what was refused, purged or erased."""
        async with self._engine.connect() as connection:
            order = (relied_on.c.sha256, relied_on.c.source, relied_on.c.ref)
            rows = await connection.execute(select(relied_on).order_by(*order))
            return [RequiredObject(row.sha256, row.source, row.ref) for row in rows]

    async def link(self, token_sha256: str) -> ProductionLink | None:
        """The production whose link has this token, by the token's SHA-256, or None. The caller checks the expiry."""
        query = (
            select(productions, revoked_links.c.at.label("revoked_at"))
            .outerjoin_from(productions, revoked_links)
            .where(productions.c.token_sha256 == token_sha256)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).mappings().first()
        if row is None:
            return None
        values = {name: value for name, value in row.items() if name not in {"ref", "token_sha256"}}
        return ProductionLink(row["ref"], Production.model_validate(values))
