"""A whole deployment for one test, everything real: Postgres, Temporal, object store, relay, worker, signatures."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email import policy as mail_policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import (
    Client,
    Interceptor,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHistory,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities.ports import CaseFile
from activities.record import AppealMade, Entry, FactsAmended
from contract.ids import followup_id, notice_id, preservation_id, request_id, restriction_id
from contract.messages import FactsChanged, Objection
from contract.signing import public_key_of, sign
from gateways.provider import Act, ProviderAccess
from gateways.sink import mail_sink
from intake.message import fingerprint
from intake.peer import SmtpPeer
from ledger.blocking import Blocking
from ledger.casebook import Casebook
from ledger.directory import Directory
from ledger.engine import make_engine
from ledger.mailroom import Mailroom
from ledger.outbox import name_of
from ledger.reports import Reports
from ledger.roster import Roster
from ledger.tables import reference_counters
from policy.addresses import domain_of
from policy.directory import Agency, number_id
from policy.facts import Fact, FactField, Source, SourceKind, canonical
from policy.scope import Narrowing
from policy.statements import Check, Ruling, SignedStatement, Statement, Verdict
from policy.vocabulary import AppealRoute, Clause, DataClass, Outcome, Phase, Queue, RequestKind, Role
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.embedded.zone import zone_of
from runtime.services import Services, open_activities, open_services
from runtime.settings import Settings
from runtime.working import build_worker
from starter.appeal import wake_appealed
from starter.desk import deliver, nonce, scope_before
from starter.machines import machine_of, say_facts_changed
from starter.mailroom import Dispatched, MailDesk
from starter.samples import SampleEmergency, SampleProcess, SampleRequest, emergency_mail, sample_mail
from starter.vouching import rule_on_mail

T = TypeVar("T")

#: The longest that anything may take which is not a matter of business time, on a machine with much else to do.
PATIENCE = 30.0

_WORLDS = itertools.count(1)

#: Machines' clocks also run by themselves, so a test that looks just before a deadline looks this many seconds before;
#: how exactly the deadline was kept is read in the record.
JUST_BEFORE = -8

AGENCIES = (
    Agency(
        name="Springfield Police Department",
        domains=("police.springfield.gov.example",),
        country="US",
        numbers=("+1-202-555-0100",),
    ),
    Agency(
        name="Shelbyville Police Department",
        domains=("police.shelbyville.gov.example",),
        country="US",
        numbers=("+1-202-555-0199",),
    ),
    Agency(
        name="Northmarch Constabulary",
        domains=("northmarch.police.example",),
        country="GB",
        numbers=("+44-20-7946-01",),
    ),
    Agency(name="LKA Musterland", domains=("lka.musterland.example",), country="DE", numbers=("+49-30-23125-101",)),
    Agency(name="Prairie Mounted Police", domains=("prairie.gc.example",), country="CA", numbers=("+1-613-555-0101",)),
    Agency(name="Co quan dieu tra", domains=("csdt.gov-vn.example",), country="VN", numbers=("+84-24-5550-0101",)),
)
SENDER = "j.moreno@police.springfield.gov.example"
STRANGER = "a.stranger@police.shelbyville.gov.example"
MAREN, LINH = "maren.holt@example.com", "linh.tranova@example.org"
EVERYTHING = (DataClass.BASIC, DataClass.RECORDS, DataClass.CONTENT)
ROLES = {
    "vera": (Role.VERIFIER,),
    "rita": (Role.REVIEWER,),
    "ravi": (Role.REVIEWER,),
    "both": (Role.VERIFIER, Role.REVIEWER),
}
EVIDENCE = {
    Verdict.AUTHENTIC: (
        Check.SIGNATURE_SEEN,
        Check.LETTERHEAD_SEEN,
        Check.CALLED_BACK,
        Check.BADGE_CHECKED,
        Check.CERTIFICATE_CHECKED,
    ),
    Verdict.VOUCH: (Check.CALLED_BACK,),
}
GROUNDS = {
    Verdict.REJECT: (Clause.R3,),
    Verdict.CHALLENGE: (Clause.U2,),
    Verdict.ASK: (Clause.U2,),
    Verdict.NOT_AUTHENTIC: (Clause.S2,),
    Verdict.SET_ASIDE: (Clause.S1,),
}


async def eventually(look: Callable[[], Awaitable[T]], wanted: Callable[[T], object] = bool, what: str = "") -> T:
    """What `look` finds, once it is as wanted. Only for what the servers do by themselves, never for business time."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not wanted(found := await look()):
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"{what or 'it'} did not come about within {PATIENCE:g} seconds; last seen: {found}")
        await asyncio.sleep(0.03)
    return found


