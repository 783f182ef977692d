"""The stage: the embedded stack on free ports, people with keys on the roster, and requests ready to be started."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy

import worker as worker_module
from activities.ports import CaseFile
from contract.ids import request_id
from contract.messages import CaseResult, RequestInput
from contract.search_attributes import CASE_KIND, REGISTRY
from contract.signing import public_key_of, sign
from intake.message import fingerprint, read_message
from ledger.mailroom import Mailroom
from ledger.roster import Roster
from policy.book import CURRENT_VERSION
from policy.decisions import Check, Ruling, SignedStatement, Statement, Verdict
from policy.request import request_facts
from policy.scope import scope_of
from policy.vocabulary import Clause, Phase, RequestKind, Role
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.embedded.ports import free_port
from runtime.embedded.stack import Child, EmbeddedStack
from runtime.services import Services, open_services
from runtime.settings import Settings
from starter.desk import nonce
from starter.migrate import prepare
from starter.samples import SampleProcess, SampleRequest, sample_mail
from tests.bench.bare import BARE_QUEUE, BareRequest
from workflows.request import RequestWorkflow

_PORTS = ("postgres_port", "temporal_port", "web_ui_port", "smtp_intake_port", "smtp_relay_port", "pages_port")
#: How many of a thing the driver does at once.
AT_ONCE = 16
T = TypeVar("T")
_START = [sys.executable, "-m", "starter", "serve"]


def own_settings(state_dir: Path) -> Settings:
    """Settings of a stack of one's own: free ports, a movable clock, nothing from the environment's `.env`."""
    ports = {name: free_port() for name in _PORTS}
    return Settings.model_validate({"state_dir": state_dir, "clock_file": state_dir / "clock", **ports})


def bench_stack(settings: Settings) -> EmbeddedStack:
    """The product's stack without its intake, which would start what is prepared here; with the bare worker."""
    return EmbeddedStack(
        settings,
        search_attributes=REGISTRY,
        children=[
            Child("pages", [*_START, "pages", "--sink"]),
            Child("worker", [sys.executable, str(Path(worker_module.__file__))]),
            Child("bare", [sys.executable, "-m", "tests.bench.bare_worker"]),
        ],
        prepare=prepare,
    )


class People:
    """One verifier and two reviewers, whose keys are on the roster."""

    def __init__(self) -> None:
        self._keys = {role: Ed25519PrivateKey.generate() for role in ("verifier", "reviewer", "second")}
        self._ids: dict[str, str] = {}

    async def enlist(self, services: Services, now: datetime) -> None:
        roster = Roster(services.engine)
        for name, key in self._keys.items():
            roles = [Role.VERIFIER if name == "verifier" else Role.REVIEWER]
            self._ids[name] = (await roster.add(name, public_key_of(key), roles, now)).id

    def sign(self, who: str, verdict: Verdict, ref: str, scope: str, at: datetime) -> SignedStatement:
        statement = Statement(
            ref=ref,
            by=self._ids[who],
            verdict=verdict,
            scope=scope,
            checks=(Check.SIGNATURE_SEEN,) if verdict is Verdict.AUTHENTIC else (),
            grounds=(Clause.R3,) if verdict is Verdict.REJECT else (),
            at=at,
            nonce=nonce(),
        )
        return sign(statement, self._keys[who])

    def on(self, case: CaseFile, who: str, verdict: Verdict, at: datetime) -> SignedStatement:
        """A statement about the case as the record has it now."""
        scope = scope_of(case.ref, request_facts(case.facts), case.review).digest()
        return self.sign(who, verdict, case.ref, scope, at)


@dataclass(frozen=True, slots=True)
class Job:
    """One request that waits to be started, with the two statements that will move it on."""

    bare: bool
    ref: str
    input: RequestInput
    authentic: SignedStatement
    approve: SignedStatement

    @property
    def workflow_id(self) -> str:
        return f"bare/{self.ref}" if self.bare else request_id(self.ref)


