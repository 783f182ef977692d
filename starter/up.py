"""`dueprocess up`: the whole product on this machine, in the foreground, until Ctrl-C."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import typer

import worker as worker_module
from contract.search_attributes import REGISTRY
from runtime.embedded.lock import StateHeldError
from runtime.embedded.ports import PortTakenError
from runtime.embedded.process import StartError
from runtime.embedded.stack import Child, EmbeddedStack, StackConfigError
from runtime.settings import Settings
from runtime.telemetry import log_to_stderr
from starter.command import Exit, Trouble, out, run
from starter.migrate import prepare

_TRY_EVERY_SECONDS = 0.1
_TRIES = 600


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def up() -> None:
        """Run Postgres, Temporal with its Web UI, the worker, the intake and the pages until Ctrl-C."""
        run(run_stack)


async def run_stack(settings: Settings) -> Exit:
    """Run the stack until a signal ends it."""
    log_to_stderr(settings)

    async def wait(running: Settings) -> None:
        await answering(running)
        tell(running)
        await asyncio.Event().wait()

    await stack_run(settings, wait)
    return Exit.DONE


async def stack_run(settings: Settings, body: Callable[[Settings], Awaitable[None]]) -> bool:
    """Run `body` with the stack up; False where a signal ended it.

    Raises:
        Trouble: the stack cannot start; the sentence says why and what to do.
    """
    try:
        return await make_stack(settings).run(body)
    except (StateHeldError, PortTakenError, StartError, StackConfigError) as error:
        raise Trouble(str(error), Exit.MISUSED) from error


async def answering(settings: Settings) -> None:
    """Wait until mail is taken in and the pages are served: then the stack is up, and not when its processes exist.

    Raises:
        Trouble: they do not answer within a minute; their logs say why.
    """
    services = ((settings.smtp_intake_host, settings.smtp_intake_port), (settings.pages_host, settings.pages_port))
    for host, port in services:
        for _ in range(_TRIES):
            try:
                _, writer = await asyncio.open_connection(host, port)
            except OSError:
                await asyncio.sleep(_TRY_EVERY_SECONDS)
                continue
            writer.close()
            break
        else:
            raise Trouble(f"Nothing answers on port {port}; see {settings.state_dir / 'logs'}", Exit.UNREACHABLE)


def make_stack(settings: Settings) -> EmbeddedStack:
    """The embedded stack with the product's own processes, as docker-compose.yml has them."""
    command = [sys.executable, "-m", "starter"]
    return EmbeddedStack(
        settings,
        search_attributes=REGISTRY,
        children=[
            Child("pages", [*command, "serve", "pages", "--sink"]),
            Child(
                "worker",
                [sys.executable, str(Path(worker_module.__file__))],
                stop_limit_seconds=settings.graceful_shutdown_seconds + 5,
            ),
            Child("intake", [*command, "serve", "intake"]),
        ],
        prepare=prepare,
    )


def tell(settings: Settings) -> None:
    """Say where everything is."""
    out.print(f"Temporal Web UI   http://127.0.0.1:{settings.web_ui_port}", markup=False)
    out.print(f"Outgoing mail     {settings.public_url}", markup=False)
    out.print(
        f"Incoming mail     smtp://127.0.0.1:{settings.smtp_intake_port} for {settings.intake_address}", markup=False
    )
    out.print(f"State and logs    {settings.state_dir}", markup=False)
    out.print("Ctrl-C stops it; what it holds is there the next time.", markup=False)
