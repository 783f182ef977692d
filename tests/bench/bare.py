"""The yardstick: bare Temporal workflows of the same shape as a produced subpoena, with activities that do nothing.

The same commands in the same order, the same models through the same converter, the same worker settings. What the
product takes beyond this is the law, the ledger, the letters and the mail.
"""

from datetime import UTC, datetime, timedelta

from temporalio import activity, workflow
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from contract.messages import (
        Assessment,
        CaseResult,
        CloseStep,
        DecideInput,
        NoticeInput,
        NoticeResult,
        NoticeStep,
        RequestInput,
        SnapshotResult,
        Step,
    )
    from contract.search_attributes import CASE_DEADLINE, CASE_JURISDICTION, CASE_KIND, CASE_PHASE, CASE_QUEUE
    from policy.orders import OWN, Order
    from policy.statements import Ruling, SignedStatement, Verdict
    from policy.vocabulary import Jurisdiction, LegalProcess, Outcome, Phase, Queue, RequestKind
    from workflows.machine import RETRY, STEP_TIMEOUT

BARE_QUEUE = "bare"
GAG_DAYS = 90


@activity.defn
async def receive(_step: Step) -> Assessment:
    return Assessment(missing=(), process=LegalProcess.SUBPOENA, jurisdiction=Jurisdiction.US, scope="0" * 64)


@activity.defn
async def post(_step: Step) -> None:
    return


@activity.defn
async def decide(question: DecideInput) -> Ruling:
    verdict, scope = question.signed.statement.verdict, question.signed.statement.scope
    return Ruling(accepted=True, verdict=verdict, approvals=1, approvals_needed=1, scope=scope)


@activity.defn
async def copy_approved(_step: Step) -> SnapshotResult:
    return SnapshotResult(accounts=(1,), records=30)


@activity.defn
async def produce(_step: Step) -> None:
    return


@activity.defn
async def close(_step: CloseStep) -> None:
    return


@activity.defn
async def tell(_step: NoticeStep) -> None:
    return


ACTIVITIES = (receive, post, decide, copy_approved, produce, close, tell)


def _show(phase: Phase, queue: Queue, deadline: datetime | None = None) -> None:
    workflow.upsert_search_attributes(
        [
            CASE_PHASE.value_set(phase.value),
            CASE_KIND.value_set(RequestKind.DISCLOSURE.value),
            CASE_QUEUE.value_set(queue.value),
            CASE_JURISDICTION.value_set(Jurisdiction.OTHER.value),
            CASE_DEADLINE.value_set(deadline) if deadline else CASE_DEADLINE.value_unset(),
        ]
    )


@workflow.defn
class BareNotice:
    """The notice of one account: two activities and one timer; under a gag, the gag's timer before them."""

    @workflow.run
    async def run(self, notice: NoticeInput) -> NoticeResult:
        step = NoticeStep(ref=notice.ref, n=notice.n, step=f"tell-{notice.n}", at=notice.at)
        if notice.silence:
            await workflow.execute_activity(
                tell, step, start_to_close_timeout=STEP_TIMEOUT, retry_policy=RETRY, summary="record the delay"
            )
            _show(Phase.GAGGED, Queue.CLOCK, notice.silence[0].until)
            await workflow.sleep(timedelta(days=GAG_DAYS), summary="the gag ends")
        _show(Phase.NOTICE, Queue.MACHINE)
        await workflow.execute_activity(
            tell, step, start_to_close_timeout=STEP_TIMEOUT, retry_policy=RETRY, summary="tell the user"
        )
        posted = Step(ref=notice.ref, step=step.step, at=notice.at, policy=notice.policy)
        await workflow.execute_activity(
            post, posted, start_to_close_timeout=STEP_TIMEOUT, retry_policy=RETRY, summary="send the notice"
        )
        told_at = workflow.now()
        if not notice.silence:
            _show(Phase.OBJECTION_WINDOW, Queue.CLOCK, told_at + timedelta(days=30))
            await workflow.sleep(timedelta(days=30), summary="the objection window closes")
        _show(Phase.CLOSED, Queue.NONE)
        return NoticeResult(told_at=told_at, ended_at=workflow.now())


