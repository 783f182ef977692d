"""`dueprocess agency add|import|list|show`: the agencies whose mail is official, and whom to call back (S1, G1)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import typer
from pydantic import ValidationError

from activities.ports import Conflict
from ledger.directory import Directory
from policy.addresses import normal_domain
from policy.directory import Agency, AgencyDirectory, DirectoryError
from policy.sender import judge_domain
from runtime.clock import BusinessClock
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.lines import columns


def register(app: typer.Typer) -> None:
    """Add the verb."""
    agencies = typer.Typer(help="The agency directory: whose mail is official (S1).", no_args_is_help=True)
    app.add_typer(agencies, name="agency")

    @agencies.command()
    def add(
        name: str = typer.Argument(help="The agency's name."),
        domain: list[str] = typer.Option(..., help="A domain that it writes from; may be repeated."),
        country: str = typer.Option(..., help="Its country: ISO 3166-1, two capitals."),
        phone: str = typer.Option(..., help="The number to call back on, found elsewhere than in a request (G1)."),
    ) -> None:
        """Add one agency."""
        run(lambda settings: add_agencies(settings, (agency_of(name, domain, country, phone),)))

    @agencies.command(name="import")
    def import_file(
        file: Path = typer.Argument(help="CSV with the columns name, domains, country, phone."),
    ) -> None:
        """Add the agencies of a file; those that are there already stay as they are."""
        run(lambda settings: add_agencies(settings, agencies_in(file)))

    @agencies.command(name="list")
    def list_agencies() -> None:
        """Show the directory."""
        run(show_directory)

    @agencies.command()
    def show(domain: str = typer.Argument(help="A domain, or a mail address.")) -> None:
        """Say what S1 makes of mail from a domain, and why."""
        run(lambda settings: show_domain(settings, domain))


def agency_of(name: str, domains: Sequence[str], country: str, phone: str) -> Agency:
    """The agency as it was typed.

    Raises:
        Trouble: a value is not what it must be.
    """
    normal = [_domain(domain) for domain in domains]
    try:
        return Agency(name=name.strip(), domains=tuple(normal), country=country, phone=phone.strip())
    except ValidationError as error:
        wrong = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise Trouble(
            f"An agency needs a name, a country as two capitals (US) and a telephone number; look at: {wrong}",
            Exit.MISUSED,
        ) from error


def agencies_in(file: Path) -> tuple[Agency, ...]:
    """The agencies of a CSV file.

    Raises:
        Trouble: it cannot be read, or is no directory.
    """
    try:
        return AgencyDirectory.read(file.read_text("utf-8-sig")).agencies
    except OSError as error:
        raise Trouble(f"{file}: {error.strerror}", Exit.MISUSED) from error
    except UnicodeDecodeError as error:
        raise Trouble(f"{file}: is not text in UTF-8", Exit.MISUSED) from error
    except DirectoryError as error:
        raise Trouble(f"{file}: {error}", Exit.MISUSED) from error


async def add_agencies(settings: Settings, agencies: Sequence[Agency]) -> Exit:
    """Add them one by one; the first that conflicts ends it, and those before it are in."""
    async with open_services(settings) as services:
        added = await _add(Directory(services.engine), agencies, BusinessClock(settings.clock_file).now())
    there = len(agencies) - added
    out.print(f"{added} added{f', {there} there already' if there else ''}", markup=False)
    return Exit.DONE


async def _add(directory: Directory, agencies: Sequence[Agency], at: datetime) -> int:
    added = 0
    for agency in agencies:
        try:
            added += await directory.add(agency, at)
        except Conflict as conflict:
            raise Trouble(f"{agency.name} was not added: {conflict}. {added} were added before it.") from conflict
    return added


async def show_directory(settings: Settings) -> Exit:
    """List the agencies, in the order of their names."""
    async with open_services(settings) as services:
        known = (await Directory(services.engine).read()).agencies
    if not known:
        out.print("The directory is empty: `dueprocess agency import FILE.csv` fills it.")
    rows = [(agency.name, agency.country, agency.phone, " ".join(agency.domains)) for agency in known]
    for line in columns(("agency", "country", "call back on", "domains"), rows):
        out.print(line, markup=False)
    return Exit.DONE


async def show_domain(settings: Settings, text: str) -> Exit:
    """Judge a domain as the intake would judge mail that is proven to come from it."""
    domain = _domain(text.rpartition("@")[2])
    async with open_services(settings) as services:
        judged = judge_domain(domain, await Directory(services.engine).read())
    out.print(f"{domain}: {judged.verdict.value}", markup=False)
    for reason in judged.reasons:
        out.print(f"  {reason.clause.value}  {reason.detail}", markup=False)
    if judged.agency is not None:
        out.print("  S1  mail that does not prove that it comes from there is held", markup=False)
        out.print(f"  {judged.agency.name} ({judged.agency.country}), call back on {judged.agency.phone}", markup=False)
    return Exit.DONE


def _domain(text: str) -> str:
    domain = normal_domain(text)
    if domain is None:
        raise Trouble(f"{text!r} is not a mail domain such as police.springfield.gov", Exit.MISUSED)
    return domain