def name_system(folder: Path) -> str:
    """A file that says of every agency here, and of the users' domains, that mail from this machine is their own
    (`Settings.dns`)."""
    zone = folder / "dns.zone"
    users = (f'{domain_of(user)}. 3600 IN TXT "v=spf1 ip4:127.0.0.0/8 -all"\n' for user in (MAREN, LINH))
    zone.write_text(zone_of(domain for agency in AGENCIES for domain in agency.domains) + "".join(users))
    return str(zone)


def handed_over(raw: bytes) -> SmtpPeer:
    """How a mail comes by SMTP from this machine, with the MAIL FROM that its own From names."""
    return SmtpPeer(address="127.0.0.1", helo="localhost", mail_from=parseaddr(str(message_from_bytes(raw)["From"]))[1])


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that reached the sink."""

    to: str
    subject: str
    body: str = field(repr=False)
    message_id: str
    attachments: tuple[bytes, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The letter's name, which is the last part of its Message-ID."""
        return name_of(self.message_id)


def _rests(machine: WorkflowExecutionDescription) -> bool:
    """Whether the machine waits for time or people: time that is skipped while it acts may be skipped twice."""
    seen = machine.raw_description
    return not seen.HasField("pending_workflow_task") and all(step.attempt > 1 for step in seen.pending_activities)


