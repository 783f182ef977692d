"""`dueprocess message`: whoever vouches for a mail, or sets it aside, has read it first."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import ObjectStore
from activities.record import MailKept
from intake.message import fingerprint, read_message
from ledger.mailroom import Mailroom
from ledger.tables import Mailbox
from policy.triage import Kept
from runtime.services import make_store
from runtime.settings import Settings
from starter.samples import SampleProcess, SampleRequest, sample_mail
from tests.replies import reply
from tests.starter.reading.cases import RECEIVED, add, bring_in
from tests.starter.reading.conftest import Command

_SUBPOENA = SampleRequest(process=SampleProcess.SUBPOENA)
_LATER = RECEIVED.replace(hour=18)


@pytest.fixture
def store(settings: Settings) -> ObjectStore:
    return make_store(settings)


async def keep(engine: AsyncEngine, store: ObjectStore, ref: str, raw: bytes, why: Kept) -> str:
    """A message that waits with a case."""
    mailroom, read = Mailroom(engine), read_message(raw)
    message_id, _ = await mailroom.receive(fingerprint(raw), await store.put(raw), _LATER, mailbox=Mailbox.USERS)
    await mailroom.read(message_id, read.reading)
    kept = MailKept(message_id=message_id, why=why, proven=False, received_at=_LATER)
    await add(engine, ref, f"kept-{message_id[:16]}", kept)
    await mailroom.route(message_id, ref, _LATER)
    return message_id


async def test_N1_a_person_reads_what_waits_and_is_told_what_to_type(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, _SUBPOENA)
    raw = reply("I represent the user.\x1b[2J\nWe object.", f"Re: {ref}", sender="counsel@lawyers.example")
    message_id = await keep(engine, store, ref, raw, Kept.FROM_USER)
    shown = (await command("show", ref)).out
    assert f"read it: dueprocess message {ref} {message_id[:16]}" in shown
    assert f"set_aside --message {message_id[:16]} --ground N1" in shown

    listed = await command("message", ref)
    assert [line.split()[0] for line in listed.out.splitlines()][1:] == [message_id[:16]]
    assert "to the address for users" in listed.out.splitlines()[1]
    page = await command("message", ref.lower(), message_id[:6])
    assert (page.code, page.err) == (0, "")
    assert "I represent the user." in page.out
    assert "We object." in page.out
    assert "\x1b" not in page.out


async def test_the_message_is_written_as_it_came_and_never_over_a_file(
    command: Command, engine: AsyncEngine, store: ObjectStore, tmp_path: Path
) -> None:
    ref = await bring_in(engine, store, _SUBPOENA)
    message_id, path = fingerprint(sample_mail(_SUBPOENA)), tmp_path / "request.eml"
    assert "attached: subpoena.pdf" in (await command("message", ref, message_id)).out
    assert (await command("message", ref, message_id, "--output", str(path))).code == 0
    assert path.read_bytes() == sample_mail(_SUBPOENA)
    assert (await command("message", ref, message_id, "--output", str(path))).code == 2


async def test_a_case_shows_its_own_mail_only(command: Command, engine: AsyncEngine, store: ObjectStore) -> None:
    ref = await bring_in(engine, store, _SUBPOENA)
    other = replace(_SUBPOENA, case_number="another")
    await bring_in(engine, store, other)
    said = await command("message", ref, fingerprint(sample_mail(other)))
    assert (said.code, said.out) == (2, "")
    assert said.err.strip().endswith(f"`dueprocess message {ref}` lists them")
    assert (await command("message", ref, "--output", "x.eml")).code == 2
    assert (await command("message", "DP-2026-999999")).code == 1
