"""Bringing a message that was read to its machine, to a person, or to nobody. Each part can be done again unharmed."""

from dataclasses import dataclass

from temporalio.client import Client

from activities.arrivals import has_process, mail_of, named_case, vouched_for
from activities.ports import CaseFile, CaseNotFound
from activities.record import Change, Entry, FactsRead, MailAdmitted, MailKept, MailNoted
from contract.messages import MailArrived
from intake.automatic import automatic, gave_up, returned
from intake.headers import answers
from intake.mime import split_headers
from intake.reading import MessageReading
from ledger.mailroom import AskedAlready, Mailroom, WaitingMessage
from ledger.outbox import name_of
from policy.book import current_book
from policy.facts import FactField
from policy.findings import Reason
from policy.letters import TO_USERS
from policy.triage import Destination, Kept, NamedCase, Route, route
from policy.vocabulary import Automatic, Clause, RequestKind, SenderVerdict
from runtime.clock import BusinessClock
from runtime.services import Services
from starter import machines

_NOBODYS = (Reason(clause=Clause.S1, detail="no person wrote it, and it names no case of ours"),)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where a message went, and its case; or why it was refused."""

    route: Route
    ref: str | None
    refused: tuple[Reason, ...] = ()


class Delivery:
    """Chooses the way of messages, and sees them there."""

    def __init__(self, services: Services, mailroom: Mailroom, clock: BusinessClock, task_queue: str) -> None:
        self._casebook = services.casebook
        self._mailroom = mailroom
        self._clock = clock
        self._task_queue = task_queue

    async def deliver(self, client: Client, message: WaitingMessage, reading: MessageReading) -> Delivered:
        """Bring a message that waits to where the rules want it. A running machine hears of it before the record calls
        it delivered, so that a deadline which asks whether mail is still unread never overlooks it."""
        try:
            return await self._deliver(client, message, reading)
        except AskedAlready:  # A copy of the same request came at the same time and was first; now there is its case.
            return await self._deliver(client, message, reading)

    async def _deliver(self, client: Client, message: WaitingMessage, reading: MessageReading) -> Delivered:
        mail = mail_of(reading, await self._casebook.directory())
        chosen = route(mail, await self._named_cases(message.message_id, reading))
        match chosen.to:
            case Destination.NEW_CASE:
                await self._settle_emergencies(client, message.message_id, reading)
                return Delivered(chosen, await self._open(client, message, reading, chosen.opens))
            case Destination.REFUSED:
                await self._mailroom.refuse(message.message_id, _NOBODYS, self._clock.now())
                return Delivered(chosen, None, _NOBODYS)
            case Destination.PERSON:
                for ref in filter(None, (chosen.ref, *chosen.also)):
                    await self._keep(ref, message, chosen.kept or Kept.FOR_READING, proven=mail.proven)
                    await machines.say_mail_waits(client, await self._casebook.case(ref))
            case Destination.NOTE | Destination.BOUNCE:
                await self._note(client, message, reading.automatic, reading.bounced, reading.bounce_status, chosen.ref)
            case Destination.EXTENSION | Destination.GAG_ORDER | Destination.WITHDRAWAL | Destination.REPLY:
                await self._pass_on(client, message.message_id, reading, chosen)
        if chosen.ref is None:
            raise ValueError(f"a route to {chosen.to} names its case")
        await self._mailroom.route(message.message_id, chosen.ref, self._clock.now())
        return Delivered(chosen, chosen.ref)

    async def bounced(self, client: Client, message: WaitingMessage, raw: bytes) -> str | None:
        """Note a letter of ours that came back, whoever says so (a mail system is no agency); its case, or None."""
        headers, body = split_headers(raw)
        if automatic(headers) is not Automatic.BOUNCE:
            return None
        found, status = returned(raw, body)
        ids = (*found, *answers(headers)) if gave_up(raw, body) else ()
        refs = sorted(await self._casebook.answered(ids))
        if not refs:
            return None
        await self._note(client, message, Automatic.BOUNCE, ids, status, refs[0])
        await self._mailroom.route(message.message_id, refs[0], self._clock.now())
        return refs[0]

    async def admit(self, client: Client) -> None:
        """Let mail count that had waited for a person: from when it was received, and in the case vouched for."""
        directory = await self._casebook.directory()
        for message_id, ref in await self._mailroom.admissible():
            case, reading = await self._casebook.case(ref), await self._casebook.reading(message_id)
            answered = ref in await self._casebook.answered(reading.in_reply_to)
            named = named_case(case, reading, answered=answered, vouched=vouched_for(case, message_id))
            mail = mail_of(reading, directory)
            chosen = route(mail, (named,))
            if chosen.to in _RUNNING:
                await self._pass_on(client, message_id, reading, chosen)
                admitted = MailAdmitted(message_id=message_id, to=chosen.to)
                await self._commit(ref, f"admitted-{message_id[:16]}", admitted)
                await machines.say_facts_changed(client, case, message_id)
            else:  # The case has gone on meanwhile: a person reads it.
                kept = MailKept(
                    message_id=message_id,
                    why=Kept.FOR_READING,
                    proven=mail.proven,
                    received_at=await self._casebook.received_at(message_id),
                )
                await self._commit(ref, f"kept-again-{message_id[:16]}", kept)

    async def _named_cases(self, message_id: str, reading: MessageReading) -> tuple[NamedCase, ...]:
        """The cases that a message answers, names, or repeats something of, in that order."""
        answered = await self._casebook.answered((*reading.in_reply_to, *reading.bounced))
        documents = [document.sha256 for document in reading.documents if document.accepted]
        repeated = await self._mailroom.repeats(message_id, reading.header_message_id, documents)
        refs = (*sorted(answered), *reading.references, *repeated.same_documents, *repeated.same_id)
        found: list[NamedCase] = []
        for ref in dict.fromkeys(refs):
            try:
                case = await self._casebook.case(ref)
            except CaseNotFound:
                continue
            found.append(
                named_case(
                    case,
                    reading,
                    answered=ref in answered,
                    same_id=ref in repeated.same_id,
                    same_documents=ref in repeated.same_documents,
                )
            )
        return tuple(found)

    async def _settle_emergencies(self, client: Client, message_id: str, reading: MessageReading) -> None:
        """Legal process that names an emergency is a case of its own, and is what its agency owed (E1)."""
        for ref in reading.references if has_process(reading) else ():
            try:
                case = await self._casebook.case(ref)
            except CaseNotFound:
                continue
            if case.kind is RequestKind.EMERGENCY:
                await machines.bring_process(client, case, MailArrived(message_id=message_id))

    async def _open(
        self, client: Client, message: WaitingMessage, reading: MessageReading, kind: RequestKind | None
    ) -> str:
        if kind is None:
            raise ValueError("a route to a new case names its kind")
        documents = [document.sha256 for document in reading.documents if document.accepted]
        edition = current_book().edition
        ref = await self._mailroom.open_case(message.message_id, kind, edition, message.received_at, documents)
        await machines.start(client, await self._casebook.case(ref), self._task_queue)
        return ref

    async def _pass_on(self, client: Client, message_id: str, reading: MessageReading, chosen: Route) -> None:
        if chosen.ref is None:
            raise ValueError(f"a route to {chosen.to} names its case")
        case, arrived = await self._casebook.case(chosen.ref), MailArrived(message_id=message_id)
        match chosen.to:
            case Destination.EXTENSION:
                await machines.ask_extension(client, case, arrived)
            case Destination.GAG_ORDER:
                await self._add_to_case(message_id, reading, case, frozenset())  # The order is a thing of its own.
                await machines.order_gag(client, case, arrived)
            case Destination.WITHDRAWAL:
                await machines.withdraw(client, case, arrived)
            case _:
                await self._add_to_case(message_id, reading, case, frozenset(FactField))
                await machines.say_facts_changed(client, case, message_id)

    async def _add_to_case(
        self, message_id: str, reading: MessageReading, case: CaseFile, fields: frozenset[FactField]
    ) -> None:
        """What a later message says, and its documents, into the record of its case. Who wrote first stays so."""
        read = FactsRead(
            message_id=message_id,
            sender=case.sender or SenderVerdict.HOLD,
            reasons=tuple(dict.fromkeys((*case.reasons, *reading.remarks))),
            facts=tuple(fact for fact in reading.facts if fact.field in fields),
            documents=reading.documents,
        )
        await self._commit(case.ref, f"message-{message_id[:16]}", read)

    async def _note(
        self,
        client: Client,
        message: WaitingMessage,
        kind: Automatic | None,
        bounced: tuple[str, ...],
        status: str | None,
        ref: str | None,
    ) -> None:
        if ref is None or kind is None:
            raise ValueError("a note is about automatic mail, and on a case")
        letter = await self._letter(ref, bounced) if kind is Automatic.BOUNCE else None
        noted = MailNoted(message_id=message.message_id, automatic=kind, letter=letter, status=status)
        await self._commit(ref, f"noted-{message.message_id[:16]}", noted)
        if letter is not None and name_of(letter) in TO_USERS:
            await machines.say_returned(client, await self._casebook.case(ref))
        elif letter is not None:
            await self._keep(ref, message, Kept.RETURNED, proven=False)
            await machines.say_facts_changed(client, await self._casebook.case(ref))

    async def _letter(self, ref: str, bounced: tuple[str, ...]) -> str | None:
        """Which of these Message-IDs is of a letter of the case: whoever writes a report chooses what it names."""
        for header_id in bounced:
            if await self._mailroom.case_of_message(header_id) == ref:
                return header_id
        return None

    async def _keep(self, ref: str, message: WaitingMessage, why: Kept, *, proven: bool) -> None:
        """Let a message wait with a case for a person."""
        kept = MailKept(message_id=message.message_id, why=why, proven=proven, received_at=message.received_at)
        await self._commit(ref, f"kept-{message.message_id[:16]}", kept)

    async def _commit(self, ref: str, step: str, change: Change) -> None:
        await self._casebook.commit(Entry(ref=ref, step=step, at=self._clock.now(), changes=(change,)))


_RUNNING = frozenset({Destination.EXTENSION, Destination.GAG_ORDER, Destination.WITHDRAWAL, Destination.REPLY})
