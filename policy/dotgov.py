"""The list of .gov domains, as the registry of the United States publishes it, read as agencies (G1, S1).

It says who owns a domain and gives no telephone number, so its agencies are listed without one: a person records a
verified number before a call-back can count.
"""

import csv
import io

from policy.directory import Agency, DirectoryError, ListedAgency, read_domain
from policy.frozen import Frozen

COLUMNS = (
    "Domain name",
    "Domain type",
    "Organization name",
    "Suborganization name",
    "City",
    "State",
    "Security contact email",
)
#: How the list says that a cell has nothing in it.
_EMPTY = frozenset({"", "(blank)"})


class DotGovList(Frozen):
    """The agencies of the list, and the lines that were left out, with why."""

    agencies: tuple[ListedAgency, ...]
    skipped: tuple[str, ...]


def is_dotgov(text: str) -> bool:
    """Whether a CSV file has this list's first line."""
    return tuple(next(csv.reader(io.StringIO(text)), ())) == COLUMNS


def read_dotgov(text: str) -> DotGovList:
    """Each owner once, with all of its domains: many cities share a name, so an owner is told apart by its place.

    Raises:
        DirectoryError: a domain is malformed or listed twice.
    """
    owners: dict[str, tuple[list[str], list[int]]] = {}
    skipped: list[str] = []
    seen: dict[str, int] = {}
    rows = csv.DictReader(io.StringIO(text))
    for row in rows:
        line = rows.line_num
        owner = _owner(row)
        if not owner:
            skipped.append(f"line {line}, Organization name: is empty, so nobody is known to own this domain")
            continue
        domain = read_domain(row.get("Domain name") or "", line, "Domain name")
        if seen.setdefault(domain, line) != line:
            raise DirectoryError(line, f"{domain} is listed on line {seen[domain]} already", "Domain name")
        domains, lines = owners.setdefault(owner, ([], []))
        domains.append(domain)
        lines.append(line)
    agencies = (
        ListedAgency(agency=Agency(name=name, domains=tuple(domains), country="US"), lines=tuple(lines))
        for name, (domains, lines) in owners.items()
    )
    return DotGovList(agencies=tuple(agencies), skipped=tuple(skipped))


def _owner(row: dict[str, str | None]) -> str:
    def cell(column: str) -> str:
        text = (row.get(column) or "").strip()
        return "" if text.lower() in _EMPTY else text

    if not cell("Organization name"):
        return ""
    parts = (cell(column) for column in ("Organization name", "Suborganization name", "City", "State"))
    return ", ".join(part for part in parts if part)
