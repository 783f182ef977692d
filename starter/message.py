"""`dueprocess message REF [ID]`: the mail of a case, for a person who must read it before they decide."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from intake.message import whole_text
from intake.reading import MessageReading
from ledger.letterbook import CaseMessage, Letterbook
from ledger.tables import Mailbox
from policy.authentication import evidence
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.lines import document_words, said
from starter.writing import write_new


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command(name="message")
    def verb(
        ref: str = typer.Argument(help="The case, such as DP-2026-000123."),
        message: str = typer.Argument("", help="Which of its messages: the beginning of its id. Without: a list."),
        output: Path = typer.Option(None, help="Write it as it came (.eml), instead; never over a file that exists."),
    ) -> None:
        """Show what a message of a case says, safe to look at, with what it proves of its sender."""
        run(lambda settings: show_message(settings, ref.upper(), message.lower(), output))


async def show_message(settings: Settings, ref: str, typed: str, output: Path | None) -> Exit:
    """List the messages, or show one, or write it to a file."""
    async with open_services(settings) as services:
        await services.casebook.case(ref)
        if not typed:
            if output is not None:
                raise Trouble("which message is to be written? Name it", Exit.MISUSED)
            for each in await Letterbook(services.engine).of(ref):
                out.print(_line(each), markup=False)
            return Exit.DONE
        message = await message_of(services.engine, ref, typed)
        raw = await services.store.get(message.object)
        if output is not None:
            write_new(output, raw)
            out.print(f"{output}: {len(raw)} bytes, as it came; open it where nothing in it can do harm", markup=False)
            return Exit.DONE
        reading = await services.casebook.reading(message.message_id)
        text = await asyncio.to_thread(whole_text, raw)
    for line in _page(message, reading, text):
        out.print(line, markup=False)
    return Exit.DONE


async def message_of(engine: AsyncEngine, ref: str, typed: str) -> CaseMessage:
    """The message of a case whose id begins as typed.

    Raises:
        Trouble: none of the case's messages begins so, or several do.
    """
    found = [each for each in await Letterbook(engine).of(ref) if each.message_id.startswith(typed)]
    if len(found) != 1:
        raise Trouble(
            f"{typed} is the beginning of {len(found)} messages of {ref}; `dueprocess message {ref}` lists them",
            Exit.MISUSED,
        )
    return found[0]


def _line(message: CaseMessage) -> str:
    sender, subject = said(message.sender or "(erased)"), said(message.subject or "(no subject)")
    to = "  to the address for users" if message.mailbox is Mailbox.USERS else ""
    return f"{message.message_id[:16]}  {message.received_at:%Y-%m-%d %H:%M} UTC  {sender}: {subject}{to}"


def _page(message: CaseMessage, reading: MessageReading, text: str) -> Iterator[str]:
    yield _line(message)
    if reading.authentication is not None:
        yield from (f"  {line}" for line in evidence(reading.authentication))
    yield ""
    yield from (said(line) for line in (text.strip() or "(it has no text)").split("\n"))
    yield ""
    for document in reading.documents:
        yield f"attached: {document_words(document)}"
