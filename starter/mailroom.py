"""The mailroom: a message is kept, then read, then sent to its machine. Each part can be done again without harm."""

import asyncio
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from temporalio.client import Client

from activities.ports import CaseFile, CaseNotFound, Conflict, ObjectMissing, ObjectStore
from activities.record import Entry, FactsRead
from contract.messages import MailArrived
from intake.headers import author_of
from intake.message import ReadMessage, fingerprint, read_message
from intake.mime import split_headers
from intake.peer import SmtpPeer
from intake.reading import MessageReading
from ledger.mailroom import CondemnedObject, Mailroom, SettledMessage, WaitingMessage
from ledger.reports import Reports
from policy.addresses import domain_of
from policy.authentication import Authentication
from policy.book import current_book
from policy.facts import Fact, FactField, SourceKind
from policy.findings import Reason
from policy.request import request_facts
from policy.sender import judge_sender
from policy.triage import Destination, NamedCase, Route, route, takes_facts
from policy.vocabulary import Phase, RequestKind, SenderVerdict
from runtime.clock import BusinessClock
from runtime.services import Services
from starter import machines

log = logging.getLogger("dueprocess.mailroom")

#: A message whose sender's name servers did not answer is not looked at again before this, in seconds.
_ASK_AGAIN_SECONDS = 60.0


