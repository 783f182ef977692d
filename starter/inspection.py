"""What an inspection found, for programs (one JSON object) and for people (a page in the terminal)."""

from enum import StrEnum

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from policy.authentication import Authentication, evidence
from policy.facts import Confidence, Fact
from policy.findings import Document, Reason
from policy.frozen import Frozen
from policy.request import RequestFacts
from policy.vocabulary import SenderVerdict
from starter.lines import document_words


class InspectedKind(StrEnum):
    """What a file is, by its bytes."""

    MAIL = "mail"
    PDF = "pdf"
    OTHER = "other"


class InspectedSender(Frozen):
    """Who the mail says it is from, and what it proves of that. `agency` is the directory's name for the domain.

    `authentication` is None where the name alone has it refused: then nothing is looked up.
    """

    address: str | None
    domain: str | None
    agency: str | None
    country: str | None
    proven: bool
    authentication: Authentication | None


class InspectedRequest(Frozen):
    """The request as one view, every fact that holds with where it was read, and what is only mentioned beside it."""

    view: RequestFacts
    facts: tuple[Fact, ...]
    mentioned: tuple[Fact, ...] = ()


class Inspection(Frozen):
    """One inspected file. A mail is held where its sender or its documents need a person; only S1 refuses a mail."""

    path: str
    kind: InspectedKind
    verdict: SenderVerdict
    reasons: tuple[Reason, ...]
    sender: InspectedSender | None = None
    documents: tuple[Document, ...] = ()
    request: InspectedRequest | None = None


_COLOURS = {SenderVerdict.ACCEPT: "green", SenderVerdict.HOLD: "yellow", SenderVerdict.REFUSE: "red"}


def render(inspection: Inspection, console: Console) -> None:
    """Print the inspection for a person. Nothing of a message is taken for markup."""
    colour = _COLOURS[inspection.verdict]
    console.print(
        f"[bold]{escape(inspection.path)}[/bold]  {inspection.kind.value}  "
        f"[{colour} bold]{inspection.verdict.value}[/{colour} bold]",
        soft_wrap=True,
    )
    if inspection.sender is not None:
        known_as = f" ({inspection.sender.agency})" if inspection.sender.agency else ""
        console.print(f"  from {escape((inspection.sender.address or 'nobody') + known_as)}", soft_wrap=True)
        if inspection.sender.authentication is not None:
            for line in evidence(inspection.sender.authentication):
                console.print(f"       {escape(line)}", soft_wrap=True)
    for reason in inspection.reasons:
        console.print(f"  {reason.clause.value:>3}  {escape(reason.detail)}", soft_wrap=True)
    for document in inspection.documents:
        console.print(escape(f"  {document_words(document)}"), soft_wrap=True)
    if inspection.request is not None and inspection.request.facts:
        console.print(_table(inspection.request.facts))
        if inspection.request.mentioned:
            console.print("  only mentioned, and not part of the request:")
            console.print(_table(inspection.request.mentioned))
    console.print()


def _table(facts: tuple[Fact, ...]) -> Table:
    table = Table("fact", Column("value", overflow="fold"), "read in", box=None, padding=(0, 2))
    for fact in facts:
        table.add_row(fact.field.value, escape(fact.value), _where(fact))
    return table


def _where(fact: Fact) -> str:
    """The mail, or the document by the first letters of its hash, and the page."""
    source = fact.source
    place = "mail" if source.document is None else f"{source.document[:8]} page {source.page}"
    return f"{place}, in running text" if fact.confidence is Confidence.FOUND else place
