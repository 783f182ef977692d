"""What a closed case holds is destroyed when its time is over, and nothing that is still needed."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import Conflict, ObjectMissing, ObjectStore
from activities.record import NoticeDelayed, NoticeGivenUp, UserTold
from ledger.chain import verify
from ledger.erasure import Erasure
from policy.vocabulary import Phase
from runtime.services import make_store
from runtime.settings import Settings
from starter.retention import end_retention
from tests.ledger.build import NOW, approved, casebook, closed, entry, opened, produced, sha, snapshot_taken

OVER = closed().retain_until
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(settings: Settings) -> ObjectStore:
    return make_store(settings)


async def ended(engine: AsyncEngine, store: ObjectStore, name: str = "request") -> tuple[str, list[str]]:
    """A closed case with its objects: the message, the copy with its recordings, the package."""
    record, ref = casebook(engine), await opened(engine, name)
    copy, package = snapshot_taken(), await store.put(f"package {name}".encode())
    taken = copy.model_copy(update={"object": await store.put(f"copy {name}".encode()), "media": (sha("recording"),)})
    made = produced(ref, f"link {name}").model_copy(update={"package": package})
    await record.commit(entry(ref, "copy", approved(ref), taken))
    await record.commit(entry(ref, "produce", made))
    await record.commit(entry(ref, "close", closed(), phase=Phase.CLOSED))
    message = await store.put(f"raw {name}".encode())
    assert await store.put(b"recording") == sha("recording")
    return ref, [message, taken.object, package]


async def gone(store: ObjectStore, sha256: str) -> bool:
    try:
        await store.get(sha256)
    except ObjectMissing:
        return True
    return False


async def test_nothing_is_destroyed_before_the_time_is_over_and_everything_when_it_is(
    engine: AsyncEngine, store: ObjectStore
) -> None:
    ref, objects = await ended(engine, store)
    assert await end_retention(engine, store, OVER - SECOND) == ()
    assert not [sha256 for sha256 in objects if await gone(store, sha256)]
    assert await Erasure(engine).due(OVER) == [ref]
    assert await end_retention(engine, store, OVER) == (ref,)
    assert all([await gone(store, sha256) for sha256 in (*objects, sha("recording"))])
    assert await end_retention(engine, store, OVER) == ()
    case = await casebook(engine).case(ref)
    assert [event.kind for event in case.events][-2:] == ["case_erased", "case_destroyed"]
    assert (await verify(engine)).intact


async def test_a_recording_that_another_case_relies_on_stays(engine: AsyncEngine, store: ObjectStore) -> None:
    one, _ = await ended(engine, store, "one")
    two = await opened(engine, "two")
    taken = snapshot_taken().model_copy(update={"object": await store.put(b"copy two"), "media": (sha("recording"),)})
    await casebook(engine).commit(entry(two, "hold", taken))
    assert await end_retention(engine, store, OVER) == (one,)
    assert not await gone(store, sha("recording"))
    assert not await gone(store, taken.object)


async def test_what_a_crash_left_is_destroyed_the_next_time(engine: AsyncEngine, store: ObjectStore) -> None:
    ref, objects = await ended(engine, store)
    assert await Erasure(engine).erase(ref, OVER)
    assert await end_retention(engine, store, OVER) == (ref,)
    assert all([await gone(store, sha256) for sha256 in objects])


@pytest.mark.parametrize("end", [UserTold(n=1, objection_until=None), NoticeGivenUp(n=1)])
async def test_N2_what_a_user_must_still_be_told_of_is_kept_until_they_are(
    engine: AsyncEngine, store: ObjectStore, end: UserTold | NoticeGivenUp
) -> None:
    ref, objects = await ended(engine, store)
    await casebook(engine).commit(entry(ref, "notice-1-delay-1", NoticeDelayed(n=1, until=OVER + timedelta(days=900))))
    assert await end_retention(engine, store, OVER) == ()
    with pytest.raises(Conflict, match="still to be told"):
        await Erasure(engine).erase(ref, OVER)
    assert not await gone(store, objects[0])
    await casebook(engine).commit(entry(ref, "notice-1-tell", end))
    assert await end_retention(engine, store, OVER + timedelta(days=900)) == (ref,)
    assert NOW < OVER
