"""Appeals against restrictions (X3): the links that lead to one, and the appeals that nobody has taken up yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.tables import appeals, cases, notices, restricted_accounts, restrictions
from policy.vocabulary import Phase


@dataclass(frozen=True, slots=True)
class AppealLink:
    """What a link in a notice leads to: a restriction that may be appealed until it ends (UTC) or is lifted."""

    ref: str
    n: int
    language: str
    until: datetime
    lifted_at: datetime | None


class Appeals:
    """Reads what the pages and the intake need to know of appeals."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def link(self, token_sha256: str) -> AppealLink | None:
        """What the link with this token leads to, by the token's SHA-256, or None."""
        query = (
            select(
                notices.c.ref,
                notices.c.n,
                restricted_accounts.c.language,
                restrictions.c.until,
                restrictions.c.lifted_at,
            )
            .join(restrictions, restrictions.c.ref == notices.c.ref)
            .join(
                restricted_accounts,
                (restricted_accounts.c.ref == notices.c.ref) & (restricted_accounts.c.n == notices.c.n),
            )
            .where(notices.c.appeal_token == token_sha256)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return AppealLink(row.ref, row.n, row.language, row.until, row.lifted_at) if row else None

    async def unheard(self) -> Sequence[str]:
        """The restricted cases with an open appeal that their machine has not taken up."""
        query = (
            select(appeals.c.ref)
            .join(cases, cases.c.ref == appeals.c.ref)
            .where(appeals.c.answered_at.is_(None), cases.c.phase == Phase.RESTRICTED.value)
            .distinct()
        )
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).scalars().all()
