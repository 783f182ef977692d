"""`dueprocess intake FILE…`: take messages from files, standard input or a Maildir, as if they came by SMTP."""

import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from ledger.mailroom import SettledMessage
from ledger.tables import Mailbox
from policy.vocabulary import RequestKind
from runtime.clock import BusinessClock
from runtime.connection import TemporalUnreachable, connect
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, err, out, run
from starter.mailroom import MailDesk


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def intake(
        files: list[Path] = typer.Argument(help="Messages (.eml), '-' for standard input, or Maildir folders."),
        from_users: bool = typer.Option(False, help="They came to the address for users, not to that for requests."),
    ) -> None:
        """Take messages in, as if they had come by mail, and start or tell their cases.

        Nobody handed them over, so only their signatures (DKIM, or the ARC seal of a listed forwarder) can prove their
        sender: what has none is held, and a person must call back.
        """
        mailbox = Mailbox.USERS if from_users else Mailbox.REQUESTS
        run(lambda settings: take_in(settings, files, mailbox))


async def take_in(settings: Settings, files: list[Path], mailbox: Mailbox = Mailbox.REQUESTS) -> Exit:
    """Keep each message, then send it on. Exit 1 if any was refused, 3 if any is kept but could not be sent on."""
    worst = Exit.DONE
    async with open_services(settings) as services:
        desk = MailDesk(services, BusinessClock(settings.clock_file), settings.task_queue)
        kept: list[tuple[str, str]] = []
        for name, raw in read_files(files):
            if len(raw) > settings.smtp_max_message_bytes:
                err.print(f"{name}: {len(raw)} bytes; {settings.smtp_max_message_bytes} is the most", markup=False)
                worst = Exit.REFUSED
                continue
            if not raw.strip():
                err.print(f"{name}: the file is empty", markup=False)
                worst = Exit.REFUSED
                continue
            message_id, new = await desk.keep(raw, mailbox=mailbox)
            kept.append((name, message_id))
            if not new:
                out.print(f"{name}: taken in before; the same message is the same request", markup=False)
        if not kept:
            return worst
        try:
            client = await connect(settings)
        except TemporalUnreachable as gone:
            raise Trouble(
                f"{gone} The messages are kept, and go on when the intake service runs.", Exit.UNREACHABLE
            ) from gone
        for name, message_id in kept:
            worst = max(worst, _tell(name, await desk.settle(client, message_id)))
        await desk.destroy_refused()
    return worst


def _tell(name: str, settled: SettledMessage | None) -> Exit:
    if settled is None:
        err.print(
            f"{name}: kept. The sender's name servers do not answer; it goes on when the intake service runs.",
            markup=False,
        )
        return Exit.UNREACHABLE
    if settled.ref is None:
        why = "; ".join(f"{reason.clause.value}: {reason.detail}" for reason in settled.refused_for)
        err.print(f"{name}: refused and deleted. {why}", markup=False)
        return Exit.REFUSED
    match settled.opened:
        case RequestKind.DISCLOSURE:
            what = "new request"
        case RequestKind.PRESERVATION:
            what = "new preservation"
        case RequestKind.EMERGENCY:
            what = "new emergency request"
        case RequestKind.RESTRICTION:
            what = "new request to restrict access"
        case None:
            what = "added to this case"
    out.print(f"{name}: {settled.ref} ({what})", markup=False)
    return Exit.DONE


def read_files(files: list[Path]) -> Iterator[tuple[str, bytes]]:
    """The messages that the arguments name, one after the other.

    Raises:
        Trouble: a file cannot be read. Those before it have been handed out.
    """
    for path in files:
        if str(path) == "-":
            yield "-", sys.stdin.buffer.read()
            continue
        try:
            if path.is_dir():
                for message in _maildir(path):
                    yield str(message), message.read_bytes()
            else:
                yield str(path), path.read_bytes()
        except OSError as error:
            raise Trouble(f"{path}: {error.strerror}", Exit.MISUSED) from error


def _maildir(folder: Path) -> list[Path]:
    """The messages of a Maildir, new ones first as they were delivered; of another folder, its .eml files."""
    parts = [folder / "new", folder / "cur"]
    if all(part.is_dir() for part in parts):
        return [message for part in parts for message in sorted(part.iterdir()) if message.is_file()]
    return sorted(folder.glob("*.eml"))
