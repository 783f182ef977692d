"""`dueprocess show REF`: everything that the record knows of one case, for a person or as JSON."""

import typer

from activities.ports import CaseFile, MessageNotFound
from ledger.casebook import Casebook
from ledger.roster import Roster
from policy.authentication import Authentication
from runtime.clock import BusinessClock
from runtime.services import open_services
from runtime.settings import Settings
from starter.caseview import CaseView, view_of
from starter.checklist import checklist
from starter.command import Exit, out, run
from starter.listing import web_ui
from starter.machines import machine_of
from starter.showing import page


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def show(
        ref: str = typer.Argument(help="The case, such as DP-2026-000123."),
        as_json: bool = typer.Option(False, "--json", help="One JSON object, for programs."),
    ) -> None:
        """Show one case: facts with sources, scope, decisions, clocks with their legal basis, timeline."""
        run(lambda settings: show_case(settings, ref, as_json=as_json))


async def show_case(settings: Settings, ref: str, *, as_json: bool = False) -> Exit:
    """Print the case."""
    view = await look_at(settings, ref.upper())
    if as_json:
        print(view.model_dump_json(indent=2))
        return Exit.DONE
    for line in page(view):
        out.print(line.text, style="bold" if line.heading else None, markup=False)
    if (address := web_ui(settings, machine_of(view))) is not None:
        out.print(f"\nIts machine: {address}", markup=False)
    return Exit.DONE


async def look_at(settings: Settings, ref: str) -> CaseView:
    """The case as of now.

    Raises:
        CaseNotFound: there is no such case.
    """
    async with open_services(settings) as services:
        case = await services.casebook.case(ref)
        roster = Roster(services.engine)
        people = {entry.signer.id: entry.name for entry in await roster.list()}
        reasons = {sha256: text for sha256 in _reasons(case) if (text := await roster.reason(sha256)) is not None}
        authentication = await _authentication(services.casebook, case.envelope.message_id)
        checks = await checklist(services, case, people)
    now = BusinessClock(settings.clock_file).now()
    return view_of(case, people, reasons, authentication, now).model_copy(update={"checklist": checks})


async def _authentication(casebook: Casebook, message_id: str) -> Authentication | None:
    """What was established about the sender when the message was read; None once it has been erased."""
    try:
        return (await casebook.reading(message_id)).authentication
    except MessageNotFound:
        return None


def _reasons(case: CaseFile) -> set[str]:
    statements = (decision.signed.statement for decision in case.decisions)
    return {statement.reason for statement in statements if statement.reason}
