"""`dueprocess agency …`: whose mail is official, whom to call back, and which senders are blocked (S1, G1)."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

import typer
from pydantic import ValidationError

from activities.ports import Conflict
from ledger.blocking import Blocking
from ledger.directory import Directory, Merged, Verified
from ledger.roster import Roster
from policy.directory import Agency, normal_number
from policy.sender import judge_domain
from runtime.clock import BusinessClock
from runtime.services import Services, open_services
from runtime.settings import Settings
from starter import agency_import, blocking
from starter.command import Exit, Trouble, out, run
from starter.desk import roster_id
from starter.lines import columns, said


def register(app: typer.Typer) -> None:
    """Add the verb."""
    agencies = typer.Typer(help="The agency directory: whose mail is official (S1).", no_args_is_help=True)
    app.add_typer(agencies, name="agency")
    agency_import.register(agencies)
    blocking.register(agencies)

    @agencies.command()
    def add(
        name: str = typer.Argument(help="The agency's name."),
        domain: list[str] = typer.Option(..., help="A domain that it writes from; may be repeated."),
        country: str = typer.Option(..., help="Its country: ISO 3166-1, two capitals."),
        phone: list[str] = typer.Option([], help="A number to call back on, never from a request; may be repeated."),
        found: str = typer.Option("", help="Where you found the numbers."),
        by: str = typer.Option("", "--as", help="Who you are on the roster: you vouch for the numbers."),
    ) -> None:
        """Add an agency, or domains and numbers to one that is there."""
        run(lambda settings: add_agency(settings, agency_of(name, domain, country, phone), by, found))

    @agencies.command()
    def number(
        name: str = typer.Argument(help="The agency's name, as `list` shows it."),
        number: str = typer.Argument(help="The number, with + and its country code."),
        by: str = typer.Option(..., "--as", help="Who you are on the roster."),
        found: str = typer.Option("", help="Where you found it: never in a request."),
        retire: bool = typer.Option(False, "--retire", help="Calls to it count no longer."),
    ) -> None:
        """Record a number to call back on that you have verified, or retire one."""
        if bool(found) == retire:
            raise typer.BadParameter("say where you found the number (--found), or --retire it")
        run(lambda settings: change_number(settings, name, number, by, found))

    @agencies.command(name="list")
    def list_agencies(
        as_of: str = typer.Option("", help="The directory as it was at the end of that day (UTC), YYYY-MM-DD."),
    ) -> None:
        """Show the directory, and the senders that are blocked."""
        run(lambda settings: show_directory(settings, _end_of(as_of)))

    @agencies.command()
    def show(sender: str = typer.Argument(help="A domain, or a mail address.")) -> None:
        """Say what S1 makes of mail from a sender and why, whom to call back, and how it has been blocked."""
        run(lambda settings: show_sender(settings, sender))


def agency_of(name: str, domains: Sequence[str], country: str, phones: Sequence[str]) -> Agency:
    """The agency as it was typed.

    Raises:
        Trouble: a value is not what it must be.
    """
    normal = [blocking.domain(domain) for domain in domains]
    try:
        return Agency(name=name.strip(), domains=tuple(normal), country=country, numbers=tuple(phones))
    except ValidationError as error:
        wrong = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise Trouble(
            "An agency needs a name and a country as two capitals (US); a telephone number begins with + and its "
            f"country code. Look at: {wrong}",
            Exit.MISUSED,
        ) from error


async def add_agency(settings: Settings, agency: Agency, by: str, found: str) -> Exit:
    """Add one, or what it has more than the directory knows."""
    if agency.numbers and not (by and found):
        raise Trouble("G1: say who vouches for the number (--as) and where it was found (--found)", Exit.MISUSED)
    async with open_services(settings) as services:
        verified = Verified(await roster_id(services, by) if by else None, found)
        try:
            merged = await Directory(services.engine).merge((agency,), _now(settings), verified)
        except Conflict as conflict:
            raise Trouble(f"{agency.name} was not added: {conflict}") from conflict
    out.print(f"{agency.name}: {merged[0].value}", markup=False)
    if merged[0] is Merged.ADDED and not agency.numbers:
        out.print("It has no number to call back on: dueprocess agency number NAME NUMBER --found WHERE --as NAME")
    return Exit.DONE


async def change_number(settings: Settings, name: str, typed: str, by: str, found: str) -> Exit:
    """Add a verified number, or retire it where it is not said where it was found."""
    number = normal_number(typed)
    if number is None:
        raise Trouble(f"{typed!r} is not a telephone number with + and its country code", Exit.MISUSED)
    async with open_services(settings) as services:
        directory, signer = Directory(services.engine), await roster_id(services, by)
        agency = next((a for a in (await directory.read()).agencies if a.name == name), None)
        if agency is None:
            raise Trouble(f"{name} is not in the directory; `dueprocess agency list` shows what is")
        if found:
            more = agency.model_copy(update={"numbers": (number,)})
            merged = (await directory.merge((more,), _now(settings), Verified(signer, found)))[0]
            out.print(f"{name}: {number} {'there already' if merged is Merged.UNCHANGED else 'verified'}", markup=False)
            return Exit.DONE
        if not await directory.retire_number(name, number, signer, _now(settings)):
            raise Trouble(f"{number} is no number of {name}")
    out.print(f"{name}: {number} is not to be called any more", markup=False)
    return Exit.DONE


async def show_directory(settings: Settings, as_of: datetime | None = None) -> Exit:
    """List the agencies in the order of their names, and the blocks."""
    async with open_services(settings) as services:
        known = await Directory(services.engine).read(as_of)
    if not known.agencies:
        out.print("The directory is empty: `dueprocess agency import FILE.csv` fills it.")
    rows = [(a.name, a.country, " ".join(a.numbers) or "no number", " ".join(a.domains)) for a in known.agencies]
    for line in columns(("agency", "country", "call back on", "domains"), rows):
        out.print(line, markup=False)
    for block in known.blocked:
        out.print(f"BLOCKED since {block.since:%Y-%m-%d %H:%M} UTC: {said(block.sender)}", markup=False)
    return Exit.DONE


async def show_sender(settings: Settings, text: str) -> Exit:
    """Judge a sender as the intake would, were its mail proven."""
    sender = blocking.sender(text)
    async with open_services(settings) as services:
        directory = await Directory(services.engine).read()
        judged = judge_domain(sender.rpartition("@")[2], directory)
        blocked = directory.block_on(sender) if "@" in sender else directory.block_on(f"@{sender}")
        verdict = "hold" if blocked and judged.agency else judged.verdict.value
        out.print(f"{sender}: {verdict}{', as it is blocked' if blocked else ''}", markup=False)
        for reason in judged.reasons:
            out.print(f"  {reason.clause.value}  {reason.detail}", markup=False)
        if judged.agency is not None:
            await _show_agency(services, judged.agency)
        await _show_blocks(services, sender)
    return Exit.DONE


async def _show_agency(services: Services, agency: Agency) -> None:
    people = await _names(services)
    numbers = await Directory(services.engine).numbers(agency.name)
    out.print(f"  {agency.name} ({agency.country}){'' if numbers else ': no number to call back on'}", markup=False)
    for known in numbers:
        who = f" by {people.get(known.verified_by, known.verified_by)}" if known.verified_by else ""
        found = f"verified {known.verified_at:%Y-%m-%d}{who}: {said(known.source)}"
        out.print(f"  call back on {known.number} ({found})", markup=False)


async def _show_blocks(services: Services, sender: str) -> None:
    people = await _names(services)
    for block in await Blocking(services.engine).blocks():
        if block.sender not in (sender, sender.rpartition("@")[2]):
            continue
        who = people.get(block.by, block.by)
        out.print(f"  blocked {block.since:%Y-%m-%d %H:%M} UTC by {who}: {said(block.reason)}", markup=False)
        if block.ended_at is not None:
            freed = people.get(block.ended_by or "", block.ended_by)
            ended = f"{block.ended_at:%Y-%m-%d %H:%M} UTC by {freed}: {said(block.ended_for or '')}"
            out.print(f"  unblocked {ended}", markup=False)


async def _names(services: Services) -> dict[str, str]:
    return {entry.signer.id: entry.name for entry in await Roster(services.engine).list()}


def _now(settings: Settings) -> datetime:
    return BusinessClock(settings.clock_file).now()


def _end_of(day: str) -> datetime | None:
    if not day:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time.max, UTC)
    except ValueError as error:
        raise typer.BadParameter(f"--as-of must be a date of the form YYYY-MM-DD, not {day}") from error
