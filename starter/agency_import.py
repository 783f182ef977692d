"""`dueprocess agency import FILE`: a list of agencies into the directory, the whole of it or none."""

from collections.abc import Sequence
from pathlib import Path

import typer

from activities.ports import Conflict
from ledger.directory import Directory, Merged, Verified
from policy.directory import DirectoryError, ListedAgency, read_agencies
from policy.dotgov import is_dotgov, read_dotgov
from runtime.clock import BusinessClock
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.desk import roster_id
from starter.lines import said

_SHOWN = 20


def register(agencies: typer.Typer) -> None:
    """Add the verb."""

    @agencies.command(name="import")
    def import_file(
        file: Path = typer.Argument(
            help="CSV: the columns name, domains, country, phone; or the list of .gov domains as its registry has it."
        ),
        by: str = typer.Option("", "--as", help="Who you are on the roster: you vouch for the file's numbers."),
        dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would be done."),
    ) -> None:
        """Add a file's agencies, or what it has more of those that are there. Nothing is taken away."""
        run(lambda settings: import_agencies(settings, file, by, dry_run=dry_run))


async def import_agencies(settings: Settings, file: Path, by: str, *, dry_run: bool) -> Exit:
    """Read the file, put it into the directory in one transaction, and say what became of each line."""
    listed, skipped = agencies_in(file)
    if any(entry.agency.numbers for entry in listed) and not by:
        raise Trouble("G1: the file has telephone numbers; say who vouches for them (--as)", Exit.MISUSED)
    async with open_services(settings) as services:
        verified = Verified(await roster_id(services, by) if by else None, f"imported from {file.name}")
        at, found = BusinessClock(settings.clock_file).now(), [entry.agency for entry in listed]
        try:
            merged = await Directory(services.engine).merge(found, at, verified, dry_run=dry_run)
        except Conflict as conflict:
            raise Trouble(f"{file}: nothing was imported: {conflict}") from conflict
    _report(listed, merged, skipped, dry_run=dry_run)
    return Exit.DONE


def agencies_in(file: Path) -> tuple[Sequence[ListedAgency], Sequence[str]]:
    """The agencies of a CSV file, and the lines that were left out, with why.

    Raises:
        Trouble: it cannot be read, or is no directory.
    """
    try:
        text = file.read_text("utf-8-sig")
        if is_dotgov(text):
            found = read_dotgov(text)
            return found.agencies, found.skipped
        return read_agencies(text), ()
    except OSError as error:
        raise Trouble(f"{file}: {error.strerror}", Exit.MISUSED) from error
    except UnicodeDecodeError as error:
        raise Trouble(f"{file}: is not text in UTF-8", Exit.MISUSED) from error
    except DirectoryError as error:
        raise Trouble(f"{file}: nothing was imported: {error}", Exit.MISUSED) from error


def _report(listed: Sequence[ListedAgency], merged: Sequence[Merged], skipped: Sequence[str], *, dry_run: bool) -> None:
    counts = ", ".join(f"{merged.count(kind)} {kind.value}" for kind in Merged)
    out.print(f"{counts}, {len(skipped)} skipped{' (nothing was changed)' if dry_run else ''}", markup=False)
    changed = [
        f"line {', '.join(map(str, entry.lines))}: {said(entry.agency.name)}: {became.value}"
        for entry, became in zip(listed, merged, strict=True)
        if became is not Merged.UNCHANGED
    ]
    for title, lines in (("", changed), ("skipped, ", skipped)):
        for line in lines[:_SHOWN]:
            out.print(f"  {title}{line}", markup=False)
        if len(lines) > _SHOWN:
            out.print(f"  and {len(lines) - _SHOWN} more", markup=False)
