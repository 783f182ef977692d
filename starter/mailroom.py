"""The mailroom: a message is kept, then read, then sent to its machine. Each part can be done again without harm."""

import asyncio
import logging
import time
from dataclasses import dataclass

from temporalio.client import Client

from activities.ports import Conflict, ObjectMissing, ObjectStore
from intake.headers import author_of
from intake.message import fingerprint, read_message
from intake.mime import split_headers
from intake.peer import SmtpPeer
from intake.reading import MessageReading
from ledger.mailroom import CondemnedObject, Mailroom, SettledMessage, WaitingMessage
from ledger.reports import Reports
from ledger.tables import Mailbox
from policy.addresses import domain_of
from policy.authentication import Authentication
from policy.findings import Reason
from policy.sender import judge_sender
from policy.triage import Destination, Route
from policy.users import is_from_user
from policy.vocabulary import Automatic, Phase, SenderVerdict
from runtime.clock import BusinessClock
from runtime.services import Services
from starter import machines
from starter.correspondence import Correspondence
from starter.delivery import Delivery

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
        self._correspondence = Correspondence(services, self._mailroom, clock)
        self._delivery = Delivery(services, self._mailroom, clock, task_queue)

    async def keep(
        self, raw: bytes, peer: SmtpPeer | None = None, mailbox: Mailbox = Mailbox.REQUESTS
    ) -> tuple[str, bool]:
        """Keep a message for good: once this returns it may be answered 250. Returns its id, and whether it is new.

        `peer` is who handed it over; without one, only signatures can prove its sender. `mailbox` is to whom it came.

        Raises:
            OSError: it could not be stored and synced; it must not be answered 250.
        """
        sha256 = await self._store.put(raw)
        return await self._mailroom.receive(fingerprint(raw), sha256, self._clock.now(), peer, mailbox)

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
        """Read a message and bring it to its machine, or to a person, or refuse it (S1).

        Raises:
            NotYet: what its sender proves cannot be said now; it waits.
        """
        if time.monotonic() < self._ask_again.get(message.message_id, 0):
            raise NotYet
        raw = await self._store.get(message.object)
        headers = split_headers(raw)[0]
        author = author_of(headers)
        domain = domain_of(author) if author else None
        judged = judge_sender(author, domain, await self._casebook.directory())
        official = judged.verdict is not SenderVerdict.REFUSE
        if not official and (ref := await self._delivery.bounced(client, message, raw)) is not None:
            return Dispatched(message.message_id, ref, Route(to=Destination.BOUNCE, ref=ref))
        user = await self._correspondence.concerned(headers, author, message.received_at) if author else None
        if user and not is_from_user(user, official=official, to_users=message.mailbox is Mailbox.USERS):
            user = None
        if author is None or domain is None or not (official or user):
            await self._mailroom.refuse(message.message_id, judged.reasons, self._clock.now(), domain)
            await self.destroy_refused()
            return Dispatched(message.message_id, None, None, judged.reasons)
        reading = await self._read(message, raw, domain)
        if user:
            await self._correspondence.take(client, message, raw, reading, user)
            return Dispatched(message.message_id, user.ref, Route(to=Destination.PERSON, ref=user.ref))
        delivered = await self._delivery.deliver(client, message, reading)
        if delivered.refused:
            await self.destroy_refused()
        return Dispatched(message.message_id, delivered.ref, delivered.route, delivered.refused)

    async def admit_confirmed(self, client: Client) -> None:
        """Let mail count that waited for a person and was vouched for; what a crash left is done the next time."""
        await self._delivery.admit(client)

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

    async def _read(self, message: WaitingMessage, raw: bytes, domain: str) -> MessageReading:
        """Read the message and keep what was read, and the bytes of its documents.

        Raises:
            NotYet: what its sender proves cannot be said now.
        """
        authentication = await self._authenticated(message, raw, domain)
        read = await asyncio.to_thread(read_message, raw, self._our_domains)
        known = {"authentication": authentication, "automatic": read.reading.automatic or _by_envelope(message.peer)}
        reading = read.reading.model_copy(update=known)
        for attachment in read.attachments.values():
            await self._store.put(attachment)
        await self._mailroom.read(message.message_id, reading)
        return reading


def _by_envelope(peer: SmtpPeer | None) -> Automatic | None:
    """Mail that nobody can answer, for its MAIL FROM is empty, was written by a machine (RFC 5321, 4.5.5)."""
    return Automatic.ANSWER if peer is not None and not peer.mail_from else None
