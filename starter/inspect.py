"""`dueprocess inspect`: what the system reads in a mail or a PDF, with no server running."""

import io
import json
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import typer
from rich.console import Console

from intake.attachments import kind_of
from intake.facts import settle
from intake.message import read_document, read_message
from intake.mime import MESSAGE_LIMIT, split_headers
from policy.directory import AgencyDirectory
from policy.documents import judge_documents
from policy.facts import Fact
from policy.findings import DocumentKind, Reason
from policy.request import current, only_mentioned, request_facts
from policy.sender import judge_sender
from policy.vocabulary import Clause, SenderVerdict
from starter.configuration import Misconfigured, configuration
from starter.inspection import InspectedKind, InspectedRequest, InspectedSender, Inspection, render

_MAIL_HEADERS = ("From", "Date", "Message-ID", "Received", "Subject", "To", "MIME-Version")


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command(name="inspect")
    def verb(
        files: list[str] = typer.Argument(help="Mails or PDFs, '-' for standard input, or folders (Maildir too)."),
        as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
    ) -> None:
        """Show what is read in mails and PDFs, and what S1 and S2 make of them. Needs no server and keeps nothing."""
        try:
            settings, provider = configuration()
        except Misconfigured as error:
            print(error, file=sys.stderr)
            raise typer.Exit(2) from None
        ours = settings.our_domains
        raise typer.Exit(inspect(files, as_json=as_json, directory=provider.agencies, ours=ours))


def inspect(paths: Sequence[str], *, as_json: bool, directory: AgencyDirectory, ours: Collection[str] = ()) -> int:
    """Print what is read in each file: one JSON object a line, or a page for people.

    A path may be a file, `-` for standard input, or a folder (a Maildir too), which stands for the files in it.
    Returns the exit code: 0 where every path could be read, whatever it held, and 2 where one could not.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # A terminal that cannot show a letter is no reason to stop.
    console = Console()
    unread = 0
    for path in paths:
        try:
            for name, octets in _octets(path):
                inspection = inspect_bytes(name, octets, directory, ours)
                if as_json:
                    print(json.dumps(inspection.model_dump(mode="json")), flush=True)
                else:
                    render(inspection, console)
        except BrokenPipeError:  # Whoever read the output has seen enough; nothing more can be said to them.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return 0
        except OSError as error:
            unread += 1
            print(f"{path}: cannot be read: {error.strerror or error}", file=sys.stderr)
    return 2 if unread else 0


def inspect_bytes(path: str, octets: bytes, directory: AgencyDirectory, ours: Collection[str] = ()) -> Inspection:
    """Inspect one file's bytes. Never raises for what is in them. `ours` are the domains that we write from."""
    if kind_of(octets) is DocumentKind.PDF:
        return _pdf(path, octets)
    headers, _ = split_headers(octets)
    if not any(name in headers for name in _MAIL_HEADERS):
        reason = Reason(clause=Clause.S2, detail="it is neither a mail nor a PDF")
        return Inspection(path=path, kind=InspectedKind.OTHER, verdict=SenderVerdict.REFUSE, reasons=(reason,))
    return _mail(path, octets, directory, ours)


def _mail(path: str, octets: bytes, directory: AgencyDirectory, ours: Collection[str]) -> Inspection:
    reading = read_message(octets, ours).reading
    sender = judge_sender(reading.author, reading.author_domain, directory)
    unfit = judge_documents(reading.documents)
    held = sender.verdict is SenderVerdict.ACCEPT and unfit
    return Inspection(
        path=path,
        kind=InspectedKind.MAIL,
        verdict=SenderVerdict.HOLD if held else sender.verdict,
        reasons=tuple(dict.fromkeys((*sender.reasons, *unfit, *reading.remarks))),
        sender=InspectedSender(
            address=reading.author,
            domain=reading.author_domain,
            agency=sender.agency.name if sender.agency else None,
            country=sender.country,
        ),
        documents=reading.documents,
        request=_request(reading.facts),
    )


def _pdf(path: str, octets: bytes) -> Inspection:
    document, found = read_document(octets, Path(path).name)
    facts, remarks = settle(found, ())
    return Inspection(
        path=path,
        kind=InspectedKind.PDF,
        verdict=SenderVerdict.ACCEPT if document.accepted else SenderVerdict.REFUSE,
        reasons=(*document.reasons, *remarks),
        documents=(document,),
        request=_request(facts),
    )


def _request(facts: Sequence[Fact]) -> InspectedRequest:
    return InspectedRequest(
        view=request_facts(facts), facts=tuple(current(facts)), mentioned=tuple(only_mentioned(facts))
    )


def _octets(path: str) -> Iterator[tuple[str, bytes]]:
    """The bytes of a path's files, each with its name. One byte beyond the message limit is enough to tell.

    Raises:
        OSError: the path cannot be read.
    """
    if path == "-":
        yield path, sys.stdin.buffer.read(MESSAGE_LIMIT + 1)
        return
    place = Path(path)
    files = sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]
    for file in files:
        with file.open("rb") as stream:
            yield os.fsencode(file).decode("utf-8", "replace"), stream.read(MESSAGE_LIMIT + 1)
