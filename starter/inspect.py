"""`dueprocess inspect`: what the system reads in a mail or a PDF, with no server running."""

import io
import json
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from intake.attachments import kind_of
from intake.authentication.authenticator import Authenticator
from intake.authentication.resolvers import ZoneFileError
from intake.facts import settle
from intake.message import read_document, read_message
from intake.mime import MESSAGE_LIMIT, split_headers
from intake.peer import SmtpPeer
from policy.directory import AgencyDirectory
from policy.documents import judge_documents
from policy.facts import Fact
from policy.findings import DocumentKind, Reason
from policy.request import current, only_mentioned, request_facts
from policy.sender import judge_sender
from policy.vocabulary import Clause, SenderVerdict
from runtime.proving import make_authenticator
from starter.configuration import Misconfigured, configuration
from starter.inspection import InspectedKind, InspectedRequest, InspectedSender, Inspection, render

_MAIL_HEADERS = ("From", "Date", "Message-ID", "Received", "Subject", "To", "MIME-Version")


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command(name="inspect")
    def verb(
        files: list[str] = typer.Argument(help="Mails or PDFs, '-' for standard input, or folders (Maildir too)."),
        as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
        peer: str = typer.Option("", help="IP address of the host that handed the mail over, for SPF."),
        helo: str = typer.Option("", help="What that host called itself (HELO)."),
        mail_from: str = typer.Option("", help="The MAIL FROM that it gave; empty: a bounce's."),
    ) -> None:
        """Show what is read in mails and PDFs, what S1 and S2 make of them, and what a mail proves of its sender.

        Needs no server but the name system, and keeps nothing. Without --peer only signatures can prove a sender.
        """
        try:
            settings, provider = configuration()
            authenticator = make_authenticator(settings, provider.profile)
        except (Misconfigured, ZoneFileError) as error:
            print(error, file=sys.stderr)
            raise typer.Exit(2) from None
        handed_over = SmtpPeer(address=peer, helo=helo, mail_from=mail_from) if peer else None
        inspector = Inspector(provider.agencies, settings.our_domains, authenticator, handed_over)
        raise typer.Exit(inspect(files, as_json=as_json, inspector=inspector))


@dataclass(frozen=True, slots=True)
class Inspector:
    """What mail is held against: the agencies, our own domains, and the checks of who sent it, with its SMTP peer."""

    directory: AgencyDirectory
    ours: Collection[str]
    authenticator: Authenticator
    peer: SmtpPeer | None = None


def inspect(paths: Sequence[str], *, as_json: bool, inspector: Inspector) -> int:
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
                inspection = inspect_bytes(name, octets, inspector)
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


def inspect_bytes(path: str, octets: bytes, inspector: Inspector) -> Inspection:
    """Inspect one file's bytes. Never raises for what is in them."""
    if kind_of(octets) is DocumentKind.PDF:
        return _pdf(path, octets)
    headers, _ = split_headers(octets)
    if not any(name in headers for name in _MAIL_HEADERS):
        reason = Reason(clause=Clause.S2, detail="it is neither a mail nor a PDF")
        return Inspection(path=path, kind=InspectedKind.OTHER, verdict=SenderVerdict.REFUSE, reasons=(reason,))
    return _mail(path, octets, inspector)


def _mail(path: str, octets: bytes, inspector: Inspector) -> Inspection:
    reading = read_message(octets, inspector.ours).reading
    domain, authentication = reading.author_domain, None
    sender = judge_sender(reading.author, domain, inspector.directory)
    if sender.verdict is not SenderVerdict.REFUSE and domain is not None:
        authentication = inspector.authenticator.authenticate(octets, domain, datetime.now(UTC), inspector.peer)
        sender = judge_sender(reading.author, domain, inspector.directory, authentication)
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
            proven=sender.proven,
            authentication=authentication,
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
