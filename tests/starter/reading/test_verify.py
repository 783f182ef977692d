"""`dueprocess verify`: it holds only if chain, objects and machines hold, and otherwise it names what does not."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import ObjectStore
from activities.record import HoldStarted, NoticeDelayed, SnapshotPurged
from ledger.mailroom import CondemnedObject, Mailroom
from policy.findings import Reason
from policy.vocabulary import Clause, Outcome, Phase, RequestKind
from runtime.services import make_store
from runtime.settings import Settings
from starter import verification
from starter.command import Exit
from tests.conftest import Database, libpq
from tests.ledger.build import NOW, casebook, closed, entry, opened, received, sha, snapshot_taken
from tests.starter.reading.conftest import Command, StartMachine


@pytest.fixture
def store(settings: Settings) -> ObjectStore:
    return make_store(settings)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "_BETWEEN_LOOKS_SECONDS", 0.01)


def object_file(settings: Settings, text: str) -> Path:
    return Path(urlsplit(settings.object_store_url).path) / sha(text)[:2] / sha(text)[2:]


async def whole(engine: AsyncEngine, store: ObjectStore, start_machine: StartMachine) -> str:
    """A request with its message and machine: a record in which everything holds."""
    ref = await opened(engine)
    await store.put(b"raw request")
    await start_machine(f"request/{ref}")
    return ref


async def test_a_whole_record_holds_and_its_head_verifies_later(
    command: Command, engine: AsyncEngine, store: ObjectStore, start_machine: StartMachine
) -> None:
    ref = await whole(engine, store, start_machine)
    said = await command("verify")
    assert (said.code, said.err) == (Exit.DONE, "")
    assert "ok     ledger: 2 events in one chain" in said.out
    assert "ok     objects: 1 with 11 bytes were read and hashed" in said.out
    assert "ok     Temporal: 1 of 1 machines run as recorded" in said.out
    head = next(line.split()[1] for line in said.out.splitlines() if line.startswith("head"))

    await casebook(engine).commit(entry(ref, "close", closed(), phase=Phase.CLOSED))
    assert "is closed" in (await command("verify", "--head", head)).out
    answer = json.loads((await command("verify", "--json", "--head", head)).out)
    assert (answer["holds"], answer["chain"]["faults"]) == (False, [])
    assert answer["head"].startswith("4:")


async def test_I1_an_edited_event_and_a_head_that_is_not_in_the_chain_are_named(
    command: Command, engine: AsyncEngine, store: ObjectStore, start_machine: StartMachine, database: Database
) -> None:
    await whole(engine, store, start_machine)
    other = await command("verify", "--head", f"1:{'0' * 64}")
    assert other.code == Exit.REFUSED
    assert "does not contain the head" in other.out
    async with await psycopg.AsyncConnection.connect(libpq(database.superuser_url), autocommit=True) as connection:
        await connection.execute("ALTER TABLE events DISABLE TRIGGER ALL")
        await connection.execute("UPDATE events SET step = 'other' WHERE seq = 2")
    said = await command("verify")
    assert said.code == Exit.REFUSED
    assert "event 2 is not what was recorded" in said.out


async def test_a_head_that_is_none_is_one_sentence(command: Command) -> None:
    said = await command("verify", "--head", "yesterday")
    assert (said.code, said.err) == (
        Exit.MISUSED,
        "--head 'yesterday': a chain head is written <number>:<64 hex digits>\n",
    )


async def test_I3_a_damaged_and_a_missing_object_are_named(
    command: Command, engine: AsyncEngine, store: ObjectStore, start_machine: StartMachine, settings: Settings
) -> None:
    ref = await whole(engine, store, start_machine)
    await received(engine, "waiting")
    damaged = object_file(settings, "raw request")
    damaged.chmod(0o600)
    damaged.write_bytes(b"raw reQuest")
    said = await command("verify")
    assert said.code == Exit.REFUSED
    assert f"object {sha('raw request')[:16]}… (message of {ref}) is damaged" in said.out
    assert f"object {sha('raw waiting')[:16]}… (message of a message in no case) is missing" in said.out


async def test_S1_and_P3_what_was_destroyed_must_be_gone(
    command: Command, engine: AsyncEngine, store: ObjectStore, start_machine: StartMachine
) -> None:
    mailroom, ref = Mailroom(engine), await opened(engine, kind=RequestKind.PRESERVATION)
    refused = await received(engine, "refused")
    await mailroom.refuse(refused, (Reason(clause=Clause.S1, detail="not official"),), NOW)
    for text in ("raw request", "raw refused", "snapshot", "certificate"):
        await store.put(text.encode())
    await start_machine(f"preservation/{ref}")
    assert "of a refused message is still to be destroyed (S1)" in (await command("verify")).out

    await mailroom.destroyed(CondemnedObject(refused, sha("raw refused")), NOW)
    record = casebook(engine)
    await record.commit(entry(ref, "hold", snapshot_taken(), HoldStarted(until=closed().retain_until)))
    await record.commit(entry(ref, "purge", SnapshotPurged(objects=(sha("snapshot"),), certificate=sha("certificate"))))
    kept = (await command("verify")).out
    assert f"object {sha('raw refused')[:16]}… was destroyed by event" in kept
    assert f"object {sha('snapshot')[:16]}… was destroyed by event" in kept

    await store.delete(sha("raw refused"))
    await store.delete(sha("snapshot"))
    said = await command("verify")
    assert said.code == Exit.DONE
    assert "2 destroyed ones looked for" in said.out


async def test_I2_postgres_and_temporal_must_agree_and_each_difference_is_named(
    command: Command, engine: AsyncEngine, store: ObjectStore, start_machine: StartMachine
) -> None:
    lost, left = await opened(engine, "lost"), await opened(engine, "left")
    gagged = await opened(engine, "gagged")
    for name in ("lost", "left", "gagged"):
        await store.put(f"raw {name}".encode())
    record = casebook(engine)
    await record.commit(entry(left, "close", closed(Outcome.REJECTED), phase=Phase.CLOSED))
    await record.commit(entry(gagged, "notice-1-delay-1", NoticeDelayed(n=1, until=NOW)))
    await record.commit(entry(gagged, "close", closed(Outcome.REJECTED), phase=Phase.CLOSED))
    await start_machine(f"request/{left}")
    await start_machine("request/DP-2026-000777")
    said = await command("verify")
    assert said.code == Exit.REFUSED
    assert f"request/{lost} does not run in Temporal, but {lost} waits for it" in said.out
    assert f"request/{left} still runs in Temporal, but {left} is closed" in said.out
    assert f"notice/{gagged}/1 does not run in Temporal, but {gagged} waits for it" in said.out
    assert "request/DP-2026-000777 runs in Temporal, but the ledger has no such case" in said.out
