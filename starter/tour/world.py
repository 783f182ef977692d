"""What a story can do and see: send mail, receive letters, look into the record, and wait until something is so."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import TypeVar

import aiosmtplib
from sqlalchemy.exc import DBAPIError
from temporalio.client import Client
from temporalio.service import RPCError

from activities.ports import CaseFile
from contract.search_attributes import CASE_PHASE
from policy.vocabulary import Clause, Outcome, Phase, RequestKind
from runtime.clock import BusinessClock
from runtime.services import Services
from runtime.settings import Settings
from starter.clock import let_pass
from starter.machines import machine_of
from starter.samples import SampleEmergency, SampleRequest, emergency_mail, sample_mail
from starter.tour.letters import Letterbox, Received
from starter.tour.narration import Narrator

#: How long any single thing may take before the tour gives up, in seconds of real time: longer than Temporal waits
#: for a step whose worker was killed.
PATIENCE_SECONDS = 90.0
_LOOK_AGAIN_SECONDS = 0.05
_REFERENCE = re.compile(r"DP-\d{4}-\d{6,}")
#: A day of the tour is looked at when the hour in which the tour began has passed, so that all clocks started in that
#: hour have run out.
_HOUR = timedelta(hours=1)

T = TypeVar("T")


class Deviation(Exception):
    """Something did not come out as told. The message says what was expected."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a story's case ended, as the story tells it."""

    ref: str
    kind: RequestKind
    story: str
    outcome: Outcome


@dataclass
class World:
    """The tour's stack as its people meet it. `began_at` is day 0, in business time (UTC)."""

    settings: Settings
    services: Services
    client: Client
    clock: BusinessClock
    narrator: Narrator
    folder: Path
    began_at: datetime
    endings: list[Ending] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.letterbox = Letterbox(self.settings.state_dir / "mail")
        self._sent = 0

    # Time

    def date(self, day: int) -> date:
        """The date of a day of the tour; its first instant lies before that day is looked at."""
        return (self.began_at + timedelta(days=day)).date()

    async def wait_for_day(self, day: int) -> None:
        """Let time pass for everything at once, until a day of the tour."""
        if day > 0:
            await let_pass(self.client, self.clock, self.began_at + timedelta(days=day) + _HOUR - self.clock.now())
        self.narrator.heading(f"Day {day}, {self.clock.now():%d %B %Y}")

    async def until(self, expected: str, look: Callable[[], Awaitable[T | None]]) -> T:
        """What `look` finds, as soon as it finds it. A server that is away meanwhile is waited for too.

        Raises:
            Deviation: it was not found in time.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                found = await look()
            except (DBAPIError, RPCError, OSError):
                found = None
            if found is not None:
                return found
            if time.monotonic() > deadline:
                raise Deviation(f"expected {expected}, and it did not happen within {PATIENCE_SECONDS:.0f} seconds")
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    # Mail in both directions

    async def ready(self) -> None:
        """Wait until mail is taken; the servers of a stack come up one after the other."""

        async def look() -> bool | None:
            async with self._relay():
                return True

        await self.until("mail to be taken", look)

    async def send(self, request: SampleRequest | SampleEmergency) -> bytes:
        """Send a request by SMTP, as an agency's server would, and keep it among the tour's results."""
        if isinstance(request, SampleEmergency):
            name, mail = "emergency", emergency_mail(request)
        else:
            name, mail = request.process.value, await asyncio.to_thread(sample_mail, request)
        self._sent += 1
        (self.folder / "sent" / f"{self._sent:02}-{name}.eml").write_bytes(mail)
        await self.send_raw(mail, request.sender)
        return mail

    async def send_raw(self, mail: bytes, sender: str) -> None:
        """Send a message as it is; returns when it was answered 250."""
        async with self._relay() as relay:
            await relay.sendmail(sender, [self.settings.intake_address], mail)

    def _relay(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(hostname=self.settings.smtp_intake_host, port=self.settings.smtp_intake_port)

    async def acknowledged(self, mail: bytes) -> str:
        """The reference that the letter answering this mail gives (S1)."""
        message_id = str(message_from_bytes(mail)["Message-ID"])

        async def look() -> Received | None:
            answers = (letter for letter in self.letterbox.all() if letter.in_reply_to == message_id)
            return next((letter for letter in answers if letter.subject.startswith("Received: ")), None)

        letter = await self.until("an acknowledgement by mail (S1)", look)
        named = _REFERENCE.search(letter.subject)
        self.require(named is not None, "an acknowledgement that gives a reference")
        ref = named.group() if named else ""
        await self.say(ref, f"acknowledged by mail to {letter.to}", Clause.S1)
        return ref

    async def letter(self, ref: str, begins: str, to: str | None = None) -> Received:
        """A letter of a case, by the beginning of its subject; waits until it is there."""

        async def look() -> Received | None:
            return self.letterbox.find(ref, begins, to)

        return await self.until(f"a letter {begins!r} in {ref}", look)

    async def certificate(self, ref: str) -> str:
        """Keep the certificate of destruction that comes when a hold has ended (P3); returns where."""
        letter = await self.letter(ref, "Preservation ended")
        self.require(len(letter.attachments) == 1, f"one certificate of destruction in the letter of {ref}")
        name, pdf = next(iter(letter.attachments.items()))
        (self.folder / "certificates" / name).write_bytes(pdf)
        return f"certificates/{name}"

    # The record

    async def case(self, ref: str) -> CaseFile:
        """The case as the record has it now."""
        return await self.services.casebook.case(ref)

    async def reaches(self, ref: str, expected: str, holds: Callable[[CaseFile], bool]) -> CaseFile:
        """The case as soon as this holds of it."""

        async def look() -> CaseFile | None:
            case = await self.case(ref)
            return case if holds(case) else None

        return await self.until(f"{ref}: {expected}", look)

    async def in_phase(self, ref: str, phase: Phase) -> CaseFile:
        """The case as soon as its machine shows this phase to operators: then it hears what belongs there."""

        async def look() -> CaseFile | None:
            case = await self.case(ref)
            machine = await self.client.get_workflow_handle(machine_of(case)).describe()
            return case if machine.typed_search_attributes.get(CASE_PHASE) == phase.value else None

        return await self.until(f"{ref} to be in {phase}", look)

    async def ends(self, ref: str, story: str, outcome: Outcome) -> CaseFile:
        """The closed case; its outcome must be this one."""
        case = await self.reaches(ref, f"to end as {outcome}", lambda case: case.outcome is not None)
        self.require(case.outcome is outcome, f"{ref} to end as {outcome}, not as {case.outcome}")
        self.endings.append(Ending(ref, case.kind, story, outcome))
        await self.say(ref, f"closed: {outcome.value.replace('_', ' ')}", at=case.events[-1].at)
        return case

    # Telling

    async def say(self, ref: str, text: str, *clauses: Clause, at: datetime | None = None) -> None:
        """Narrate a step; `at` where the record knows better than the clock when it happened."""
        await self.narrator.step(at or self.clock.now(), ref, text, *clauses)

    def require(self, holds: bool, expected: str) -> None:
        """Go on only if this is so.

        Raises:
            Deviation: it is not.
        """
        if not holds:
            raise Deviation(f"expected {expected}")
