"""Everybody outside the product: the officers who write, the people who decide, and time, which passes.

All of it follows the record, so that whatever a kill prevented is simply done again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import aiosmtplib
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import RPCTimeoutOrCancelledError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities.ports import CaseFile
from contract.signing import sign
from intake.message import fingerprint
from policy.statements import SignedStatement, Verdict
from policy.vocabulary import Phase
from runtime.embedded.ports import LOOPBACK
from starter.command import Trouble
from starter.desk import deliver
from starter.machines import machine_of
from starter.mailroom import MailDesk
from tests.bench.stage import Stage
from tests.bench.waiting import at_once
from tests.soak.killer import Killer
from tests.soak.plan import Kind, Planned, extension_of

R = TypeVar("R")

log = logging.getLogger(__name__)

#: What a killed server looks like from outside.
OUTAGE = (
    RPCError,
    RPCTimeoutOrCancelledError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    SQLAlchemyError,
    OSError,
    Trouble,
    aiosmtplib.SMTPException,
    RuntimeError,
)
#: Past every window, warning, and end of a gag or a hold, extended ones last; then on until all is over.
_DAYS = (31, 61, 90)
_MORE_DAYS = 7
_AT_WORK = frozenset({Phase.RECEIVED, Phase.NOTICE, Phase.PRODUCTION})
_PATIENCE_SECONDS = 15.0


@dataclass
class Caretaker:
    """Takes the planned requests through their lives."""

    stage: Stage
    folder: Path
    planned: Sequence[Planned]
    killer: Killer
    limit_seconds: float
    _desk: MailDesk = field(init=False)
    _refs: dict[str, str] = field(default_factory=dict)
    _extended: dict[str, bytes] = field(default_factory=dict)
    _forged: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._desk = MailDesk(self.stage.services, self.stage.clock, self.stage.settings.task_queue)

    async def run(self) -> None:
        """Until every case is over, or the time limit."""
        try:
            async with asyncio.timeout(self.limit_seconds):
                await at_once(
                    [self._hand_in((self.folder / "sent" / each.mail).read_bytes()) for each in self.planned], 4
                )
                await self._tend_until_quiet()
                days = list(_DAYS)
                while not await _through(self._is_over):
                    await self._let_pass(timedelta(days=days.pop(0) if days else _MORE_DAYS))
                    await self._tend_until_quiet()
        except TimeoutError:
            log.warning("the time limit of %.0f s came first", self.limit_seconds)

    async def _hand_in(self, raw: bytes) -> None:
        """Send a mail as any mail server does: again and again until it is answered 250."""

        async def send() -> None:
            await aiosmtplib.send(
                raw,
                sender="officer@police.springfield.gov.example",
                recipients=[self.stage.settings.intake_address],
                hostname=LOOPBACK,
                port=self.stage.settings.smtp_intake_port,
                start_tls=False,
            )

        await _through(send)

    async def _tend_until_quiet(self) -> None:
        """Do what people owe, until they owe nothing and no machine is at work, or one seems stuck for now."""
        quiet_since = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() - quiet_since < _PATIENCE_SECONDS:
            cases = await _through(self._cases)
            owed = [work for planned, case in cases if (work := self._owed(planned, case))]
            if owed:
                quiet_since = asyncio.get_running_loop().time()
                await at_once([_attempt(work) for work in owed], 8)
            elif len(cases) == len(self.planned) and not any(case.phase in _AT_WORK for _, case in cases):
                return
            await asyncio.sleep(0.2)

    async def _cases(self) -> list[tuple[Planned, CaseFile]]:
        found = []
        for planned in self.planned:
            if planned.mail not in self._refs:
                raw = (self.folder / "sent" / planned.mail).read_bytes()
                if ref := await self._desk.case_of(fingerprint(raw)):
                    self._refs[planned.mail] = ref
            if ref := self._refs.get(planned.mail):
                found.append((planned, await self.stage.services.casebook.case(ref)))
        return found

    def _owed(self, planned: Planned, case: CaseFile) -> Callable[[], Awaitable[None]] | None:
        """What somebody has to do for this case now."""
        if case.outcome is not None:
            return None
        if planned.kind is Kind.EXTENDED_PRESERVATION and case.hold is not None and not case.hold.extended:
            return lambda: self._extend(planned, case)
        said = {d.signed.statement.verdict for d in case.decisions if d.accepted}
        if case.phase is Phase.VERIFICATION and Verdict.AUTHENTIC not in said and not case.missing:
            return lambda: self._say(case, "verifier", Verdict.AUTHENTIC)
        if case.phase is not Phase.LEGAL_REVIEW:
            return None
        if planned.kind is Kind.REJECTED:
            return lambda: self._forge_then_reject(case)
        if case.approved is not None and len(case.approved_by) == planned.approvals:
            return None
        given = sum(d.accepted and d.signed.statement.verdict is Verdict.APPROVE for d in case.decisions)
        if given < planned.approvals:
            return lambda: self._say(case, ("reviewer", "second")[given], Verdict.APPROVE)
        return None

    async def _say(self, case: CaseFile, who: str, verdict: Verdict) -> None:
        await self._deliver(case, self.stage.people.on(case, who, verdict, self.stage.clock.now()))

    async def _forge_then_reject(self, case: CaseFile) -> None:
        """Somebody who reaches Temporal approves in the reviewer's name; then the reviewer rejects."""
        if case.ref not in self._forged:
            genuine = self.stage.people.on(case, "reviewer", Verdict.APPROVE, self.stage.clock.now())
            forged = sign(genuine.statement, Ed25519PrivateKey.generate())
            await self._deliver(case, forged)
            self._forged.add(case.ref)
        await self._say(case, "reviewer", Verdict.REJECT)

    async def _deliver(self, case: CaseFile, signed: SignedStatement) -> None:
        await deliver(self.stage.client, machine_of(case), signed)

    async def _extend(self, planned: Planned, case: CaseFile) -> None:
        if case.ref in self._extended:
            return
        raw = extension_of(case.ref, planned, self.stage.clock.now())
        (self.folder / "sent" / f"extension-{case.ref}.eml").write_bytes(raw)
        await self._hand_in(raw)
        self._extended[case.ref] = raw

    async def _let_pass(self, span: timedelta) -> None:
        """Move the clock, then every open machine by as much, several at a time."""
        self.killer.time_passes.set()
        self.stage.clock.advance_to(self.stage.clock.now() + span)
        skipper = TimeSkipper(self.stage.client, config=TimeSkippingConfig(enabled=False))

        async def running() -> list[str]:
            return [w.id async for w in self.stage.client.list_workflows("ExecutionStatus = 'Running'")]

        async def skip(workflow_id: str) -> None:
            handle = self.stage.client.get_workflow_handle(workflow_id)
            await _attempt(lambda: skipper.fast_forward(handle, span))

        await at_once([skip(workflow_id) for workflow_id in await _through(running)], 16)
        self.killer.time_passes.clear()

    async def _is_over(self) -> bool:
        running = await self.stage.client.count_workflows("ExecutionStatus = 'Running'")
        return running.count == 0 and all(case.outcome is not None for _, case in await self._cases())


async def _attempt(work: Callable[[], Awaitable[object]]) -> None:
    """Do it; if a server is down just now, the record will say what is still owed."""
    try:
        await work()
    except OUTAGE as error:
        log.info("%s: to be tried again", type(error).__name__)


async def _through(work: Callable[[], Awaitable[R]]) -> R:
    """Do it, again and again until no outage prevents it."""
    while True:
        try:
            return await work()
        except OUTAGE as error:
            log.info("%s: trying again", type(error).__name__)
            await asyncio.sleep(0.5)