@dataclass(slots=True, repr=False)
class World:
    """One test's deployment, and short ways to do what people and clocks do."""

    settings: Settings
    services: Services
    client: Client
    clock: BusinessClock
    desk: MailDesk
    sink: Path
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    signers: dict[str, str] = field(default_factory=dict)
    _samples: int = 0

    # What agencies do

    def sample(self, process: SampleProcess, **values: object) -> SampleRequest:
        """A complete request of which no two are alike, with a response date that R4 allows."""
        self._samples += 1
        given: dict[str, object] = {
            "process": process,
            "identifiers": (("User email", MAREN),),
            "since": date(2026, 1, 1),
            "until": date(2026, 12, 31),
            "case_number": f"SPD-2026-{self._samples:05}",
            "response_due": (self.clock.now() + timedelta(days=20)).date(),
            "dated": self.clock.now().replace(microsecond=0),
        }
        return SampleRequest(**(given | values))  # type: ignore[arg-type]  # the values are typed where they are used

    async def mail(self, process: SampleProcess, **values: object) -> str:
        """Send a request by mail; returns its case's reference."""
        sent = await self.send(sample_mail(self.sample(process, **values)))
        assert sent.ref is not None, sent.refused
        return sent.ref

    async def emergency(self, **values: object) -> str:
        """Send an emergency request by mail; returns its case's reference."""
        self._samples += 1
        given: dict[str, object] = {
            "identifiers": (("User email", MAREN),),
            "case_number": f"SPD-2026-{self._samples:05}",
            "dated": self.clock.now().replace(microsecond=0),
        }
        sent = await self.send(emergency_mail(SampleEmergency(**(given | values))))  # type: ignore[arg-type]  # as above
        assert sent.ref is not None, sent.refused
        return sent.ref

    async def keep(self, raw: bytes, received_at: datetime | None = None) -> str:
        """A message that is kept and answered 250 (now, or at another instant), and waits to be read."""
        if received_at is None:
            message_id, _ = await self.desk.keep(raw, handed_over(raw))
        else:
            stored = await self.services.store.put(raw)
            message_id, _ = await Mailroom(self.services.engine).receive(
                fingerprint(raw), stored, received_at, handed_over(raw)
            )
        return message_id

    async def keep_unproven(self, raw: bytes, received_at: datetime | None = None) -> str:
        """A message that some other host handed over in the agency's name; it is kept, and waits to be read."""
        stored = await self.services.store.put(raw)
        stranger = handed_over(raw).model_copy(update={"address": "198.51.100.7"})
        at = received_at or self.clock.now()
        message_id, _ = await Mailroom(self.services.engine).receive(fingerprint(raw), stored, at, stranger)
        return message_id

    async def send_unproven(self, raw: bytes) -> Dispatched:
        """The same, and it is sent on."""
        return await self.send_on(await self.keep_unproven(raw))

    async def send(self, raw: bytes) -> Dispatched:
        """Keep a message and send it on, as the mailroom does."""
        return await self.send_on(await self.keep(raw))

    async def send_on(self, message_id: str) -> Dispatched:
        """Send on a message that was kept."""
        waiting = next(m for m in await self.desk.waiting() if m.message_id == message_id)
        return await self.desk.send_on(self.client, waiting)

    # What people do

    async def join(self, name: str, roles: Sequence[Role]) -> None:
        """Put a person on the roster."""
        self.keys[name] = Ed25519PrivateKey.generate()
        signer = await Roster(self.services.engine).add(name, public_key_of(self.keys[name]), roles, self.clock.now())
        self.signers[name] = signer.id

    async def signed(
        self,
        ref: str,
        verdict: Verdict,
        by: str,
        /,
        *,
        narrowing: Narrowing | None = None,
        until: datetime | None = None,
        reason: str | None = None,
        **changed: object,
    ) -> SignedStatement:
        """A statement on the case as it stands, signed; `changed` are fields that differ from an honest one's."""
        statement = Statement(
            ref=ref,
            by=self.signers[by],
            verdict=verdict,
            scope=scope_before(await self.case(ref)).digest(),
            narrowing=narrowing,
            checks=EVIDENCE.get(verdict, ()),
            called=await self.number_of(ref) if verdict in (Verdict.AUTHENTIC, Verdict.VOUCH) else None,
            grounds=GROUNDS.get(verdict, ()),
            reason=await Roster(self.services.engine).keep_reason(reason) if reason else None,
            until=until,
            at=self.clock.now(),
            nonce=nonce(),
        )
        return sign(statement.model_copy(update=changed), self.keys[by])

    async def number_of(self, ref: str) -> str:
        """The id of the number on which the case's agency is called back; of another if it is not listed."""
        directory = await self.services.casebook.directory()
        agency = directory.agency_of(domain_of((await self.case(ref)).envelope.sender))
        return number_id(agency.numbers[0] if agency else "+15550100")

    async def block(self, sender: str, by: str = "vera", *, wakes: bool = True) -> list[str]:
        """Block a sender, as `dueprocess agency block` does; returns the cases that this freezes."""
        refs = await Blocking(self.services.engine).block(sender, self.signers[by], "stolen", self.clock.now())
        for ref in refs if wakes else ():
            await say_facts_changed(self.client, await self.case(ref))
        return list(refs)

    async def state(self, ref: str, signed: SignedStatement, notice: int | None = None) -> Ruling:
        """Bring a signed statement to its machine by update."""
        return await deliver(self.client, machine_of(await self.case(ref), notice), signed)

    async def sign(
        self,
        ref: str,
        verdict: Verdict,
        by: str,
        *,
        notice: int | None = None,
        narrowing: Narrowing | None = None,
        until: datetime | None = None,
        reason: str | None = None,
        order: int | None = None,
    ) -> Ruling:
        """Sign a statement and have it ruled on, as `dueprocess review` does."""
        signed = await self.signed(ref, verdict, by, narrowing=narrowing, until=until, reason=reason, order=order)
        return await self.state(ref, signed, notice)

    async def signal(self, ref: str, signed: SignedStatement, notice: int | None = None) -> Ruling:
        """Bring a signed statement to its machine by the signal, and ask what became of it."""
        handle = self.client.get_workflow_handle(machine_of(await self.case(ref), notice))
        ruled = len((await self.case(ref)).decisions)
        await handle.signal("decision", signed)
        await eventually(lambda: self.case(ref), lambda case: len(case.decisions) > ruled, "a ruling in the record")
        ruling: Ruling = await handle.query("ruling", result_type=Ruling)
        return ruling

    async def rule_on_mail(self, ref: str, verdict: Verdict, by: str = "vera", *, message: str | None = None) -> Ruling:
        """A verifier's word on the message that waits with the case, as `dueprocess review` has it ruled on."""
        case = await self.case(ref)
        signed = await self.signed(ref, verdict, by, message=message or case.mail[0].message_id)
        return await rule_on_mail(self.settings, self.services, case, signed)

    async def verify(self, ref: str, by: str = "vera") -> None:
        """A verifier finds the document genuine."""
        await self.phase(ref, Phase.VERIFICATION, Phase.HELD)
        assert (ruling := await self.sign(ref, Verdict.AUTHENTIC, by)).accepted, ruling

    async def approve(self, ref: str, *by: str, reason: str | None = None) -> None:
        """Reviewers approve all that is asked for."""
        await self.phase(ref, Phase.LEGAL_REVIEW)
        for name in by or ("rita",):
            assert (ruling := await self.sign(ref, Verdict.APPROVE, name, reason=reason)).accepted, ruling

    async def amend(self, ref: str, by: str = "vera", **values: str) -> None:
        """A person completes facts; the fields are named with underscores for dots."""
        facts = tuple(
            Fact(
                field=(known := FactField(name.replace("__", "."))),
                value=canonical(known, value),
                source=Source(kind=SourceKind.PERSON, by=self.signers[by]),
            )
            for name, value in values.items()
        )
        amended = FactsAmended(by=self.signers[by], facts=facts, signature="amended in a test")
        await self.services.casebook.commit(
            Entry(ref=ref, step=f"amend-{nonce()}", at=self.clock.now(), changes=(amended,))
        )
        await self.client.get_workflow_handle(machine_of(await self.case(ref))).signal("facts_changed", FactsChanged())

    async def object(self, ref: str, n: int = 1) -> None:
        """The user of account `n` objects."""
        handle = self.client.get_workflow_handle(notice_id(ref, n))
        await handle.signal("objection", Objection(recorded_at=self.clock.now()))

    async def appeal(self, ref: str, text: str, n: int = 1) -> None:
        """The user of account `n` appeals by their link, as the page records it, and the machine hears of it."""
        made = AppealMade(n=n, route=AppealRoute.LINK, text=text)
        entry = Entry(ref=ref, step=f"appeal-{nonce()}", at=self.clock.now(), changes=(made,))
        await self.services.casebook.commit(entry)
        await wake_appealed(self.services.engine, self.client)

    # What clocks do

    async def advance(self, **span: float) -> None:
        """Let business time pass for everything: the clock and every open machine."""
        async with asyncio.timeout(PATIENCE):
            self.clock.advance_to(self.clock.now() + timedelta(**span))
            running = [machine for machine in await self.machines() if await self.running(machine)]
            await asyncio.gather(*(self._fast_forward(machine, timedelta(**span)) for machine in running))

    async def until(self, instant: datetime, *, seconds: float = 0) -> None:
        """Let business time pass until so many seconds after the instant (before it, if negative)."""
        left = instant + timedelta(seconds=seconds) - self.clock.now()
        await self.advance(seconds=left.total_seconds())

    async def _fast_forward(self, machine: str, span: timedelta) -> None:
        """Move a machine's clock. Time cannot be skipped for one that waits for a child: the child brings it along."""
        handle = self.client.get_workflow_handle(machine)
        described = await eventually(handle.describe, _rests, f"{machine} to have done what it was at")
        if described.status is WorkflowExecutionStatus.RUNNING and not described.raw_description.pending_children:
            await TimeSkipper(self.client, config=TimeSkippingConfig(enabled=False)).fast_forward(handle, span)

    async def machines(self) -> list[str]:
        """The workflow ids of all machines that this world may have started."""
        found = []
        for line in await Reports(self.services.engine).cases():
            if line.kind is RequestKind.PRESERVATION:
                found.append(preservation_id(line.ref))
                continue
            found += [request_id(line.ref), followup_id(line.ref), restriction_id(line.ref)]
            found += [notice_id(line.ref, account.n) for account in (await self.case(line.ref)).accounts]
        return found

    # What can be seen

    async def allows(self, act: Act, email: str, territory: str, meeting: int | None = None) -> bool:
        """Whether the service lets a user in now, from a territory."""
        engine = make_engine(self.settings.provider_database_url.get_secret_value())
        try:
            return await ProviderAccess(engine).allows(act, email, territory, self.clock.now(), meeting)
        finally:
            await engine.dispose()

    async def case(self, ref: str) -> CaseFile:
        """All that the record knows of the case."""
        return await self.services.casebook.case(ref)

    async def phase(self, ref: str, *wanted: Phase) -> CaseFile:
        """The case, once its machine has come to one of these phases."""
        case = await self.case(ref)
        await self.shown(machine_of(case), *wanted)
        return await self.case(ref)

    async def shown(self, machine: str, *wanted: Phase) -> str:
        """The phase that a machine shows to operators, once it is one of these."""
        return await self._shows(machine, "CasePhase", *wanted)

    async def turn_of(self, machine: str, *wanted: Queue) -> str:
        """Whose turn it is by what a machine shows to operators, once it is one of these."""
        return await self._shows(machine, "CaseQueue", *wanted)

    async def _shows(self, machine: str, attribute: str, *wanted: str) -> str:
        async def look() -> str | None:
            try:
                seen = await self.client.get_workflow_handle(machine).describe()
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return None
                raise
            return next((str(pair.value) for pair in seen.typed_search_attributes if pair.key.name == attribute), None)

        found = await eventually(look, lambda value: value in wanted, f"{machine} in {' or '.join(wanted)}")
        return found or ""

    async def running(self, machine: str) -> bool:
        """Whether a machine is running."""
        try:
            described = await self.client.get_workflow_handle(machine).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return described.status is WorkflowExecutionStatus.RUNNING

    async def ended(self, ref: str) -> Outcome:
        """How the case ended, once its machine has."""
        machine = machine_of(await self.case(ref))
        await asyncio.wait_for(self.client.get_workflow_handle(machine).result(), PATIENCE)
        outcome = (await self.case(ref)).outcome
        assert outcome is not None
        return outcome

    async def told(self, ref: str, n: int = 1) -> None:
        """Wait until the notice to account `n` has been sent; it may still come back."""
        await self.shown(notice_id(ref, n), Phase.TOLD, Phase.CLOSED)

    def letters(self, to: str | None = None, name: str | None = None) -> list[Mail]:
        """The mails of the sink in the order in which they came, to one address or of one name."""
        found = [_mail(path) for path in sorted(self.sink.glob("[0-9]*.eml"))]
        return [mail for mail in found if to in (None, mail.to) and name in (None, mail.name)]

    async def letter(self, name: str, to: str | None = None) -> Mail:
        """The one letter of this name, once it has come; mail may bring copies of it under the same Message-ID."""

        async def look() -> list[Mail]:
            return self.letters(to, name)

        found = await eventually(look, bool, f"a letter {name}")
        assert len({mail.message_id for mail in found}) == 1, found
        return found[0]

    async def letter_of(self, ref: str, name: str) -> Mail:
        """The one letter of this name in a case, where other cases have letters of it too."""
        return (await self.letters_of(ref, name, 1))[0]

    async def letters_of(self, ref: str, name: str, count: int) -> Sequence[Mail]:
        """That many letters of this name in a case, or more; copies under the same Message-ID are one."""

        async def look() -> list[Mail]:
            theirs = [mail for mail in self.letters(name=name) if mail.subject.endswith(ref)]
            return list({mail.message_id: mail for mail in theirs}.values())

        return await eventually(look, lambda found: len(found) >= count, f"{count} letters {name} in {ref}")

    async def history(self, machine: str) -> WorkflowHistory:
        """A machine's history so far."""
        return await self.client.get_workflow_handle(machine).fetch_history()


