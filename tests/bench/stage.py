"""The stage: the embedded stack on free ports, people with keys on the roster, and requests ready to be started."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

import worker as worker_module
from contract.ids import request_id
from contract.messages import CaseResult, RequestInput
from contract.search_attributes import CASE_KIND, REGISTRY
from intake.message import fingerprint, read_message
from intake.reading import MessageReading
from ledger.mailroom import Mailroom
from policy.book import current_book
from policy.facts import Fact, FactField, Source, SourceKind
from policy.request import request_facts
from policy.scope import scope_of
from policy.statements import Ruling, SignedStatement, Verdict
from policy.vocabulary import Phase, RequestKind
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.embedded.ports import free_port
from runtime.embedded.stack import Child, EmbeddedStack
from runtime.services import Services, open_services
from runtime.settings import Settings
from starter.migrate import prepare
from starter.samples import SampleProcess, SampleRequest, sample_mail
from tests.bench.bare import BARE_QUEUE, BareRequest
from tests.bench.people import People
from tests.bench.waiting import AT_ONCE, at_once, until_answers
from workflows.request import RequestWorkflow

_PORTS = ("postgres_port", "temporal_port", "web_ui_port", "smtp_intake_port", "smtp_relay_port", "pages_port")
#: What the directory adds to the facts that are read in these mails.
_COUNTRY = Fact(field=FactField.AGENCY_COUNTRY, value="US", source=Source(kind=SourceKind.DIRECTORY))
_START = [sys.executable, "-m", "starter", "serve"]


def own_settings(state_dir: Path) -> Settings:
    """Settings of a stack of one's own: free ports and a movable clock."""
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
    _readings: dict[str | None, MessageReading] = field(default_factory=dict)

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
        silence = "90 days" if gagged else None
        return await at_once([self._product_job(self.mail(silence), silence) for _ in range(n)], 8)

    async def _product_job(self, raw: bytes, silence: str | None) -> Job:
        mailroom, now = Mailroom(self.services.engine), self.clock.now()
        message_id, _ = await mailroom.receive(fingerprint(raw), await self.services.store.put(raw), now)
        reading = self._readings.get(silence) or await self._read(raw, silence)
        await mailroom.read(message_id, reading)
        ref = await mailroom.open_case(message_id, RequestKind.DISCLOSURE, current_book().edition, now)
        scope = scope_of(ref, request_facts((*reading.facts, _COUNTRY))).digest()
        return self._job(ref, scope, current_book().edition, now, bare=False)

    async def _read(self, raw: bytes, silence: str | None) -> MessageReading:
        """Read one mail for all that say the same: how long reading takes is not what is measured with these."""
        read = await asyncio.to_thread(read_message, raw)
        for attachment in read.attachments.values():
            await self.services.store.put(attachment)
        return self._readings.setdefault(silence, read.reading)

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
        running = [workflow async for workflow in self.client.list_workflows("ExecutionStatus = 'Running'")]
        await at_once([self._terminate(workflow.id) for workflow in running], AT_ONCE)
        async with asyncio.timeout(60):
            while (await self.client.count_workflows("ExecutionStatus = 'Running'")).count:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.1)

    async def _terminate(self, workflow_id: str) -> None:
        try:
            await self.client.get_workflow_handle(workflow_id).terminate()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # It ended since the lists were written.
                raise

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
        await until_answers(settings.smtp_relay_port)
        yield Stage(settings, stack, services, await connect(settings), people, clock)
