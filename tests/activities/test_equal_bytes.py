"""Equal bytes are one object: a purge of one case's copy must not take them from another that is being made."""

import pytest

from activities.purging import Purging
from contract.messages import PurgeStep
from gateways.production.certificates import TypesetCertifier
from policy.vocabulary import Phase
from starter.samples.request import SampleProcess
from tests.world import World


async def test_P3_a_copy_keeps_the_recordings_that_a_purge_destroys_while_it_is_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await world.mail(SampleProcess.PRESERVATION_LETTER)
    await world.phase(first, Phase.HELD)
    ledger, store = world.services.casebook, world.services.store
    hold = (await world.case(first)).hold
    assert hold is not None
    end = PurgeStep(ref=first, at=world.clock.now(), until=hold.until, ordered=True)
    put, purged = store.put, list[bool]()

    async def purge_meanwhile(data: bytes) -> str:
        """The second hold's recordings are stored, as they were already; its record is still to be written."""
        if data.startswith(b'{"ref":') and not purged:
            purging = Purging(ledger, store, TypesetCertifier(world.services.provider.profile))
            purged.append(True)
            purged.append((await purging.purge(end)).purged)
        return await put(data)

    monkeypatch.setattr(store, "put", purge_meanwhile)
    second = await world.mail(SampleProcess.PRESERVATION_LETTER)
    await world.phase(second, Phase.HELD)
    assert purged == [True, True]
    gone, kept = (await world.case(first)).snapshot, (await world.case(second)).snapshot
    assert gone is not None
    assert kept is not None
    assert kept.media, "there are recordings"
    assert kept.media == gone.media, "the same, for both"
    for sha256 in (kept.object, *kept.media):
        assert await store.get(sha256)
    assert not await store.has(gone.object)
