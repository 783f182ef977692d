"""The directory is read again whenever it has changed, and only then: a number that was retired is never called."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from contract.signing import public_key_of
from ledger.blocking import Blocking
from ledger.directory import Directory, Verified
from ledger.roster import Roster
from policy.directory import Agency
from policy.vocabulary import Role
from tests.contract.test_signing import KEY
from tests.ledger.build import NOW, casebook

_POLICE = Agency(name="Lakeland Police", domains=("lakeland.example",), country="US", numbers=("+1-202-555-0101",))
_MORE = _POLICE.model_copy(update={"domains": ("lakeland.example", "police.lakeland.example")})


async def test_G1_S1_every_change_of_the_directory_is_seen_at_once(engine: AsyncEngine) -> None:
    record, directory, blocking = casebook(engine), Directory(engine), Blocking(engine)
    vera = await Roster(engine).add("Vera Example", public_key_of(KEY), [Role.VERIFIER], NOW)
    later = NOW + timedelta(minutes=1)
    found = Verified(vera.id, "their letterhead of 2019")
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: directory.add(_POLICE, NOW),
        lambda: directory.add(_MORE, NOW),
        lambda: directory.retire_number(_POLICE.name, _POLICE.numbers[0], vera.id, NOW),
        lambda: directory.add(_POLICE, later, found),
        lambda: blocking.block("jo@lakeland.example", vera.id, "stolen", NOW),
        lambda: blocking.unblock("jo@lakeland.example", vera.id, "returned", NOW),
        lambda: blocking.block("jo@lakeland.example", vera.id, "stolen again", later),
    ]
    before = await record.directory()
    for change in changes:
        await change()
        after = await record.directory()
        assert after != before
        assert after == await directory.read()
        before = after


async def test_the_directory_is_not_read_whole_for_every_mail(engine: AsyncEngine) -> None:
    record = casebook(engine)
    await Directory(engine).add(_POLICE, NOW)
    await record.directory()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    assert await record.directory() is await record.directory()
    assert len(asked) == 2, "each time one question, whether it has changed"
