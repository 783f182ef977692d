"""The agency directory, as the provider's people keep it in the record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, and_, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.ports import Conflict
from ledger.conflicts import conflicts
from ledger.events import Detail, Event, append
from ledger.tables import NO_CASE, agencies, agency_domains, agency_numbers, blocked_senders, decisions
from policy.directory import Agency, AgencyDirectory, BlockedSender, number_id


class Merged(StrEnum):
    """What became of an agency that was to be in the directory."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "there already"


@dataclass(frozen=True, slots=True)
class Verified:
    """Who vouches for call-back numbers: their roster id, and where the numbers were found, in words. `by` is None only
    for the provider's own folder."""

    by: str | None
    source: str


_FOLDER = Verified(None, "the provider's folder")


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """A call-back number of an agency, who verified it, when (UTC) and how."""

    agency: str
    number: str
    id: str
    verified_by: str | None
    verified_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class StatedCall:
    """A call-back that a verifier stated: on which number (its id), for which case, by which roster id, when (UTC)."""

    number: str
    ref: str
    by: str
    at: datetime


class Directory:
    """The agencies whose mail is official (S1, G1)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, agency: Agency, at: datetime, verified: Verified = _FOLDER) -> bool:
        """Add one agency, or what it has more than the directory knows of it; False if nothing is new.

        Raises:
            Conflict: see `merge`.
        """
        return (await self.merge((agency,), at, verified))[0] is not Merged.UNCHANGED

    async def merge(
        self, listed: Iterable[Agency], at: datetime, verified: Verified = _FOLDER, *, dry_run: bool = False
    ) -> Sequence[Merged]:
        """Add agencies, or domains and numbers to those that are known by name: all of them, or on error none.

        Nothing is ever taken away: a list that lacks a domain does not make its mail unofficial. `dry_run` only says
        what would be done.

        Raises:
            Conflict: a domain is another agency's, or the agency is known in another country.
        """
        with conflicts():
            async with self._engine.begin() as connection:
                known = {agency.name: agency for agency in (await read_directory(connection)).agencies}
                merged: list[Merged] = []
                added: list[Event] = []
                for agency in listed:
                    found, event = await _merge(connection, agency, known.get(agency.name), at, verified)
                    merged.append(found)
                    added += [event] if event else []
                if dry_run:
                    await connection.rollback()
                else:
                    await append(connection, added)
        return merged

    async def retire_number(self, agency: str, number: str, by: str, at: datetime) -> bool:
        """End a number: calls to it count no longer, and those that were made stay as they are. False if it is none."""
        a = agency_numbers.c
        here = and_(a.agency == agency, a.number == number, a.retired_at.is_(None))
        async with self._engine.begin() as connection:
            if not (await connection.execute(update(agency_numbers).where(here).values(retired_at=at))).rowcount:
                return False
            detail: Detail = {"number": number_id(number), "by": by}
            content = detail | {"agency": agency}
            await append(connection, [Event(NO_CASE, "directory", "number_retired", at, detail, content)])
        return True

    async def read(self, as_of: datetime | None = None) -> AgencyDirectory:
        """The directory, as the rules use it: now, or as it was at an instant (UTC)."""
        async with self._engine.connect() as connection:
            return await read_directory(connection, as_of)

    async def numbers(self, agency: str) -> Sequence[KnownNumber]:
        """An agency's numbers to call back on, the oldest first."""
        a = agency_numbers.c
        query = select(a.agency, a.number, a.id, a.verified_by, a.verified_at, a.source)
        query = query.where(a.agency == agency, a.retired_at.is_(None)).order_by(a.verified_at, a.number)
        async with self._engine.connect() as connection:
            return [KnownNumber(*row) for row in await connection.execute(query)]

    async def calls(self, numbers: Sequence[str]) -> Sequence[StatedCall]:
        """The calls on these numbers, by id, that verifiers have stated, the latest first."""
        called = decisions.c.signed["statement"]["called"].astext
        query = select(called, decisions.c.ref, decisions.c.by, decisions.c.at).where(
            decisions.c.accepted, called.in_(numbers)
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.order_by(decisions.c.at.desc(), decisions.c.id.desc()))
            return [StatedCall(*row) for row in rows]


