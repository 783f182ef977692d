"""Whether the record can be believed: its chain, its objects, and Temporal's machines against its cases."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import ObjectDamaged, ObjectMissing, ObjectStore
from contract.ids import followup_id, notice_id, preservation_id, request_id, restriction_id
from ledger.chain import ChainReport, Head, verify
from ledger.mailroom import Mailroom
from ledger.reports import CaseLine, Reports
from ledger.tables import cases, events, notices
from policy.vocabulary import Outcome, Phase, RequestKind
from runtime.services import Services

_AT_ONCE = 8
_LOOKS = 4
_BETWEEN_LOOKS_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ObjectsReport:
    """The objects that the record relies on, and those that it says are destroyed."""

    objects: int
    octets: int
    gone: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MachinesReport:
    """Postgres against Temporal: how many machines the record needs, how many of them run, and every difference."""

    needed: int
    running: int
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that was verified. It holds only if nothing at all was found."""

    chain: ChainReport
    objects: ObjectsReport
    machines: MachinesReport

    @property
    def holds(self) -> bool:
        return self.chain.intact and not self.objects.faults and not self.machines.differences


_Report = TypeVar("_Report")


async def verify_all(services: Services, client: Client, head: Head | None = None) -> Verification:
    """Verify chain, objects and machines. `head` is one that was kept outside since an earlier verification."""
    return Verification(
        chain=await verify(services.engine, head),
        objects=await verify_objects(services.engine, services.store),
        machines=await verify_machines(services.engine, client),
    )


async def verify_objects(engine: AsyncEngine, store: ObjectStore) -> ObjectsReport:
    """Read every object that must exist, and look for every one that must not any more (S1, P3)."""
    return await _settled(lambda: _objects(engine, store), lambda report: report.faults)


async def verify_machines(engine: AsyncEngine, client: Client) -> MachinesReport:
    """Compare the cases of the ledger with the machines of Temporal."""
    return await _settled(lambda: _machines(engine, client), lambda report: report.differences)


async def _settled(look: Callable[[], Awaitable[_Report]], wrong: Callable[[_Report], Sequence[str]]) -> _Report:
    """Look again where something is wrong: cases move on while one looks, so only what stays wrong is."""
    report = await look()
    for _ in range(_LOOKS - 1):
        if not wrong(report):
            break
        await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)
        report = await look()
    return report


async def _objects(engine: AsyncEngine, store: ObjectStore) -> ObjectsReport:
    required: dict[str, str] = {}
    for needed in await Reports(engine).objects():
        required.setdefault(needed.sha256, f"{needed.source} of {needed.ref or 'a message in no case'}")
    destroyed = await _destroyed(engine)
    # Equal bytes are one object: what another case relies on stays.
    gone = {sha256: why for sha256, why in destroyed.items() if sha256 not in required}
    turn = asyncio.Semaphore(_AT_ONCE)
    sizes = await asyncio.gather(*(_size(store, sha256, turn) for sha256 in (*required, *gone)))
    found = dict(zip((*required, *gone), sizes, strict=True))
    faults = [
        f"object {sha256[:16]}… ({use}) is {size}"
        for sha256, use in required.items()
        if isinstance(size := found[sha256], str)
    ]
    faults += [
        f"object {sha256[:16]}… {why}, and is still there" for sha256, why in gone.items() if found[sha256] != _GONE
    ]
    faults += [
        f"object {condemned.object[:16]}… of a refused message is still to be destroyed (S1); the intake does it"
        for condemned in await Mailroom(engine).condemned()
    ]
    octets = sum(size for sha256 in required if isinstance(size := found[sha256], int))
    return ObjectsReport(len(required), octets, len(gone), tuple(faults))


_GONE = "missing"


async def _size(store: ObjectStore, sha256: str, turn: asyncio.Semaphore) -> int | str:
    """How many bytes the object has, or what is wrong with it."""
    async with turn:
        try:
            return len(await store.get(sha256))
        except ObjectMissing:
            return _GONE
        except ObjectDamaged:
            return "damaged: its bytes do not have this hash"


async def _destroyed(engine: AsyncEngine) -> Mapping[str, str]:
    """The objects that the chain says were destroyed, each with the event that says so."""
    query = select(events.c.seq, events.c.kind, events.c.detail).where(
        events.c.kind.in_(("message_destroyed", "snapshot_purged", "case_destroyed"))
    )
    found: dict[str, str] = {}
    async with engine.connect() as connection:
        for row in await connection.execute(query):
            named = [row.detail["object"]] if row.kind == "message_destroyed" else row.detail["objects"]
            found |= dict.fromkeys(named, f"was destroyed by event {row.seq}")
    return found


async def _machines(engine: AsyncEngine, client: Client) -> MachinesReport:
    cases = await Reports(engine).cases()
    wanted = {_machine(case): case.ref for case in cases if case.closed_at is None} | await _untold(engine)
    wanted |= await _followed_up(engine)
    ended = {
        machine: case.ref
        for case in cases
        if case.closed_at is not None
        for machine in (_machine(case), restriction_id(case.ref))
    }
    known = {case.ref for case in cases}
    running = {
        execution.id
        async for execution in client.list_workflows("ExecutionStatus = 'Running'", page_size=1000)
        if execution.id.split("/")[0] in ("request", "preservation", "restriction", "notice", "followup")
    }
    # The list lags behind a little; what it says otherwise than expected is asked of the machine itself.
    lost = [machine for machine in wanted if machine not in running and not await _runs(client, machine)]
    left = [machine for machine in ended if machine in running and await _runs(client, machine)]
    strange = [machine for machine in running if machine.split("/")[1] not in known and await _runs(client, machine)]
    differences = (
        *(f"{machine} does not run in Temporal, but {wanted[machine]} waits for it" for machine in lost),
        *(f"{machine} still runs in Temporal, but {ended[machine]} is closed" for machine in left),
        *(f"{machine} runs in Temporal, but the ledger has no such case" for machine in strange),
    )
    return MachinesReport(len(wanted), len(wanted) - len(lost), differences)


def _machine(case: CaseLine) -> str:
    if case.phase in (Phase.RESTRICTED, Phase.APPEALED):
        return restriction_id(case.ref)
    return preservation_id(case.ref) if case.kind is RequestKind.PRESERVATION else request_id(case.ref)


async def _untold(engine: AsyncEngine) -> dict[str, str]:
    """The notices that wait for a gag's end, also of closed cases: a lost one would be a user who is never told."""
    query = select(notices.c.ref, notices.c.n).where(notices.c.told_at.is_(None), notices.c.given_up_at.is_(None))
    async with engine.connect() as connection:
        return {notice_id(row.ref, row.n): row.ref for row in await connection.execute(query)}


async def _followed_up(engine: AsyncEngine) -> dict[str, str]:
    """What follows the emergency disclosures that are not done with: a lost one is process that nobody asks for."""
    ended = exists().where(events.c.ref == cases.c.ref, events.c.kind == "follow_up_ended")
    query = select(cases.c.ref).where(
        cases.c.kind == RequestKind.EMERGENCY.value, cases.c.outcome == Outcome.PRODUCED.value, ~ended
    )
    async with engine.connect() as connection:
        return {followup_id(ref): ref for ref in await connection.scalars(query)}


async def _runs(client: Client, machine: str) -> bool:
    try:
        return (await client.get_workflow_handle(machine).describe()).status is WorkflowExecutionStatus.RUNNING
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
