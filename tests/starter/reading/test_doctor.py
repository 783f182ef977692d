"""`dueprocess doctor`: what does not answer is named with what to do, and what is insecure is said aloud."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from gateways.folder import SHIPPED
from gateways.provider.seed import seed
from gateways.sink import mail_sink
from runtime.embedded.ports import free_port
from runtime.embedded.postgres import PROVIDER, PostgresServer
from runtime.provider import adopt_provider
from runtime.services import open_services
from runtime.settings import Settings
from starter import checkup
from starter.command import Exit
from starter.samples import SampleProcess, SampleRequest
from tests.starter.reading.cases import bring_in
from tests.starter.reading.conftest import Command


@workflow.defn
class Nothing:
    """A worker needs a workflow."""

    @workflow.run
    async def run(self) -> None:
        return


@activity.defn
async def nothing() -> None:
    return


@pytest.fixture
async def provider_url(postgres_server: PostgresServer) -> SecretStr:
    await postgres_server.create_database("examined_provider", owner=PROVIDER)
    url = postgres_server.url(PROVIDER, "examined_provider")
    await seed(url)
    return SecretStr(url)


@pytest.fixture
async def everything(settings: Settings, client: Client, tmp_path: Path) -> AsyncIterator[None]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    worker = Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[Nothing],
        activities=[nothing],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with (
        worker,
        mail_sink(tmp_path / "out", settings.smtp_relay_port),
        mail_sink(tmp_path / "in", settings.smtp_intake_port),
        await asyncio.start_server(answer, "127.0.0.1", settings.pages_port),
    ):
        await asyncio.sleep(0)
        yield


def faults(out: str) -> dict[str, str]:
    lines = [line.split(maxsplit=2) for line in out.splitlines() if line.startswith("FAULT")]
    return {part: sentence for _, part, sentence in lines}


@pytest.mark.usefixtures("everything")
async def test_when_everything_answers_it_is_well_and_stand_ins_warn_aloud(
    command: Command, provider_url: SecretStr
) -> None:
    for _ in range(50):  # The worker's first polls are on their way.
        said = await command("doctor", provider_database_url=provider_url)
        if "worker" not in faults(said.out):
            break
    assert (faults(said.out), said.code, said.err) == ({}, Exit.DONE, "")
    assert said.out.count("ok ") == len(checkup.Part)
    assert "1 worker polled the task queue dueprocess" in said.out
    assert "WARNING: not for production: DUEPROCESS_OBJECT_STORE_URL is a directory" in said.out


async def test_what_does_not_answer_is_named_and_nothing_secret_is_said(
    command: Command, settings: Settings, provider_url: SecretStr
) -> None:
    url = settings.database_url.get_secret_value()
    password = url.partition("://")[2].partition("@")[0].partition(":")[2]
    said = await command(
        "doctor",
        database_url=SecretStr(url.replace(password, "hunter2")),
        provider_database_url=provider_url,
        task_queue="nobody-listens",
        otlp_endpoint=f"http://127.0.0.1:{free_port()}",
    )
    assert said.code == Exit.UNREACHABLE
    found = faults(said.out)
    assert set(found) == {"policy", "ledger", "worker", "relay", "intake", "pages", "telemetry"}
    assert "DUEPROCESS_DATABASE_URL" in found["ledger"]
    assert "start worker.py" in found["worker"]
    assert "serve intake" in found["intake"]
    assert not any(secret in said.out + said.err for secret in ("hunter2", password, "Traceback"))


async def test_S1_a_name_system_that_cannot_be_asked_is_named(command: Command, tmp_path: Path) -> None:
    zone = tmp_path / "zone"
    zone.write_text("this is no zone")
    assert "not a zone file" in faults((await command("doctor", "names", dns=str(zone))).out)["names"]
    zone.write_text("")
    well = await command("doctor", "names", dns=str(zone))
    assert "a zone file, fit for development only, answers" in well.out


async def test_P3_a_policy_book_that_was_edited_under_its_cases_is_named(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    async with open_services(settings) as services:
        await bring_in(services.engine, services.store, SampleRequest(process=SampleProcess.PRESERVATION_LETTER))
    edited = Path(shutil.copytree(SHIPPED, tmp_path / "provider"))
    clocks = (edited / "clocks.toml").read_text(encoding="utf-8")
    (edited / "clocks.toml").write_text(clocks.replace("hold_days = 90", "hold_days = 60"), encoding="utf-8")
    assert faults((await command("doctor", "policy")).out) == {}
    try:
        said = await command("doctor", "policy", provider_folder=edited)
    finally:
        adopt_provider(settings)
    assert said.code == Exit.UNREACHABLE
    assert (
        "the policy book 2026-11 in clocks.toml is not the one that cases were received" in faults(said.out)["policy"]
    )


async def test_a_schema_and_a_namespace_that_are_not_current_name_the_cure(
    command: Command, postgres_server: PostgresServer, settings: Settings
) -> None:
    await postgres_server.create_database("examined_empty")
    empty = settings.database_url.get_secret_value().rpartition("/")[0] + "/examined_empty"
    said = await command("doctor", "ledger", "temporal", database_url=SecretStr(empty), temporal_namespace="elsewhere")
    assert said.code == Exit.UNREACHABLE
    assert "`dueprocess migrate` brings it up to date" in faults(said.out)["ledger"]
    assert "DUEPROCESS_TEMPORAL_NAMESPACE" in faults(said.out)["temporal"]


async def test_what_accepts_and_never_answers_is_given_up_soon(
    command: Command, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    monkeypatch.setattr(checkup, "_LIMIT_SECONDS", 0.3)
    async with await asyncio.start_server(silent, "127.0.0.1", settings.smtp_relay_port):
        began = time.monotonic()
        said = await command("doctor", "relay")
    assert said.code == Exit.UNREACHABLE
    assert "relay" in faults(said.out)
    assert time.monotonic() - began < 3


async def test_only_the_parts_that_are_named_are_examined(command: Command) -> None:
    said = await command("doctor", "ledger", "temporal", "objects")
    assert (said.code, faults(said.out)) == (Exit.DONE, {})
    assert "relay" not in said.out.partition("WARNING")[0]
