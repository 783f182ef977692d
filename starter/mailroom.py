"""The mailroom: a message is kept, then read, then sent to its machine. Each part can be done again without harm."""

import asyncio
import logging
from dataclasses import dataclass

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

from activities.ports import CaseNotFound, ObjectStore
from activities.record import Entry, FactsRead
from contract.ids import notice_id, preservation_id, request_id
from contract.messages import ExtensionRequest, FactsChanged, GagOrder, PreservationInput, RequestInput
from contract.search_attributes import CASE_KIND
from intake.message import ReadMessage, fingerprint, read_message
from intake.reading import MessageReading
from ledger.mailroom import CondemnedObject, Mailroom, WaitingMessage
from ledger.reports import Reports
from policy.book import CURRENT_VERSION
from policy.facts import FactField
from policy.findings import Reason
from policy.request import Gag, request_facts
from policy.sender import judge_sender
from policy.triage import Destination, NamedCase, Route, route
from policy.vocabulary import Phase, RequestKind, SenderVerdict
from runtime.clock import BusinessClock
from runtime.services import Services
from workflows.preservation import PreservationWorkflow
from workflows.request import RequestWorkflow

log = logging.getLogger("dueprocess.mailroom")


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What became of a message: its case, or why it was refused."""

    message_id: str
    ref: str | None
    route: Route | None
    refused: tuple[Reason, ...] = ()


class MailDesk:
    """Keeps messages and sends them on. Keeping needs the object store and Postgres; sending on needs Temporal too."""

    def __init__(self, services: Services, clock: BusinessClock, task_queue: str) -> None:
        self._casebook = services.casebook
        self._store: ObjectStore = services.store
        self._mailroom = Mailroom(services.engine)
        self._reports = Reports(services.engine)
        self._clock = clock
        self._task_queue = task_queue

    async def keep(self, raw: bytes, peer: str | None = None) -> tuple[str, bool]:
        """Keep a message for good: once this returns it may be answered 250. Returns its id, and whether it is new.

        Raises:
            OSError: it could not be stored and synced; it must not be answered 250.
        """
        sha256 = await self._store.put(raw)
        return await self._mailroom.receive(fingerprint(raw), sha256, self._clock.now(), peer)

    async def waiting(self) -> list[WaitingMessage]:
        """Messages that have been kept and not been sent on."""
        return list(await self._mailroom.pending())

    async def case_of(self, message_id: str) -> str | None:
        """The case of a message that has been sent on; None for a refused one."""
        return await self._mailroom.case_of_message(message_id)

    async def send_on(self, client: Client, message: WaitingMessage) -> Dispatched:
        """Read a message and bring it to its machine, or refuse it (S1)."""
        read = await asyncio.to_thread(read_message, await self._store.get(message.object))
        reading = read.reading
        judged = judge_sender(reading.author, reading.author_domain, await self._casebook.directory())
        if judged.verdict is SenderVerdict.REFUSE or reading.author is None:
            await self._mailroom.refuse(message.message_id, judged.reasons, self._clock.now())
            await self.destroy_refused()
            return Dispatched(message.message_id, None, None, judged.reasons)
        await self._keep_reading(message, read)
        chosen = route(
            request_facts(reading.facts).purpose, reading.author, await self._named_cases(reading.references)
        )
        ref = await self._deliver(client, message, reading, chosen)
        return Dispatched(message.message_id, ref, chosen)

    async def start_unstarted(self, client: Client) -> int:
        """Start the machine of every case that was opened and never got one: we may have died in between."""
        unstarted = [ref for ref, phase in (await self._reports.open_cases()).items() if phase is Phase.RECEIVED]
        for ref in unstarted:
            case = await self._casebook.case(ref)
            await self._start(client, ref, case.kind, case.policy_version)
        return len(unstarted)

    async def destroy_refused(self) -> None:
        """Destroy the bytes of refused messages (S1); what a crash left is destroyed the next time."""
        for condemned in await self._mailroom.condemned():
            await self._destroy(condemned)

    async def _destroy(self, condemned: CondemnedObject) -> None:
        await self._store.delete(condemned.object)
        await self._mailroom.destroyed(condemned, self._clock.now())

    async def _keep_reading(self, message: WaitingMessage, read: ReadMessage) -> None:
        for attachment in read.attachments.values():
            await self._store.put(attachment)
        await self._mailroom.read(message.message_id, read.reading)

    async def _named_cases(self, references: tuple[str, ...]) -> tuple[NamedCase, ...]:
        found: list[NamedCase] = []
        for ref in references:
            try:
                case = await self._casebook.case(ref)
            except CaseNotFound:
                continue
            found.append(NamedCase(ref=ref, kind=case.kind, sender=case.envelope.sender))
        return tuple(found)

    async def _deliver(self, client: Client, message: WaitingMessage, reading: MessageReading, chosen: Route) -> str:
        """Bring the message to its machine. A running machine hears of it before the record calls it delivered, so
        that a deadline which asks whether mail is still unread never overlooks it."""
        match chosen.to:
            case Destination.NEW_REQUEST:
                return await self._open(client, message, RequestKind.DISCLOSURE)
            case Destination.NEW_PRESERVATION:
                return await self._open(client, message, RequestKind.PRESERVATION)
            case Destination.EXTENSION | Destination.GAG_ORDER:
                if chosen.ref is None:
                    raise ValueError(f"a route to {chosen.to} names its case")
                if chosen.to is Destination.EXTENSION:
                    await self._ask_extension(client, message, chosen.ref)
                else:
                    await self._order_gag(client, message, reading, chosen.ref)
                await self._mailroom.route(message.message_id, chosen.ref, self._clock.now())
                return chosen.ref

    async def _open(self, client: Client, message: WaitingMessage, kind: RequestKind) -> str:
        ref = await self._mailroom.open_case(message.message_id, kind, CURRENT_VERSION, message.received_at)
        await self._start(client, ref, kind, CURRENT_VERSION)
        return ref

    async def _start(self, client: Client, ref: str, kind: RequestKind, policy: str) -> None:
        """Start a case's machine. One that runs, or has ended, is left alone: one message is one request."""
        received_at = (await self._casebook.case(ref)).envelope.received_at
        is_request = kind is RequestKind.DISCLOSURE
        known = TypedSearchAttributes([SearchAttributePair(CASE_KIND, kind.value)])
        try:
            if is_request:
                await client.start_workflow(
                    RequestWorkflow.run,
                    RequestInput(ref=ref, received_at=received_at, policy=policy),
                    id=request_id(ref),
                    task_queue=self._task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    search_attributes=known,
                    static_summary=f"{ref} request for data",
                )
            else:
                await client.start_workflow(
                    PreservationWorkflow.run,
                    PreservationInput(ref=ref, received_at=received_at, policy=policy),
                    id=preservation_id(ref),
                    task_queue=self._task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    search_attributes=known,
                    static_summary=f"{ref} preservation",
                )
        except WorkflowAlreadyStartedError:
            log.info("the machine of %s has run before", ref)

    async def _ask_extension(self, client: Client, message: WaitingMessage, ref: str) -> None:
        asked = ExtensionRequest(message_id=message.message_id, received_at=message.received_at)
        await _signal_if_running(client, preservation_id(ref), "extension_requested", asked)

    async def _order_gag(self, client: Client, message: WaitingMessage, reading: MessageReading, ref: str) -> None:
        """A further order goes into the record, and every machine of the case that still can hears of it (N2)."""
        facts = request_facts(reading.facts)
        until = facts.gag_end(message.received_at) if facts.gag is not Gag.UNDATED else None
        order = FactsRead(
            message_id=message.message_id,
            sender=SenderVerdict.ACCEPT,
            reasons=(),
            facts=tuple(fact for fact in reading.facts if fact.field in _GAG_FIELDS),
            documents=reading.documents,
        )
        step = f"order-{message.message_id[:16]}"
        await self._casebook.commit(Entry(ref=ref, step=step, at=self._clock.now(), changes=(order,)))
        case = await self._casebook.case(ref)
        told = {notice.n for notice in case.notices if notice.told_at is not None}
        waiting = [account.n for account in case.snapshot.accounts if account.n not in told] if case.snapshot else []
        for n in waiting:
            sent = GagOrder(message_id=message.message_id, until=until)
            await _signal_if_running(client, notice_id(ref, n), "gag_ordered", sent)
        await _signal_if_running(client, request_id(ref), "facts_changed", FactsChanged(message_id=message.message_id))


_GAG_FIELDS = frozenset({FactField.GAG, FactField.GAG_UNTIL, FactField.GAG_DAYS})


async def _signal_if_running(client: Client, workflow_id: str, signal: str, message: BaseModel) -> None:
    """Signal a machine; one that has ended, or was never needed, has nothing to hear."""
    try:
        await client.get_workflow_handle(workflow_id).signal(signal, message)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
