"""Waits until machines have nothing to do but wait, and stops them when a plan is over."""

import asyncio
from collections.abc import Sequence

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from tests.model.case import Case
from tests.model.guide import Disclosure, Hold, Restriction
from tests.world import World


def machines(case: Case) -> Sequence[str]:
    """The machines that a case may have, its main one first."""
    notice = f"notice/{case.ref}/1"
    match case.model:
        case Hold():
            return (f"preservation/{case.ref}",)
        case Restriction():
            pair = f"request/{case.ref}", f"restriction/{case.ref}"
            return (*(pair if case.model.until is None else reversed(pair)), notice)
        case Disclosure():
            return f"request/{case.ref}", notice, f"followup/{case.ref}"


async def settle(world: World, case: Case) -> None:
    """Wait until the case's machines have nothing to do but wait."""
    seen: Sequence[int | None] = ()
    for _ in range(400):
        lengths = await asyncio.gather(*(_at_rest(world, machine) for machine in machines(case)))
        if lengths == seen and -1 not in lengths:
            return
        seen = lengths
        await asyncio.sleep(0.02)
    raise AssertionError(f"{case.ref} ({case.sent}) does not come to rest")


async def stop(world: World, case: Case) -> None:
    """End its machines."""
    for machine in machines(case):
        handle = world.client.get_workflow_handle(machine)
        known = await _at_rest(world, machine) is not None
        if known and (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
            await handle.terminate("the example is over")


async def _at_rest(world: World, machine: str) -> int | None:
    """The length of its history; -1 while it is at work, None where there is none."""
    try:
        described = (await world.client.get_workflow_handle(machine).describe()).raw_description
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    busy = described.pending_activities or described.HasField("pending_workflow_task")
    return -1 if busy else described.workflow_execution_info.history_length
