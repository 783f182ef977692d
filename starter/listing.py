"""`dueprocess list`: the cases and whose turn it is in each, and the mail that waits to become one."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import typer
from temporalio.client import Client

from contract.search_attributes import CASE_DEADLINE, CASE_QUEUE
from ledger.mailroom import KeptLine, Mailroom, WaitingMessage
from ledger.reports import CaseLine, Reports
from policy.vocabulary import Phase, Queue, RequestKind
from runtime.connection import TemporalUnreachable, connect
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, err, out, run
from starter.lines import columns

#: How long a list waits for Temporal, which adds to it but is not needed for it.
_PATIENCE_SECONDS = 3.0
_WAITING_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Turn:
    """What Temporal knows of a running case: whose turn it is, and its machines' next deadline (UTC)."""

    queues: tuple[Queue, ...] = ()
    deadline: datetime | None = None


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command(name="list")
    def list_verb(
        phase: Phase = typer.Option(None, help="Only cases in this phase."),
        kind: RequestKind = typer.Option(None, help="Only cases of this kind."),
        queue: Queue = typer.Option(None, help="Only cases in which it is this one's turn."),
        every: bool = typer.Option(False, "--all", help="Closed cases too."),
        as_json: bool = typer.Option(False, "--json", help="One JSON object, for programs."),
    ) -> None:
        """List the open cases, newest first, and the mail that waits."""
        run(lambda settings: list_cases(settings, phase, kind, queue, every=every, as_json=as_json))


async def list_cases(
    settings: Settings,
    phase: Phase | None = None,
    kind: RequestKind | None = None,
    queue: Queue | None = None,
    *,
    every: bool = False,
    as_json: bool = False,
) -> Exit:
    """Print the cases. Exit 3 where a queue is asked for and Temporal, which knows them, does not answer."""
    async with open_services(settings) as services:
        cases = await Reports(services.engine).cases(phase=phase, kind=kind)
        mailroom = Mailroom(services.engine)
        waiting, kept = await mailroom.pending(_WAITING_SHOWN), await mailroom.kept()
    try:
        turns = await _turns(settings)
    except (TemporalUnreachable, TimeoutError):
        err.print("Temporal does not answer, so queues and deadlines are not shown; what is listed is the ledger's.")
        if queue is not None:
            return Exit.UNREACHABLE
        turns = {}
    # A closed case whose notice still waits out a gag is somebody's turn yet; a phase asks for all of its cases.
    listed = [c for c in reversed(cases) if every or phase is not None or c.outcome is None or c.ref in turns]
    shown = [case for case in listed if queue is None or queue in turns.get(case.ref, Turn()).queues]
    if as_json:
        print(
            json.dumps(
                {"cases": _cases_json(shown, turns), "waiting": _waiting_json(waiting), "kept": _kept_json(kept)},
                indent=2,
            )
        )
    else:
        _print(settings, shown, waiting, kept, turns)
    return Exit.DONE


def web_ui(settings: Settings, workflow_id: str = "") -> str | None:
    """The Web UI's page of a workflow, or of all; None where another Temporal than the embedded stack's is used."""
    if settings.temporal_profile is not None or settings.temporal_address != f"127.0.0.1:{settings.temporal_port}":
        return None
    page = f"http://127.0.0.1:{settings.web_ui_port}/namespaces/{settings.temporal_namespace}/workflows"
    return f"{page}/{quote(workflow_id, safe='')}" if workflow_id else page


async def _turns(settings: Settings) -> dict[str, Turn]:
    """Whose turn it is in each running case, notices included."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        return await _turns_of(await connect(settings))


async def _turns_of(client: Client) -> dict[str, Turn]:
    turns: dict[str, Turn] = {}
    async for execution in client.list_workflows("ExecutionStatus = 'Running'", page_size=1000):
        _, _, rest = execution.id.partition("/")
        ref = rest.partition("/")[0]
        known, attributes = turns.get(ref, Turn()), execution.typed_search_attributes
        queue, deadline = attributes.get(CASE_QUEUE), attributes.get(CASE_DEADLINE)
        ends = [end for end in (known.deadline, deadline) if end is not None]
        queues = {*known.queues, *([Queue(queue)] if queue else [])}
        turns[ref] = Turn(tuple(sorted(queues)), min(ends, default=None))
    return turns


def _print(
    settings: Settings,
    cases: Sequence[CaseLine],
    waiting: Sequence[WaitingMessage],
    kept: Sequence[KeptLine],
    turns: dict[str, Turn],
) -> None:
    rows = [_row(case, turns.get(case.ref, Turn())) for case in cases]
    head = ("case", "kind", "phase", "turn of", "opened (UTC)", "next deadline (UTC)", "outcome")
    if not rows:
        out.print("No case.")
    for place, line in enumerate(columns(head, rows)):
        out.print(line, style="bold" if place == 0 else None, markup=False)
    if waiting:
        more = " or more" if len(waiting) == _WAITING_SHOWN else ""
        out.print(f"\nMessages that wait to be routed: {len(waiting)}{more}")
    for message in waiting:
        out.print(f"  {message.message_id[:16]}  received {_time(message.received_at)} UTC", markup=False)
    if kept:
        out.print(f"\nMessages that wait with a case for a person (`dueprocess show REF`): {len(kept)}", markup=False)
    for mail in kept:
        out.print(f"  {mail.message_id[:16]}  {mail.ref}  received {_time(mail.received_at)} UTC", markup=False)
    if (address := web_ui(settings)) is not None:
        out.print(f"\nWeb UI: {address}", markup=False)


def _row(case: CaseLine, turn: Turn) -> tuple[str, ...]:
    return (
        case.ref,
        case.kind.value,
        case.phase.value,
        ", ".join(turn.queues) or "-",
        _time(case.opened_at),
        _time(turn.deadline) if turn.deadline else "-",
        case.outcome.value if case.outcome else "-",
    )


def _cases_json(cases: Sequence[CaseLine], turns: dict[str, Turn]) -> list[dict[str, object]]:
    return [
        {
            "ref": case.ref,
            "kind": case.kind,
            "phase": case.phase,
            "opened_at": case.opened_at.isoformat(),
            "closed_at": case.closed_at.isoformat() if case.closed_at else None,
            "outcome": case.outcome,
            "queues": turns.get(case.ref, Turn()).queues,
            "next_deadline": deadline.isoformat() if (deadline := turns.get(case.ref, Turn()).deadline) else None,
        }
        for case in cases
    ]


def _waiting_json(waiting: Sequence[WaitingMessage]) -> list[dict[str, str]]:
    return [{"message_id": m.message_id, "received_at": m.received_at.isoformat()} for m in waiting]


def _kept_json(kept: Sequence[KeptLine]) -> list[dict[str, str]]:
    return [{"message_id": k.message_id, "ref": k.ref, "received_at": k.received_at.isoformat()} for k in kept]


def _time(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