@workflow.defn
class BareRequest:
    """Six remote activities, two updates with a local activity each, one child workflow, seven upserts."""

    @workflow.init
    def __init__(self, request: RequestInput) -> None:
        self._request = request
        self._rulings: list[Ruling] = []
        self._taken = 0

    @workflow.update
    async def decide(self, signed: SignedStatement) -> Ruling:
        self._taken += 1
        ruling = await workflow.execute_local_activity(
            decide,
            DecideInput(
                signed=signed,
                step=f"decision-{self._taken}",
                ref=self._request.ref,
                phase=Phase.VERIFICATION,
                at=workflow.now(),
            ),
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RETRY,
            summary="rule on a signed statement",
        )
        self._rulings.append(ruling)
        return ruling

    @workflow.update
    async def nothing(self, signed: SignedStatement) -> Ruling:
        """The no-op update: takes the same statement, answers at once, and lets the story go on."""
        ruling = Ruling(accepted=True, verdict=signed.statement.verdict)
        self._rulings.append(ruling)
        return ruling

    @workflow.run
    async def run(self, request: RequestInput) -> CaseResult:
        _show(Phase.RECEIVED, Queue.MACHINE)
        await workflow.execute_activity(
            receive, self._step("receive"), start_to_close_timeout=STEP_TIMEOUT, retry_policy=RETRY, summary="read"
        )
        await self._post("receive")
        _show(Phase.VERIFICATION, Queue.VERIFIER)
        await self._ruled(Verdict.AUTHENTIC)
        _show(Phase.LEGAL_REVIEW, Queue.REVIEWER)
        await self._ruled(Verdict.APPROVE)
        _show(Phase.NOTICE, Queue.MACHINE)
        copied = await workflow.execute_activity(
            copy_approved, self._step("copy-1"), start_to_close_timeout=STEP_TIMEOUT, retry_policy=RETRY, summary="copy"
        )
        gagged = request.policy.endswith("gagged")
        notice = await workflow.start_child_workflow(
            BareNotice.run,
            NoticeInput(
                ref=request.ref,
                n=copied.accounts[0],
                at=workflow.now(),
                policy=request.policy,
                silence=(Order(n=OWN, until=workflow.now() + timedelta(days=GAG_DAYS)),) if gagged else (),
                response_due=datetime(2030, 1, 1, tzinfo=UTC).date(),
            ),
            id=f"bare-notice/{request.ref}/1",
            parent_close_policy=ParentClosePolicy.ABANDON,
            static_summary=f"{request.ref} notice 1",
        )
        if not gagged:
            _show(Phase.OBJECTION_WINDOW, Queue.CLOCK, workflow.now())
            await notice
        _show(Phase.PRODUCTION, Queue.MACHINE)
        await workflow.execute_activity(
            produce, self._step("produce"), start_to_close_timeout=STEP_TIMEOUT, retry_policy=RETRY, summary="produce"
        )
        await self._post("produce")
        ended = CloseStep(ref=request.ref, at=workflow.now(), policy=request.policy, outcome=Outcome.PRODUCED)
        await workflow.execute_activity(
            close, ended, start_to_close_timeout=STEP_TIMEOUT, retry_policy=RETRY, summary="close the case"
        )
        _show(Phase.CLOSED, Queue.NONE)
        return CaseResult(ref=request.ref, outcome=Outcome.PRODUCED)

    async def _ruled(self, verdict: Verdict) -> None:
        await workflow.wait_condition(lambda: any(ruling.verdict is verdict for ruling in self._rulings))

    async def _post(self, step: str) -> None:
        await workflow.execute_activity(
            post, self._step(step), start_to_close_timeout=STEP_TIMEOUT, retry_policy=RETRY, summary="send the letters"
        )

    def _step(self, name: str) -> Step:
        return Step(ref=self._request.ref, step=name, at=workflow.now(), policy=self._request.policy)


WORKFLOWS = (BareRequest, BareNotice)