def _mail(path: Path) -> Mail:
    parsed = message_from_bytes(path.read_bytes(), policy=mail_policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    body = parsed.get_body(("plain",))
    return Mail(
        to=str(parsed["X-Envelope-To"]),
        subject=str(parsed["Subject"]).strip(),
        body=str(body.get_content()) if body else "",
        message_id=str(parsed["Message-ID"]).strip(),
        attachments=tuple(part.get_content() for part in parsed.iter_attachments()),
    )


@asynccontextmanager
async def open_world(
    settings: Settings,
    sink: Path,
    *,
    interceptors: tuple[Interceptor, ...] = (),
    ledger: Callable[[AsyncEngine, str], Casebook] = Casebook,
) -> AsyncIterator[World]:
    """Run the relay's sink and a worker with the product's own wiring; at the end every machine is stopped.

    Tests of faults put an interceptor before the steps, or another ledger beneath them.
    """
    async with AsyncExitStack() as running:
        port = await running.enter_async_context(mail_sink(sink))
        settings = settings.model_copy(update={"smtp_relay_port": port})
        services = await running.enter_async_context(open_services(settings))
        faulty = replace(services, casebook=ledger(services.engine, settings.mail_domain))
        activities = await running.enter_async_context(open_activities(settings, faulty))
        client = await connect(settings, interceptors=interceptors)
        await running.enter_async_context(build_worker(client, settings, activities))
        clock = BusinessClock(settings.clock_file)
        world = World(settings, services, client, clock, MailDesk(services, clock, settings.task_queue), sink)
        await _number_cases(services, clock)
        for agency in AGENCIES:
            await Directory(services.engine).add(agency, clock.now())
        for name, roles in ROLES.items():
            await world.join(name, roles)
        try:
            yield world
        finally:
            await _stop_machines(world)


async def _number_cases(services: Services, clock: BusinessClock) -> None:
    """Worlds share a Temporal, so each numbers its cases from a thousand of its own: no two machines have one id."""
    thousand = 1000 * next(_WORLDS)
    years = [{"year": clock.now().year + later, "last": thousand} for later in range(40)]
    async with services.engine.begin() as connection:
        await connection.execute(insert(reference_counters), years)


async def _stop_machines(world: World) -> None:
    for machine in await world.machines():
        if await world.running(machine):
            try:
                await world.client.get_workflow_handle(machine).terminate("the test is over")
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise  # Not found: it came to its own end in between.
