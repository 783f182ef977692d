"""The agency directory: whom we know, under which domains they write, and the number to call them back on (G1, S1)."""

import csv
import io
from collections.abc import Iterator
from typing import Self

from pydantic import Field

from policy.addresses import normal_domain, resembles, within
from policy.frozen import Frozen


class Agency(Frozen):
    """An authority that may send requests. `country` is ISO 3166-1 alpha-2; `phone` is the only number to call back."""

    name: str = Field(min_length=1)
    domains: tuple[str, ...] = Field(min_length=1)
    country: str = Field(pattern="^[A-Z]{2}$")
    phone: str = Field(min_length=3)


class DirectoryError(ValueError):
    """A directory that cannot be used. The message is a sentence for people and names the line."""


_COLUMNS = ["name", "domains", "country", "phone"]


class AgencyDirectory(Frozen):
    """The agencies known. A person keeps it; nothing in a message can add to it."""

    agencies: tuple[Agency, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a directory from CSV with the columns name, domains (separated by spaces), country and phone.

        Raises:
            DirectoryError: a column or a value is missing or malformed, or a domain is listed for two agencies.
        """
        rows = csv.DictReader(io.StringIO(text))
        if list(rows.fieldnames or ()) != _COLUMNS:
            raise DirectoryError(f"agency directory: the first line must be {','.join(_COLUMNS)}")
        agencies: list[Agency] = []
        owners: dict[str, str] = {}
        for row in rows:
            agency = _agency(row, rows.line_num)
            for domain in agency.domains:
                if owners.setdefault(domain, agency.name) != agency.name:
                    raise DirectoryError(
                        f"agency directory, line {rows.line_num}: {domain} already belongs to {owners[domain]}"
                    )
            agencies.append(agency)
        return cls(agencies=tuple(agencies))

    def agency_of(self, domain: str) -> Agency | None:
        """The agency that owns this domain or one above it; where several do, the one with the longest."""
        matches = [(len(listed), agency) for listed, agency in self._listed() if within(domain, listed)]
        return max(matches, key=lambda match: match[0])[1] if matches else None

    def resembled_by(self, domain: str) -> str | None:
        """The listed domain that this one could be mistaken for, or None."""
        return next((listed for listed, _ in self._listed() if resembles(domain, listed)), None)

    def _listed(self) -> Iterator[tuple[str, Agency]]:
        for agency in self.agencies:
            for domain in agency.domains:
                yield domain, agency


def _agency(row: dict[str, str | None], line: int) -> Agency:
    named = {column: (row.get(column) or "").strip() for column in _COLUMNS}
    domains = []
    for word in named["domains"].split():
        domain = normal_domain(word)
        if domain is None:
            raise DirectoryError(f"agency directory, line {line}: {word!r} is not a mail domain")
        domains.append(domain)
    try:
        return Agency(name=named["name"], domains=tuple(domains), country=named["country"], phone=named["phone"])
    except ValueError as error:
        raise DirectoryError(
            f"agency directory, line {line}: name, domains, country (two capitals) and phone are all needed"
        ) from error
