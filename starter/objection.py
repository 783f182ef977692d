"""`dueprocess objection REF`: record that a user objects to the production of their data (N1)."""

import typer

from activities.clocks import is_stopped
from policy.triage import Kept
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.machines import say_objected


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def objection(
        ref: str = typer.Argument(help="The case, such as DP-2026-000123."),
        notice: int = typer.Option(1, help="The number of the notice, as `show` has it."),
    ) -> None:
        """Record a user's objection; within the window it stops production and brings the case back to review."""
        run(lambda settings: object_to(settings, ref, notice))


async def object_to(settings: Settings, ref: str, notice: int) -> Exit:
    """Tell the notice's machine.

    Raises:
        Trouble: there is no such notice, or its window has closed.
    """
    now = BusinessClock(settings.clock_file).now()
    async with open_services(settings) as services:
        case = await services.casebook.case(ref)
        told = next((state for state in case.notices if state.n == notice), None)
        if told is None or told.objection_until is None:
            raise Trouble(f"{ref} has no notice {notice} with an objection window")
        until = told.objection_until
        written_in_time = any(mail.why is Kept.FROM_USER and mail.received_at < until for mail in case.mail)
        if now >= until and not written_in_time and not is_stopped(case, notice):
            raise Trouble(f"N1: the objection window of notice {notice} closed at {until:%Y-%m-%d %H:%M} UTC")
        if not await say_objected(await connect(settings), ref, notice, now):
            raise Trouble(f"{ref}: notice {notice} is not waiting for an objection any more")
    out.print(f"{ref}: the objection of notice {notice} is recorded; a reviewer looks at the case again", markup=False)
    return Exit.DONE
