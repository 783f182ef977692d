"""The verbs by which people decide, as they are typed, beside real machines."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
import typer
from typer.testing import CliRunner

from contract.ids import request_id
from policy.vocabulary import Phase
from runtime.settings import Settings
from starter import agency, amend, appeal, certificate, costs, intake, objection, review, reviewer, show
from starter.samples.request import SampleProcess
from tests.world import World

CALLED = ("--called-back", "+1-202-555-0100", "--badge-checked")
GENUINE = ("authentic", "--signature-seen", *CALLED, "--as", "wanda")


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Command = Callable[..., Awaitable[Said]]


async def arrived(world: World, process: SampleProcess, **values: object) -> str:
    """The reference of a request whose machine waits for people."""
    ref = await world.mail(process, **values)
    await world.shown(request_id(ref), Phase.VERIFICATION)
    return ref


@pytest.fixture
def command(world: World, world_settings: Settings) -> Command:
    """Runs `dueprocess` with the world's settings in its environment."""
    app = typer.Typer(pretty_exceptions_enable=False)
    for verb in (agency, amend, appeal, certificate, costs, intake, objection, review, reviewer, show):
        verb.register(app)

    async def run(*arguments: str) -> Said:
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=world_settings.environment())
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
async def people(command: Command) -> tuple[str, str]:
    """A verifier and a reviewer who were put on the roster by the command, with keys of their own."""
    assert (await command("reviewer", "add", "wanda", "--role", "verifier")).code == 0
    assert (await command("reviewer", "add", "ruth", "--role", "reviewer")).code == 0
    return "wanda", "ruth"
