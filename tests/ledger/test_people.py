"""The roster, the reasons people write, and the agency directory."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import Conflict
from ledger.chain import verify
from ledger.directory import Directory
from ledger.roster import Roster, roster_id
from policy.directory import Agency
from policy.vocabulary import Role
from tests.ledger.build import NOW, casebook, sha

_KEY, _OTHER = "A" * 43, "B" * 42 + "A"
_AGENCY = Agency(
    name="Springfield Police", domains=("police.example", "pd.example"), country="US", numbers=("+1 555 0100",)
)


async def test_a_person_on_the_roster_is_a_signer(engine: AsyncEngine) -> None:
    roster = Roster(engine)
    signer = await roster.add("Ada Example", _KEY, [Role.VERIFIER, Role.AUDITOR], NOW)
    assert signer.id == roster_id(_KEY) == "r-66687aadf862bd77"
    assert await casebook(engine).signer(signer.id) == await roster.by_name("ADA example") == signer
    assert [entry.name for entry in await roster.list()] == ["Ada Example"]


async def test_a_revoked_key_stays_listed_as_revoked(engine: AsyncEngine) -> None:
    roster = Roster(engine)
    signer = await roster.add("Ada Example", _KEY, [Role.VERIFIER], NOW)
    assert await roster.revoke(signer.id, NOW)
    assert not await roster.revoke(signer.id, NOW)
    revoked = await casebook(engine).signer(signer.id)
    assert revoked
    assert revoked.revoked_at is not None
    assert await roster.by_name("Ada Example") is None
    with pytest.raises(Conflict, match="key"):
        await roster.add("Ada Example", _KEY, [Role.VERIFIER], NOW)
    assert await roster.add("Ada Example", _OTHER, [Role.VERIFIER], NOW)
    assert (await verify(engine)).events == 3


async def test_two_people_of_one_name_are_refused(engine: AsyncEngine) -> None:
    roster = Roster(engine)
    await roster.add("Ada Example", _KEY, [Role.VERIFIER], NOW)
    with pytest.raises(Conflict, match="name"):
        await roster.add("ada example", _OTHER, [Role.REVIEWER], NOW)


@pytest.mark.parametrize("key", ["", "short", "A" * 44, "!" * 43])
async def test_what_is_no_key_is_refused(engine: AsyncEngine, key: str) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        await Roster(engine).add("Ada Example", key, [Role.VERIFIER], NOW)


async def test_a_person_without_a_role_is_refused(engine: AsyncEngine) -> None:
    with pytest.raises(ValueError, match="role"):
        await Roster(engine).add("Ada Example", _KEY, [], NOW)


async def test_a_reason_is_kept_by_its_hash(engine: AsyncEngine) -> None:
    roster = Roster(engine)
    kept = await asyncio.gather(*(roster.keep_reason("Too broad.") for _ in range(5)))
    assert set(kept) == {sha("Too broad.")}
    assert await casebook(engine).reason(kept[0]) == await roster.reason(kept[0]) == "Too broad."


async def test_the_directory_comes_back_as_it_was_written(engine: AsyncEngine) -> None:
    directory = Directory(engine)
    assert await directory.add(_AGENCY, NOW)
    assert not await directory.add(_AGENCY, NOW)
    assert (await directory.read()).agencies == (_AGENCY,)
    assert await casebook(engine).directory() == await directory.read()
    assert (await verify(engine)).events == 1


async def test_a_domain_belongs_to_one_agency(engine: AsyncEngine) -> None:
    directory = Directory(engine)
    await directory.add(_AGENCY, NOW)
    with pytest.raises(Conflict, match="domains"):
        await directory.add(_AGENCY.model_copy(update={"name": "Another"}), NOW)
    with pytest.raises(Conflict, match="under US, not GB"):
        await directory.add(_AGENCY.model_copy(update={"country": "GB"}), NOW)
    await directory.add(_AGENCY.model_copy(update={"domains": ("other.example",)}), NOW)
    assert [agency.name for agency in (await directory.read()).agencies] == [_AGENCY.name]
