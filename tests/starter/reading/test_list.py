"""`dueprocess list`: whose turn it is in every open case, and the mail that waits."""

import json
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from ledger.mailroom import Mailroom
from policy.vocabulary import Outcome, Phase, Queue, RequestKind
from runtime.embedded.ports import free_port
from runtime.settings import Settings
from starter.command import Exit
from tests.ledger.build import NOW, casebook, closed, entry, opened, sha
from tests.starter.reading.conftest import Command, StartMachine

_SOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
_LATER = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def listed(client: Client, machines: int) -> None:
    """Wait until the server's list has them: it lags behind a little."""
    while len([w async for w in client.list_workflows("ExecutionStatus = 'Running'")]) < machines:
        continue


async def test_open_cases_come_newest_first_with_their_turn_and_next_deadline(
    command: Command, engine: AsyncEngine, start_machine: StartMachine, client: Client, settings: Settings
) -> None:
    one = await opened(engine, "one")
    two = await opened(engine, "two", RequestKind.PRESERVATION)
    gone = await opened(engine, "gone")
    await casebook(engine).commit(entry(gone, "close", closed(Outcome.REJECTED), phase=Phase.CLOSED))
    await Mailroom(engine).receive(sha("waits"), sha("raw"), NOW)
    await start_machine(f"request/{one}", Queue.REVIEWER, _LATER)
    await start_machine(f"notice/{one}/1", Queue.CLOCK, _SOON)
    await start_machine(f"preservation/{two}", Queue.CLOCK, _LATER)
    await listed(client, 3)

    said = await command("list")
    assert said.code == Exit.DONE
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["case", two, one]
    assert lines[1].split() == [
        two,
        "preservation",
        "received",
        "clock",
        "2026-03-02",
        "09:30",
        "2026-06-01",
        "12:00",
        "-",
    ]
    assert "clock, reviewer" in lines[2]
    assert "2026-03-09 12:00" in lines[2]
    assert "Messages that wait to be routed: 1" in said.out
    assert sha("waits")[:16] in said.out
    assert f"http://127.0.0.1:{settings.web_ui_port}/namespaces/default/workflows" in said.out

    answer = json.loads((await command("list", "--json", "--all")).out)
    assert [case["ref"] for case in answer["cases"]] == [gone, two, one]
    assert answer["cases"][0]["outcome"] == "rejected"
    assert answer["cases"][2]["next_deadline"] == _SOON.isoformat()
    assert answer["waiting"] == [{"message_id": sha("waits"), "received_at": NOW.isoformat()}]

    async def refs(*arguments: str) -> list[str]:
        return [case["ref"] for case in json.loads((await command("list", "--json", *arguments)).out)["cases"]]

    assert await refs("--queue", "reviewer") == [one]
    assert await refs("--kind", "preservation") == [two]
    assert await refs("--phase", "closed") == [gone]
    assert await refs("--phase", "legal_review") == []


async def test_without_temporal_the_ledger_is_still_listed_and_it_says_what_is_not(
    command: Command, engine: AsyncEngine
) -> None:
    ref = await opened(engine, "one")
    nowhere = f"127.0.0.1:{free_port()}"
    said = await command("list", temporal_address=nowhere)
    assert said.code == Exit.DONE
    assert ref in said.out
    assert said.err.startswith("Temporal does not answer, so queues and deadlines are not shown")
    assert (await command("list", "--queue", "reviewer", temporal_address=nowhere)).code == Exit.UNREACHABLE


async def test_without_postgres_it_is_one_sentence(command: Command, settings: Settings) -> None:
    url = settings.database_url.get_secret_value()
    here = url.rpartition("@")[2].partition("/")[0]
    nowhere = type(settings.database_url)(url.replace(here, f"127.0.0.1:{free_port()}"))
    said = await command("list", database_url=nowhere)
    assert (said.code, said.out) == (Exit.UNREACHABLE, "")
    assert said.err.startswith("The ledger's Postgres does not answer")
    assert len(said.err.splitlines()) == 1
