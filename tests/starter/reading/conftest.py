"""The reading verbs as a person meets them: the real command, beside a real Postgres and a real Temporal."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import typer
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from typer.testing import CliRunner

from contract.search_attributes import CASE_DEADLINE, CASE_QUEUE, REGISTRY
from policy.vocabulary import Queue
from runtime.codec import generate_key
from runtime.embedded.ports import free_port
from runtime.embedded.temporal import TemporalServer
from runtime.settings import Settings
from starter import agency, doctor, document, listing, message, migrate, reviewer, show, verify
from tests.conftest import Database

app = typer.Typer()
for _verb in (agency, doctor, document, listing, message, migrate, reviewer, show, verify):
    _verb.register(app)


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Command = Callable[..., Awaitable[Said]]
StartMachine = Callable[..., Awaitable[None]]


@pytest.fixture(scope="session")
async def temporal_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TemporalServer]:
    """A server of their own: `verify` and `list` look at every machine there is."""
    server = TemporalServer(tmp_path_factory.mktemp("temporal"), free_port(), search_attributes=REGISTRY)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture
def settings(
    database: Database, temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    for name in os.environ:
        if name.startswith("DUEPROCESS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Settings(
        state_dir=tmp_path / "state",
        temporal_address=temporal_server.address,
        temporal_port=temporal_server.port,
        database_url=SecretStr(database.app_url),
        database_owner_url=SecretStr(database.owner_url),
        codec_keys=SecretStr(f"test:{generate_key()}"),
        smtp_intake_port=free_port(),
        smtp_relay_port=free_port(),
        pages_port=free_port(),
    )


@pytest.fixture
def command(settings: Settings) -> Command:
    """Runs `dueprocess` with the settings in its environment, as it would be typed."""

    async def run(*arguments: str, **changed: object) -> Said:
        environment = settings.model_copy(update=changed).environment()
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
async def client(temporal_server: TemporalServer) -> Client:
    return await Client.connect(temporal_server.address)


@pytest.fixture
async def start_machine(client: Client) -> AsyncIterator[StartMachine]:
    """Starts machines that stay where they are, as no worker takes them up."""
    started = []

    async def start(machine: str, queue: Queue = Queue.CLOCK, deadline: datetime | None = None) -> None:
        pairs: list[SearchAttributePair[str] | SearchAttributePair[datetime]] = [
            SearchAttributePair(CASE_QUEUE, queue.value)
        ]
        if deadline is not None:
            pairs.append(SearchAttributePair(CASE_DEADLINE, deadline))
        known = TypedSearchAttributes(pairs)
        started.append(
            await client.start_workflow("Standing", id=machine, task_queue="nobody", search_attributes=known)
        )

    yield start
    for handle in started:
        await handle.terminate()