async def _merge(
    connection: AsyncConnection, agency: Agency, known: Agency | None, at: datetime, verified: Verified
) -> tuple[Merged, Event | None]:
    if known is not None and known.country != agency.country:
        raise Conflict(f"{agency.name} is in the directory under {known.country}, not {agency.country}")
    domains = [domain for domain in agency.domains if known is None or domain not in known.domains]
    numbers = [number for number in agency.numbers if known is None or number not in known.numbers]
    if known is not None and not domains and not numbers:
        return Merged.UNCHANGED, None
    if known is None:
        await connection.execute(insert(agencies).values(name=agency.name, country=agency.country, added_at=at))
    first = 1 + (len(known.domains) if known else 0)
    for place, domain in enumerate(domains, start=first):
        row = {"domain": domain, "agency": agency.name, "place": place, "added_at": at}
        await connection.execute(insert(agency_domains).values(row))
    for number in numbers:
        await _add_number(connection, agency.name, number, at, verified)
    detail: Detail = {
        "country": agency.country,
        "domains": domains,
        "numbers": [number_id(number) for number in numbers],
        "by": verified.by,
    }
    kind = "agency_added" if known is None else "agency_updated"
    content = detail | {"name": agency.name, "phones": numbers, "source": verified.source}
    merged = Merged.ADDED if known is None else Merged.UPDATED
    return merged, Event(NO_CASE, "directory", kind, at, detail, content)


async def _add_number(connection: AsyncConnection, agency: str, number: str, at: datetime, verified: Verified) -> None:
    checked = {"source": verified.source, "verified_by": verified.by, "verified_at": at, "retired_at": None}
    row = upsert(agency_numbers).values(agency=agency, number=number, id=number_id(number), **checked)
    # A number that was retired can be verified anew.
    await connection.execute(row.on_conflict_do_update(constraint=agency_numbers.primary_key, set_=checked))


async def read_directory(connection: AsyncConnection, as_of: datetime | None = None) -> AgencyDirectory:
    """The agencies known, in the order of their names, and the senders blocked: now, or at an instant (UTC)."""
    listed = select(agencies.c.name, agencies.c.country).order_by(agencies.c.name)
    d, n, b = agency_domains.c, agency_numbers.c, blocked_senders.c
    rows = await connection.execute(listed.where(_lasts(as_of, agencies.c.added_at)))
    domains = await _by_agency(connection, d.agency, d.domain, _lasts(as_of, d.added_at), d.place)
    valid = _lasts(as_of, n.verified_at, n.retired_at)
    numbers = await _by_agency(connection, n.agency, n.number, valid, n.verified_at, n.number)
    blocks = select(b.sender, b.since).where(_lasts(as_of, b.since, b.ended_at)).order_by(b.since, b.id)
    blocked = await connection.execute(blocks)
    return AgencyDirectory(
        agencies=tuple(
            Agency(
                name=row.name,
                country=row.country,
                domains=tuple(domains.get(row.name, ())),
                numbers=tuple(numbers.get(row.name, ())),
            )
            for row in rows
            if row.name in domains
        ),
        blocked=tuple(BlockedSender(sender=row.sender, since=row.since) for row in blocked),
    )


class DirectoryReader:
    """Reads the directory anew only when it has changed: every mail and every decision asks for it, and a national list
    has thousands of agencies."""

    def __init__(self) -> None:
        self._known: tuple[Row[Any], AgencyDirectory] | None = None

    async def read(self, connection: AsyncConnection) -> AgencyDirectory:
        """The directory as it is now."""
        state = (await connection.execute(_STATE)).one()
        if self._known is None or self._known[0] != state:
            self._known = (state, await read_directory(connection))
        return self._known[1]


def _count(column: ColumnElement[Any]) -> ScalarSelect[int]:
    return select(func.count(column)).scalar_subquery()


#: What differs whenever the directory does. Nothing in it is deleted: rows are added and ended, and a number that was
#: retired may be verified anew, which is later.
_STATE = select(
    _count(agencies.c.name),
    _count(agency_domains.c.domain),
    _count(agency_numbers.c.number),
    _count(agency_numbers.c.retired_at),
    select(func.max(agency_numbers.c.verified_at)).scalar_subquery(),
    _count(blocked_senders.c.id),
    _count(blocked_senders.c.ended_at),
)


async def _by_agency(
    connection: AsyncConnection,
    agency: ColumnElement[str],
    value: ColumnElement[str],
    valid: ColumnElement[bool],
    *order: ColumnElement[Any],
) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, each in await connection.execute(select(agency, value).where(valid).order_by(*order)):
        found.setdefault(name, []).append(each)
    return found


def _lasts(
    as_of: datetime | None, begins: ColumnElement[Any], ends: ColumnElement[Any] | None = None
) -> ColumnElement[bool]:
    """Whether a row holds at the instant, or now."""
    if as_of is None:
        return ends.is_(None) if ends is not None else begins.is_not(None)
    begun = begins <= as_of
    return begun if ends is None else and_(begun, or_(ends.is_(None), ends > as_of))


def covers(sender: ColumnElement[Any], address: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a blocked sender covers an address: it is the address, its domain, or one above that."""
    end = func.right(address, func.length(sender) + 1)
    domain = and_(func.strpos(sender, "@") == 0, or_(end == func.concat("@", sender), end == func.concat(".", sender)))
    return or_(address == sender, domain)
