"""The agency directory: whom we know, under which domains they write, the numbers to call them back on (G1), and which
senders are known to be in other hands (S1)."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import AwareDatetime, BeforeValidator, Field

from policy.addresses import domain_of, normal_domain, resembles, within
from policy.frozen import Frozen

_NUMBER = re.compile(r"\+[1-9]\d{6,14}(x\d{1,6})?")


def normal_number(text: str) -> str | None:
    """A telephone number as `+`, country code and digits (ITU-T E.164), with `x` before an extension; None where it is
    none: a number without its country code cannot be told from another's."""
    number = re.sub(r"(?:ext\.?|x|;ext=)\s*(?=\d+$)", "x", text.strip().lower())
    number = re.sub(r"[\s().\-/]", "", number)
    return number if _NUMBER.fullmatch(number) else None


def number_id(number: str) -> str:
    """The id by which a statement names the number that was called: no statement carries a number itself."""
    return hashlib.sha256((normal_number(number) or number).encode()).hexdigest()[:16]


def _normal(text: str) -> str:
    number = normal_number(text)
    if number is None:
        raise ValueError("a telephone number begins with + and its country code")
    return number


class Agency(Frozen):
    """An authority that may send requests. `country` is ISO 3166-1 alpha-2. `numbers` are those that a person has
    verified, and the only ones to call back; mail is accepted from an agency that has none, and not believed where a
    call-back is due."""

    name: str = Field(min_length=1)
    domains: tuple[str, ...] = Field(min_length=1)
    country: str = Field(pattern="^[A-Z]{2}$")
    numbers: tuple[Annotated[str, BeforeValidator(_normal)], ...] = ()


class BlockedSender(Frozen):
    """A mail address, or a domain with all below it, that somebody else writes from since `since` (UTC)."""

    sender: str
    since: AwareDatetime

    def covers(self, address: str) -> bool:
        """Whether mail from this address is blocked."""
        return address.lower() == self.sender or within(domain_of(address), self.sender)


class DirectoryError(ValueError):
    """A directory that cannot be used. The message is a sentence for people and names the line and the column."""

    def __init__(self, line: int, problem: str, column: str = "") -> None:
        super().__init__(f"agency directory, line {line}{f', {column}' if column else ''}: {problem}")


class ListedAgency(Frozen):
    """An agency as a file lists it, and the lines on which it does."""

    agency: Agency
    lines: tuple[int, ...]


COLUMNS = ("name", "domains", "country", "phone")


class AgencyDirectory(Frozen):
    """The agencies known, and the senders blocked. A person keeps it; nothing in a message can add to it."""

    agencies: tuple[Agency, ...] = ()
    blocked: tuple[BlockedSender, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a directory from CSV: see `read_agencies`.

        Raises:
            DirectoryError: it is not one.
        """
        return cls(agencies=tuple(listed.agency for listed in read_agencies(text)))

    def agency_of(self, domain: str) -> Agency | None:
        """The agency that owns this domain or one above it; where several do, the one with the longest."""
        matches = [(len(listed), agency) for listed, agency in self._listed() if within(domain, listed)]
        return max(matches, key=lambda match: match[0])[1] if matches else None

    def resembled_by(self, domain: str) -> str | None:
        """The listed domain that this one could be mistaken for, or None."""
        return next((listed for listed, _ in self._listed() if resembles(domain, listed)), None)

    def block_on(self, address: str) -> BlockedSender | None:
        """The block that covers this address, the oldest if several do; None where none does."""
        covering = [block for block in self.blocked if block.covers(address)]
        return min(covering, key=lambda block: block.since, default=None)

    def _listed(self) -> Iterator[tuple[str, Agency]]:
        for agency in self.agencies:
            for domain in agency.domains:
                yield domain, agency


def read_agencies(text: str) -> tuple[ListedAgency, ...]:
    """Read CSV with the columns name, domains (separated by spaces), country and phone (separated by semicolons; may be
    empty).

    Raises:
        DirectoryError: a column or a value is missing or malformed, or something is listed twice.
    """
    rows = csv.DictReader(io.StringIO(text))
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise DirectoryError(1, f"the first line must be {','.join(COLUMNS)}")
    listed = [ListedAgency(agency=_agency(row, rows.line_num), lines=(rows.line_num,)) for row in rows]
    refuse_doubles(listed)
    return tuple(listed)


def refuse_doubles(listed: list[ListedAgency]) -> None:
    """Two agencies of one name, or with one domain, would be two records of one thing.

    Raises:
        DirectoryError: there are such.
    """
    names: set[str] = set()
    owners: dict[str, str] = {}
    for entry in listed:
        name, line = entry.agency.name, entry.lines[0]
        if name in names:
            raise DirectoryError(line, f"{name} is listed above already", "name")
        names.add(name)
        for domain in entry.agency.domains:
            if owners.setdefault(domain, name) != name:
                raise DirectoryError(line, f"{domain} already belongs to {owners[domain]}", "domains")


def _agency(row: dict[str, str | None], line: int) -> Agency:
    if None in row.values():
        raise DirectoryError(line, f"has fewer than {len(COLUMNS)} cells; an empty one keeps its comma")
    named = {column: (row.get(column) or "").strip() for column in COLUMNS}
    for column in ("name", "domains", "country"):
        if not named[column]:
            raise DirectoryError(line, "is empty", column)
    if not re.fullmatch("[A-Z]{2}", named["country"]):
        raise DirectoryError(line, f"{named['country']!r} is not a country as two capitals (US)", "country")
    return Agency(
        name=named["name"],
        domains=tuple(read_domain(word, line, "domains") for word in named["domains"].split()),
        country=named["country"],
        numbers=tuple(_number(word, line) for word in named["phone"].split(";") if word.strip()),
    )


def read_domain(text: str, line: int, column: str) -> str:
    """A mail domain of a file.

    Raises:
        DirectoryError: it is none.
    """
    domain = normal_domain(text)
    if domain is None:
        raise DirectoryError(line, f"{text!r} is not a mail domain", column)
    return domain


def _number(text: str, line: int) -> str:
    number = normal_number(text)
    if number is None:
        raise DirectoryError(line, f"{text.strip()!r} is not a telephone number with + and its country code", "phone")
    return number
