"""`dueprocess appeal REF`: put an appeal into the record that reached us by mail or otherwise (X3)."""

import asyncio
import sys
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from activities.record import AppealMade, Entry
from intake.message import own_text
from ledger.appeals import Appeals
from ledger.roster import Roster
from policy.vocabulary import AppealRoute
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.correspondence import LONGEST_APPEAL
from starter.desk import nonce
from starter.machines import say_appealed
from starter.message import message_of


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def appeal(
        ref: str = typer.Argument(help="The case, such as DP-2026-000123."),
        file: Path = typer.Argument(None, help="What the user writes, as text; '-' for standard input."),
        message: str = typer.Option("", help="In place of a file: the beginning of the id of a message of the case."),
        name: str = typer.Option(..., "--as", help="Who you are on the roster."),
        account: int = typer.Option(1, help="The number of the account, as `show` has it."),
    ) -> None:
        """Record a user's appeal against a restriction; a reviewer who had no part in it answers it."""
        if (file is None) == (not message):
            raise typer.BadParameter("what the user writes is in a FILE, or in a --message of the case: name one")
        if message:
            run(lambda settings: appeal_by_mail(settings, ref.upper(), message.lower(), name, account))
        text = sys.stdin.read() if str(file) == "-" else _read(file)
        run(lambda settings: record_appeal(settings, ref, text, name, account))


async def appeal_by_mail(settings: Settings, ref: str, typed: str, name: str, account: int) -> Exit:
    """Record as an appeal what a message of the case says in its own words, without what it quotes."""
    async with open_services(settings) as services:
        message = await message_of(services.engine, ref, typed)
        raw = await services.store.get(message.object)
        text = await asyncio.to_thread(own_text, raw, services.our_domains)
    return await record_appeal(settings, ref, text, name, account)


async def record_appeal(settings: Settings, ref: str, text: str, name: str, account: int = 1) -> Exit:
    """Record an appeal and wake the restriction's machine.

    Raises:
        Trouble: it says nothing, says too much, or the person is not on the roster.
        Conflict: no restriction is in force, or none of this account.
    """
    words = text.strip()
    if not words or len(words) > LONGEST_APPEAL:
        raise Trouble(f"X3: an appeal says something, in at most {LONGEST_APPEAL} characters", Exit.MISUSED)
    now = BusinessClock(settings.clock_file).now()
    async with open_services(settings) as services:
        signer = await Roster(services.engine).by_name(name)
        if signer is None:
            raise Trouble(f"{name} is not on the roster; `dueprocess reviewer list` shows who is", Exit.MISUSED)
        made = AppealMade(n=account, route=AppealRoute.PERSON, text=words, by=signer.id)
        await services.casebook.commit(Entry(ref=ref, step=f"appeal-{nonce()}", at=now, changes=(made,)))
        await say_appealed(await connect(settings), ref)
    out.print(f"{ref}: the appeal is recorded; a reviewer who had no part in the restriction answers it", markup=False)
    return Exit.DONE


async def wake_appealed(engine: AsyncEngine, client: Client) -> None:
    """Have every machine look that has not taken up an appeal: the page that records one does not need Temporal."""
    for ref in await Appeals(engine).unheard():
        await say_appealed(client, ref)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} cannot be read as text in UTF-8") from error
