"""The end of a hold: the copy is destroyed and its destruction certified, unless something in time prevents it (P3)."""

from temporalio import activity

from activities.arrivals import unconfirmed_before
from activities.clocks import is_stopped
from activities.ports import CaseFile, CaseLedger, Certifier, Conflict, ObjectStore
from activities.record import Entry, SnapshotPurged
from activities.steps import alive
from contract.messages import PurgeResult, PurgeStep


class Purging:
    """The step that destroys."""

    def __init__(self, ledger: CaseLedger, store: ObjectStore, certifier: Certifier) -> None:
        self._ledger = ledger
        self._store = store
        self._certifier = certifier

    @activity.defn
    async def purge(self, step: PurgeStep) -> PurgeResult:
        """Destroy the copy, record it, and certify it.

        Nothing is destroyed while the clocks stand still (N3), and what is kept for a confirmed production order only
        where a person has ended it (P3).
        At the end of a hold three things go first: legal process that has claimed the hold, mail received before the
        end that nobody has read yet, and, for a time, mail and legal process that a verifier has not confirmed yet. The
        record is written before the bytes go, in the one transaction that settles a race with a claim; were we to die
        in between, the next try destroys the rest.
        """
        case = await self._ledger.case(step.ref)
        if case.snapshot is None or case.hold is None:
            return PurgeResult(purged=True)
        if case.hold.purged_at is None:
            if case.hold.claims:
                return PurgeResult(purged=False, claimed=True)
            if is_stopped(case) or (case.hold.review_at is not None and not step.ordered):
                return PurgeResult(purged=False, deferred=True)
            if not step.ordered and await self._ledger.unread_mail_before(step.until):
                return PurgeResult(purged=False, deferred=True)
            if await self._waits_for_verifier(case, step):
                return PurgeResult(purged=False, unconfirmed=True)
            if not await self._record(case, step):
                return PurgeResult(purged=False, deferred=True)
        await self._destroy(await self._ledger.case(step.ref))
        return PurgeResult(purged=True)

    async def _waits_for_verifier(self, case: CaseFile, step: PurgeStep) -> bool:
        if step.ordered or step.patience is None or step.at >= step.patience:
            return False
        if unconfirmed_before(case, step.until):
            return True
        return bool(await self._ledger.unverified_process(case.ref, step.until))

    async def _record(self, case: CaseFile, step: PurgeStep) -> bool:
        if case.snapshot is None or case.hold is None:
            return False
        mine = await self._own_objects(case)
        certificate = await self._certifier.destruction(case.ref, mine, case.hold.since.date(), step.at)
        purged = SnapshotPurged(objects=mine, certificate=await self._store.put(certificate))
        try:
            await self._ledger.commit(Entry(ref=case.ref, step="purge", at=step.at, changes=(purged,)))
        except Conflict:
            return False
        return True

    async def _own_objects(self, case: CaseFile) -> tuple[str, ...]:
        """The snapshot's objects that no other case relies on: a recording kept for two agencies is one object."""
        if case.snapshot is None:
            return ()
        objects = (case.snapshot.object, *case.snapshot.media)
        shared = await self._ledger.used_elsewhere(case.ref, objects)
        return tuple(sha256 for sha256 in objects if sha256 not in shared)

    async def _destroy(self, case: CaseFile) -> None:
        async with alive():
            for sha256 in await self._own_objects(case):
                async with self._ledger.destroying(case.ref, sha256) as unneeded:
                    if unneeded:
                        await self._store.delete(sha256)