class NotYet(Exception):
    """The sender's name servers do not answer: the message waits, and is tried again."""


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
        self._authenticator = services.authenticator
        self._patience = services.dns_patience
        self._ask_again: dict[str, float] = {}
        self._casebook = services.casebook
        self._store: ObjectStore = services.store
        self._our_domains = services.our_domains
        self._mailroom = Mailroom(services.engine)
        self._reports = Reports(services.engine)
        self._clock = clock
        self._task_queue = task_queue

    async def keep(self, raw: bytes, peer: SmtpPeer | None = None) -> tuple[str, bool]:
        """Keep a message for good: once this returns it may be answered 250. Returns its id, and whether it is new.

        `peer` is who handed it over; without one, only signatures can prove its sender.

        Raises:
            OSError: it could not be stored and synced; it must not be answered 250.
        """
        sha256 = await self._store.put(raw)
        return await self._mailroom.receive(fingerprint(raw), sha256, self._clock.now(), peer)

    async def waiting(self, after: WaitingMessage | None = None) -> list[WaitingMessage]:
        """Messages that have been kept and not been sent on: some of the oldest, or of those that follow one."""
        return list(await self._mailroom.pending(after=after))

    async def settle(self, client: Client, message_id: str) -> SettledMessage | None:
        """See that a kept message is sent on, by us or by the service that runs beside us; says what became of it.

        None: it waits, since the sender's name servers do not answer.
        """
        message = await self._mailroom.waiting(message_id)
        if message is not None:
            try:
                await self.send_on(client, message)
            except (Conflict, ObjectMissing):
                log.info("message %s was settled by another process meanwhile", message_id[:16])
            except NotYet:
                return None
        return await self._mailroom.settled(message_id)

    async def case_of(self, message_id: str) -> str | None:
        """The case of a message that has been sent on; None for a refused one."""
        return await self._mailroom.case_of_message(message_id)

    async def send_on(self, client: Client, message: WaitingMessage) -> Dispatched:
        """Read a message and bring it to its machine, or refuse it (S1).

        Raises:
            NotYet: what its sender proves cannot be said now; it waits.
        """
        if time.monotonic() < self._ask_again.get(message.message_id, 0):
            raise NotYet
        raw = await self._store.get(message.object)
        author = author_of(split_headers(raw)[0])
        domain = domain_of(author) if author else None
        judged = judge_sender(author, domain, await self._casebook.directory())
        if judged.verdict is SenderVerdict.REFUSE or author is None or domain is None:
            await self._mailroom.refuse(message.message_id, judged.reasons, self._clock.now(), domain)
            await self.destroy_refused()
            return Dispatched(message.message_id, None, None, judged.reasons)
        authentication = await self._authenticated(message, raw, domain)
        read = await asyncio.to_thread(read_message, raw, self._our_domains)
        reading = read.reading.model_copy(update={"authentication": authentication})
        await self._keep_reading(message, replace(read, reading=reading))
        chosen = route(
            request_facts(reading.facts).purpose,
            author,
            await self._named_cases(reading),
            is_reply=bool(reading.in_reply_to),
            brings_process=_has_process(reading.facts),
        )
        ref = await self._deliver(client, message, reading, chosen)
        return Dispatched(message.message_id, ref, chosen)

    async def start_unstarted(self, client: Client) -> int:
        """Start the machine of every case that was opened and never got one: we may have died in between."""
        unstarted = [ref for ref, phase in (await self._reports.open_cases()).items() if phase is Phase.RECEIVED]
        for ref in unstarted:
            await machines.start(client, await self._casebook.case(ref), self._task_queue)
        return len(unstarted)

    async def destroy_refused(self) -> None:
        """Destroy the bytes of refused messages (S1); what a crash left is destroyed the next time."""
        for condemned in await self._mailroom.condemned():
            await self._destroy(condemned)

    async def _destroy(self, condemned: CondemnedObject) -> None:
        await self._store.delete(condemned.object)
        await self._mailroom.destroyed(condemned, self._clock.now())

    async def _authenticated(self, message: WaitingMessage, raw: bytes, domain: str) -> Authentication:
        """What the message proves of its sender's domain: established here, once, and kept with what is read.

        Raises:
            NotYet: name servers do not answer, and the message has not waited for them long enough.
        """
        found = await asyncio.to_thread(
            self._authenticator.authenticate, raw, domain, message.received_at, message.peer
        )
        if found.unsettled and self._clock.now() - message.received_at < self._patience:
            self._ask_again[message.message_id] = time.monotonic() + _ASK_AGAIN_SECONDS
            log.info("message %s waits for its sender's name servers", message.message_id[:16])
            raise NotYet
        self._ask_again.pop(message.message_id, None)
        return found

    async def _keep_reading(self, message: WaitingMessage, read: ReadMessage) -> None:
        for attachment in read.attachments.values():
            await self._store.put(attachment)
        await self._mailroom.read(message.message_id, read.reading)

    async def _named_cases(self, reading: MessageReading) -> tuple[NamedCase, ...]:
        found: list[NamedCase] = []
        said = request_facts(reading.facts)
        for ref in reading.references:
            try:
                case = await self._casebook.case(ref)
            except CaseNotFound:
                continue
            found.append(
                NamedCase(
                    ref=ref,
                    kind=case.kind,
                    sender=case.envelope.sender,
                    takes_facts=takes_facts(case.phase, case.missing, request_facts(case.facts), said),
                    has_process=_has_process(case.facts),
                )
            )
        return tuple(found)

    async def _deliver(self, client: Client, message: WaitingMessage, reading: MessageReading, chosen: Route) -> str:
        """Bring the message to its machine. A running machine hears of it before the record calls it delivered, so
        that a deadline which asks whether mail is still unread never overlooks it."""
        match chosen.to:
            case Destination.NEW_CASE:
                if chosen.opens is None:
                    raise ValueError("a route to a new case names its kind")
                await self._settle_emergencies(client, message, reading)
                return await self._open(client, message, chosen.opens)
            case Destination.EXTENSION | Destination.GAG_ORDER | Destination.REPLY:
                if chosen.ref is None:
                    raise ValueError(f"a route to {chosen.to} names its case")
                await self._pass_on(client, message, reading, chosen.to, await self._casebook.case(chosen.ref))
                await self._mailroom.route(message.message_id, chosen.ref, self._clock.now())
                return chosen.ref

    async def _settle_emergencies(self, client: Client, message: WaitingMessage, reading: MessageReading) -> None:
        """Legal process that names an emergency is a case of its own, and is what its agency owed (E1)."""
        for ref in reading.references if _has_process(reading.facts) else ():
            try:
                case = await self._casebook.case(ref)
            except CaseNotFound:
                continue
            if case.kind is RequestKind.EMERGENCY:
                await machines.bring_process(client, case, MailArrived(message_id=message.message_id))

    async def _open(self, client: Client, message: WaitingMessage, kind: RequestKind) -> str:
        ref = await self._mailroom.open_case(message.message_id, kind, current_book().edition, message.received_at)
        await machines.start(client, await self._casebook.case(ref), self._task_queue)
        return ref

    async def _pass_on(
        self, client: Client, message: WaitingMessage, reading: MessageReading, to: Destination, case: CaseFile
    ) -> None:
        arrived = MailArrived(message_id=message.message_id)
        if to is Destination.EXTENSION:
            await machines.ask_extension(client, case, arrived)
        elif to is Destination.GAG_ORDER:
            await self._add_to_case(message, reading, case, _GAG_FIELDS)
            await machines.order_gag(client, case, arrived)
        else:
            await self._add_to_case(message, reading, case, frozenset(FactField))
            await machines.say_facts_changed(client, case, message.message_id)

    async def _add_to_case(
        self, message: WaitingMessage, reading: MessageReading, case: CaseFile, fields: frozenset[FactField]
    ) -> None:
        """What a later message says, and its documents, into the record of its case. Who wrote first stays so."""
        read = FactsRead(
            message_id=message.message_id,
            sender=case.sender or SenderVerdict.HOLD,
            reasons=reading.remarks,
            facts=tuple(fact for fact in reading.facts if fact.field in fields),
            documents=reading.documents,
        )
        step = f"message-{message.message_id[:16]}"
        await self._casebook.commit(Entry(ref=case.ref, step=step, at=self._clock.now(), changes=(read,)))


_GAG_FIELDS = frozenset({FactField.GAG, FactField.GAG_UNTIL, FactField.GAG_DAYS})


def _has_process(facts: Iterable[Fact]) -> bool:
    """Whether a document states the legal process."""
    return any(fact.field is FactField.PROCESS and fact.source.kind is SourceKind.PDF for fact in facts)
