"""The agency directory, as the provider's people keep it in the record."""

from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger.conflicts import conflicts
from ledger.events import Detail, Event, append
from ledger.tables import NO_CASE, agencies, agency_domains
from policy.directory import Agency, AgencyDirectory


class Directory:
    """The agencies whose mail is official (S1, G1)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, agency: Agency, at: datetime) -> bool:
        """Add an agency; False if the very same is there already.

        Raises:
            Conflict: another agency has its name or one of its domains.
        """
        with conflicts():
            async with self._engine.begin() as connection:
                if agency in (await read_directory(connection)).agencies:
                    return False
                row = agency.model_dump(exclude={"domains"}) | {"added_at": at}
                await connection.execute(insert(agencies).values(row))
                domains = [
                    {"domain": domain, "agency": agency.name, "place": place}
                    for place, domain in enumerate(agency.domains, start=1)
                ]
                await connection.execute(insert(agency_domains), domains)
                detail: Detail = {"country": agency.country, "domains": list(agency.domains)}
                content = agency.model_dump(mode="json")
                await append(connection, [Event(NO_CASE, "directory", "agency_added", at, detail, content)])
        return True

    async def read(self) -> AgencyDirectory:
        """The directory, as the rules use it."""
        async with self._engine.connect() as connection:
            return await read_directory(connection)


async def read_directory(connection: AsyncConnection) -> AgencyDirectory:
    """The agencies known, in the order of their names; each one's domains in the order in which they were given."""
    domains = func.array_agg(aggregate_order_by(agency_domains.c.domain, agency_domains.c.place)).label("domains")
    query = (
        select(agencies.c.name, agencies.c.country, agencies.c.phone, domains)
        .join(agency_domains, agency_domains.c.agency == agencies.c.name)
        .group_by(agencies.c.name)
        .order_by(agencies.c.name)
    )
    rows = (await connection.execute(query)).mappings()
    return AgencyDirectory(agencies=tuple(Agency.model_validate(dict(row)) for row in rows))