@dataclass
class Stage:
    """Everything that a figure is measured with."""

    settings: Settings
    stack: EmbeddedStack
    services: Services
    client: Client
    people: People
    clock: BusinessClock
    _numbers: Iterator[int] = field(default_factory=count)

    def mail(self, silence: str | None = None) -> bytes:
        """A new subpoena as mail: always another message, with the same document."""
        noon = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        since = noon.date().replace(month=1, day=1) - timedelta(days=60)
        request = SampleRequest(
            process=SampleProcess.SUBPOENA,
            identifiers=(("User email", "saoirse.penn@example.com"),),
            since=since,
            until=since + timedelta(days=300),
            silence=silence,
            response_due=noon.date() + timedelta(days=30),
            dated=noon,
        )
        return sample_mail(replace(request, dated=noon + timedelta(seconds=next(self._numbers))))

    async def jobs(self, n: int, *, bare: bool, gagged: bool = False) -> list[Job]:
        """Requests whose mail has been kept and read; for bare ones only their input and statements."""
        if bare:
            return [self._bare_job(gagged=gagged) for _ in range(n)]
        return await at_once([self._product_job(self.mail("90 days" if gagged else None)) for _ in range(n)], 8)

    async def _product_job(self, raw: bytes) -> Job:
        mailroom, now = Mailroom(self.services.engine), self.clock.now()
        read = await asyncio.to_thread(read_message, raw)
        message = await self.services.store.put(raw)
        for attachment in read.attachments.values():
            await self.services.store.put(attachment)
        message_id, _ = await mailroom.receive(fingerprint(raw), message, now)
        await mailroom.read(message_id, read.reading)
        ref = await mailroom.open_case(message_id, RequestKind.DISCLOSURE, CURRENT_VERSION, now)
        scope = scope_of(ref, request_facts(read.reading.facts)).digest()
        return self._job(ref, scope, CURRENT_VERSION, now, bare=False)

    def _bare_job(self, *, gagged: bool) -> Job:
        ref = f"DP-2026-9{next(self._numbers):05}"
        return self._job(ref, "0" * 64, "2026-11-gagged" if gagged else "2026-11", self.clock.now(), bare=True)

    def _job(self, ref: str, scope: str, policy: str, now: datetime, *, bare: bool) -> Job:
        return Job(
            bare=bare,
            ref=ref,
            input=RequestInput(ref=ref, received_at=now, policy=policy),
            authentic=self.people.sign("verifier", Verdict.AUTHENTIC, ref, scope, now),
            approve=self.people.sign("reviewer", Verdict.APPROVE, ref, scope, now),
        )

    async def start(self, job: Job) -> None:
        """Start the job's workflow as the mailroom does."""
        await self.client.start_workflow(
            BareRequest.run if job.bare else RequestWorkflow.run,
            job.input,
            id=job.workflow_id,
            task_queue=BARE_QUEUE if job.bare else self.settings.task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=TypedSearchAttributes([SearchAttributePair(CASE_KIND, "disclosure")]),
            static_summary=f"{job.ref} request for data",
        )

    def handle(self, job: Job) -> WorkflowHandle[RequestWorkflow, CaseResult]:
        return self.client.get_workflow_handle_for(RequestWorkflow.run, job.workflow_id)

    async def state(self, job: Job, verdict: Verdict, update: str = "decide") -> None:
        """Bring the job's statement to its workflow, which must accept it."""
        await self.bring(job.workflow_id, job.authentic if verdict is Verdict.AUTHENTIC else job.approve, update)

    async def bring(self, workflow_id: str, signed: SignedStatement, update: str = "decide") -> None:
        """Bring a statement to a workflow, which must accept it."""
        handle = self.client.get_workflow_handle(workflow_id)
        ruling: Ruling = await handle.execute_update(update, signed, result_type=Ruling)
        if not ruling.accepted:
            raise RuntimeError(f"{workflow_id}: {signed.statement.verdict} was refused: {ruling.sentence}")

    async def until_phase(self, jobs: Sequence[Job], phase: Phase) -> None:
        """Wait until all these jobs, and no others of their kind, stand in the phase."""
        await self.until_lists(BARE_QUEUE if jobs[0].bare else self.settings.task_queue, phase, len(jobs))

    async def until_lists(self, queue: str, phase: Phase, n: int) -> None:
        """Wait until the server's lists show so many workflows of the queue in the phase."""
        query = f"TaskQueue = '{queue}' AND ExecutionStatus = 'Running' AND CasePhase = '{phase.value}'"
        async with asyncio.timeout(300):
            while (await self.client.count_workflows(query)).count < n:  # noqa: ASYNC110 - lists tell nobody
                await asyncio.sleep(0.05)

    async def finish(self, jobs: Sequence[Job]) -> None:
        """Wait for the jobs' ends."""
        await asyncio.gather(*(self.handle(job).result() for job in jobs))

    async def clear(self) -> None:
        """Terminate whatever still runs, so that the next figure begins with an empty house."""
        running = [w async for w in self.client.list_workflows("ExecutionStatus = 'Running'")]
        await at_once([self.client.get_workflow_handle(w.id).terminate() for w in running], AT_ONCE)
        async with asyncio.timeout(60):
            while (await self.client.count_workflows("ExecutionStatus = 'Running'")).count:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.1)

    async def restart(self, name: str) -> int:
        """Kill a child with SIGKILL and wait until the supervisor has brought it back; its new process id."""
        old = self.stack.pids[name]
        os.kill(old, signal.SIGKILL)
        async with asyncio.timeout(30):
            while self.stack.pids.get(name, old) == old:  # noqa: ASYNC110 - the supervisor tells nobody
                await asyncio.sleep(0.02)
        return self.stack.pids[name]


@asynccontextmanager
async def on_stage(settings: Settings, stack: EmbeddedStack) -> AsyncIterator[Stage]:
    """The stage of a stack that runs."""
    clock = BusinessClock(settings.clock_file)
    async with open_services(settings) as services:
        people = People()
        await people.enlist(services, clock.now())
        yield Stage(settings, stack, services, await connect(settings), people, clock)


async def at_once(work: Sequence[Awaitable[T]], limit: int = AT_ONCE) -> list[T]:
    """Await all of it, a few at a time; the results in order."""
    turn = asyncio.Semaphore(limit)

    async def one(task: Awaitable[T]) -> T:
        async with turn:
            return await task

    return list(await asyncio.gather(*(one(task) for task in work)))
