"""`dueprocess clock advance 90d`: on a development stack, let days pass for everything at once."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

import typer
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run

_SPAN = re.compile(r"(\d{1,4})([dhms])")
#: How long one machine may take to finish what falls due on its way, in seconds of real time.
_PATIENCE_SECONDS = 60.0
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    clock = typer.Typer(help="Business time; movable on a development stack only.", no_args_is_help=True)
    app.add_typer(clock, name="clock")

    @clock.command()
    def show() -> None:
        """Say what time it is for the cases."""
        run(show_clock)

    @clock.command()
    def advance(span: str = typer.Argument(help="How far: 90d, 36h, 10m, 30s, or several: 6d23h")) -> None:
        """Let time pass: move the clock, and every open machine with it."""
        run(lambda settings: advance_clock(settings, span))


async def show_clock(settings: Settings) -> Exit:
    """Print business time."""
    now = BusinessClock(settings.clock_file).now()
    kind = "the real clock" if settings.clock_file is None else "a development clock"
    out.print(f"{now:%Y-%m-%d %H:%M:%S} UTC, {kind}", markup=False)
    return Exit.DONE


async def advance_clock(settings: Settings, span: str) -> Exit:
    """Let the span pass."""
    client = await connect(settings)
    now = await let_pass(client, BusinessClock(settings.clock_file), span_of(span))
    out.print(f"{now:%Y-%m-%d %H:%M:%S} UTC", markup=False)
    return Exit.DONE


def span_of(text: str) -> timedelta:
    """A span such as 6d23h.

    Raises:
        Trouble: it is not one.
    """
    if not text or _SPAN.sub("", text):
        raise Trouble(f"{text!r} is not a span such as 90d, 36h or 6d23h59m", Exit.MISUSED)
    return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in _SPAN.findall(text)), timedelta(0))


async def let_pass(client: Client, clock: BusinessClock, span: timedelta) -> datetime:
    """Move the clock, then every open machine by as much; each finishes what falls due on the way.

    The clock goes first: what a machine then does at its new time must not look as if it lay in the future.

    Raises:
        Trouble: a machine does not get there, as when no worker runs.
    """
    clock.advance_to(clock.now() + span)
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    async for workflow in client.list_workflows("ExecutionStatus = 'Running'"):
        handle = client.get_workflow_handle(workflow.id, run_id=workflow.run_id)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                if await _can_skip(handle):
                    await skipper.fast_forward(handle, span)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise  # Otherwise it has ended meanwhile, and there is nothing left to move.
        except TimeoutError:
            raise Trouble(f"{workflow.id} does not reach its new time; does a worker run?", Exit.UNREACHABLE) from None
    return clock.now()


async def _can_skip(handle: WorkflowHandle[Any, Any]) -> bool:
    """Whether Temporal skips this machine's time. It does not while a child runs, of which the machine then hears the
    time; and a machine may have ended since it was listed."""
    found = await handle.describe()
    return found.status is WorkflowExecutionStatus.RUNNING and not found.raw_description.pending_children
