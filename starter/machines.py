"""Starting a case's machine, and telling a running one what has come: the mailroom's side of Temporal."""

import logging
from datetime import datetime

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import CaseFile
from contract.ids import followup_id, notice_id, preservation_id, request_id, restriction_id
from contract.messages import FactsChanged, MailArrived, Objection, PreservationInput, RequestInput
from contract.search_attributes import CASE_KIND
from policy.vocabulary import Outcome, RequestKind
from workflows.preservation import PreservationWorkflow
from workflows.request import RequestWorkflow

log = logging.getLogger("dueprocess.machines")


_CALLED = {
    RequestKind.DISCLOSURE: "request for data",
    RequestKind.PRESERVATION: "preservation",
    RequestKind.EMERGENCY: "emergency request",
    RequestKind.RESTRICTION: "request to restrict access",
}


def machine_of(case: CaseFile, notice: int | None = None) -> str:
    """The workflow id that hears of this case, or of one account's notice."""
    if notice is not None:
        return notice_id(case.ref, notice)
    if case.kind is RequestKind.EMERGENCY and case.outcome is Outcome.PRODUCED:
        return followup_id(case.ref)
    if case.kind is RequestKind.PRESERVATION:
        return preservation_id(case.ref)
    return restriction_id(case.ref) if case.restriction is not None else request_id(case.ref)


async def start(client: Client, case: CaseFile, task_queue: str) -> None:
    """Start a case's machine. One that runs, or has ended, is left alone: one message is one request."""
    received_at, policy = case.envelope.received_at, case.policy_version
    known = TypedSearchAttributes([SearchAttributePair(CASE_KIND, case.kind.value)])
    try:
        match case.kind:
            case RequestKind.DISCLOSURE | RequestKind.EMERGENCY | RequestKind.RESTRICTION:
                await client.start_workflow(
                    RequestWorkflow.run,
                    RequestInput(ref=case.ref, received_at=received_at, policy=policy, kind=case.kind),
                    id=request_id(case.ref),
                    task_queue=task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    search_attributes=known,
                    static_summary=f"{case.ref} {_CALLED[case.kind]}",
                )
            case RequestKind.PRESERVATION:
                await client.start_workflow(
                    PreservationWorkflow.run,
                    PreservationInput(ref=case.ref, received_at=received_at, policy=policy),
                    id=preservation_id(case.ref),
                    task_queue=task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    search_attributes=known,
                    static_summary=f"{case.ref} {_CALLED[case.kind]}",
                )
    except WorkflowAlreadyStartedError:
        log.info("the machine of %s has run before", case.ref)


async def ask_extension(client: Client, case: CaseFile, request: MailArrived) -> None:
    """Bring an extension request to its hold (P3)."""
    await _tell(client, preservation_id(case.ref), "extension_requested", request)


async def order_gag(client: Client, case: CaseFile, order: MailArrived) -> None:
    """Every notice of the case that has not been given hears of a further order, and so does the review (N2)."""
    await _order_silence(client, case, order)
    await _tell(client, request_id(case.ref), "facts_changed", FactsChanged(message_id=order.message_id))


async def bring_process(client: Client, case: CaseFile, process: MailArrived) -> None:
    """Legal process has come that an emergency may have owed (E1): its follow-up hears of it, and so do the notices
    that have not been given, since process often orders silence (N2)."""
    await _tell(client, followup_id(case.ref), "process_arrived", process)
    await _order_silence(client, case, process)


async def _order_silence(client: Client, case: CaseFile, order: MailArrived) -> None:
    told = {notice.n for notice in case.notices if notice.told_at is not None}
    for account in case.accounts:
        if account.n not in told:
            await _tell(client, notice_id(case.ref, account.n), "gag_ordered", order)
    if case.kind is RequestKind.RESTRICTION:
        await _tell(client, restriction_id(case.ref), "gag_ordered", order)


async def say_appealed(client: Client, ref: str) -> bool:
    """Have a restriction's machine see in the record that its user appealed (X3); False where none is running."""
    return await _tell(client, restriction_id(ref), "appealed")


async def say_objected(client: Client, ref: str, n: int, at: datetime) -> bool:
    """Account `n`'s user objected at this time (UTC; N1); False where the notice waits for no objection any more."""
    return await _tell(client, notice_id(ref, n), "objection", Objection(recorded_at=at))


async def say_mail_read(client: Client, case: CaseFile) -> None:
    """A person has dealt with mail that waited with the case: a notice whose window closed may have waited for it."""
    for account in case.accounts:
        await _tell(client, notice_id(case.ref, account.n), "mail_read")


async def say_returned(client: Client, case: CaseFile) -> None:
    """A letter of the case came back: each notice looks whether it was its own (N1)."""
    for account in case.accounts:
        await _tell(client, notice_id(case.ref, account.n), "letter_returned")


async def withdraw(client: Client, case: CaseFile, arrived: MailArrived) -> None:
    """Bring an agency's withdrawal to its request (U2)."""
    await _tell(client, machine_of(case), "withdrawal_arrived", arrived)


async def say_facts_changed(client: Client, case: CaseFile, message_id: str | None = None) -> bool:
    """Have the case's machine look at the record again; False where none is running."""
    return await _tell(client, machine_of(case), "facts_changed", FactsChanged(message_id=message_id))


async def say_mail_waits(client: Client, case: CaseFile, message_id: str | None = None) -> bool:
    """Have the machine see that mail waits with its case for a person, or no longer: no answer of the agency's."""
    changed = FactsChanged(message_id=message_id, answers=False)
    return await _tell(client, machine_of(case), "facts_changed", changed)


async def _tell(client: Client, workflow_id: str, signal: str, *message: BaseModel) -> bool:
    """Signal a machine; one that has ended, or was never needed, has nothing to hear."""
    try:
        await client.get_workflow_handle(workflow_id).signal(signal, args=message)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True
