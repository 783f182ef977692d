"""A restriction of access: applied, told to the user, open to appeal, lifted at its end at the latest (X1 to X3)."""

import asyncio
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ChildWorkflowError
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.closing import Closing
    from activities.restricting import Restricting
    from contract.ids import restriction_id
    from contract.messages import (
        CaseResult,
        CloseStep,
        FactsChanged,
        LiftStep,
        MailArrived,
        NoticeInput,
        RestrictionInput,
    )
    from policy.statements import Ruling, SignedStatement, Verdict
    from policy.vocabulary import Outcome, Phase, Queue, RequestKind
    from workflows.board import show_restriction_frozen
    from workflows.desk import Desk, when_any
    from workflows.machine import Machine
    from workflows.notice import RunningNotice, start_notice


@workflow.defn
class RestrictionWorkflow:
    """One approved restriction, from the moment it is applied until access is as it was before."""

    @workflow.init
    def __init__(self, restriction: RestrictionInput) -> None:
        self._restriction = restriction
        self._machine = Machine(restriction.ref, RequestKind.RESTRICTION, restriction.at, restriction.policy)
        self._machine.jurisdiction = restriction.jurisdiction
        self._desk = Desk(self._machine, name="restriction-")
        self._orders: list[str] = []
        self._notices: list[asyncio.Task[None]] = []
        self._woken = False
        self._facts_changed = False
        self._frozen = False
        self._caught_up = False
        self._appealed = False
        self._looks = 0
        self._hearings = 0
        self._upheld = 0

    @workflow.update(description="A signed statement: lift ends the restriction, uphold answers an appeal against it.")
    async def decide(self, signed: SignedStatement) -> Ruling:
        """Rule on a signed statement and answer at once."""
        return await self._desk.take(signed)

    @workflow.signal(description="The same signed statement, for clients that can only signal.")
    async def decision(self, signed: SignedStatement) -> None:
        """The same as `decide`."""
        await self._desk.take(signed)

    @workflow.signal(description="The record may have an appeal: look.")
    def appealed(self) -> None:
        """The user appealed (X3). What they say is in the record."""
        self._woken = True

    @workflow.signal(description="The record has something new: mail that waits, or a sender that was blocked. Look.")
    def facts_changed(self, _change: FactsChanged) -> None:
        """Read from the record before it counts."""
        self._facts_changed = True

    @workflow.signal(description="A non-disclosure order was received, maybe before the notices began.")
    def gag_ordered(self, order: MailArrived) -> None:
        """Handed on to notices that are yet to begin; those that run are told by themselves (N2)."""
        self._orders.append(order.message_id)

    @workflow.query(description="What became of the latest signed statement.")
    def ruling(self) -> Ruling | None:
        """The latest ruling, accepted or refused."""
        return self._desk.last

    @workflow.run
    async def run(self, _restriction: RestrictionInput) -> CaseResult:
        """The whole life of the restriction."""
        self._machine.show(Phase.RESTRICTED, Queue.MACHINE, "the service to apply the restriction (X1)")
        applied = await self._machine.do(Restricting.apply, self._machine.step("restrict"), "apply the restriction")
        if not applied.accounts:
            return await self._close(Outcome.ACCOUNT_NOT_FOUND)
        await self._machine.post("restrict", "tell the agency that it is applied")
        for n in applied.accounts:
            await self._tell(n)
        ordered = await self._hold(applied.until)
        await self._lift(ordered)
        return await self._close(Outcome.RESTRICTION_LIFTED if ordered else Outcome.RESTRICTION_EXPIRED)

    async def _tell(self, n: int) -> None:
        """Start one account's notice, which waits out a gag by itself, and may outlive the restriction (X3, N2)."""
        notice = await start_notice(
            NoticeInput(
                ref=self._restriction.ref,
                n=n,
                at=self._machine.now(),
                policy=self._restriction.policy,
                silence=self._restriction.silence,
                jurisdiction=self._restriction.jurisdiction,
                kind=RequestKind.RESTRICTION,
                unread=tuple(self._orders),
            )
        )
        self._notices.append(asyncio.create_task(self._follow(notice)))

    async def _follow(self, notice: RunningNotice) -> None:
        """Where time is skipped, it is skipped for the notice, and this machine catches up with it."""
        try:
            result = await notice
        except ChildWorkflowError:
            return  # Ended from outside: `dueprocess verify` names it.
        self._machine.catch_up(result.ended_at)
        self._caught_up = True

    async def _hold(self, until: datetime) -> bool:
        """Keep the restriction until its end, and hear appeals meanwhile. True if a person lifted it before."""
        while True:
            self._show(until)
            self._caught_up = False
            heard = when_any(self._desk.waiting, lambda: self._woken or self._facts_changed, lambda: self._caught_up)
            if not await self._machine.until(heard, until, "the restriction ends"):
                return False
            ruling = self._desk.next()
            if ruling is not None and ruling.verdict in _LIFTS:
                return True
            if ruling is not None and ruling.verdict is Verdict.UPHOLD:
                await self._uphold()
            if self._facts_changed or (ruling is not None and ruling.verdict is Verdict.AUTHENTIC):
                await self._look()
            if self._woken:
                await self._hear()

    async def _look(self) -> None:
        """Ask the record what has become of the case: its sender may have been blocked, and nobody called (S1)."""
        self._facts_changed = False
        self._looks += 1
        standing = await self._machine.do(
            Restricting.look, self._machine.step(f"look-{self._looks}"), "see what the record has of the case now"
        )
        self._machine.mail_waits = standing.mail_waits
        if self._frozen and not standing.frozen:
            await self._machine.post_held("send what was held back from a blocked sender")
        self._frozen = standing.frozen

    async def _hear(self) -> None:
        """Ask the record whether an appeal is open (X3)."""
        self._woken = False
        self._hearings += 1
        self._appealed = await self._machine.do(
            Restricting.hear, self._machine.step(f"hear-{self._hearings}"), "see whether there is an appeal"
        )

    async def _uphold(self) -> None:
        """The restriction stays; the user is told why (X3)."""
        self._upheld += 1
        step = f"uphold-{self._upheld}"
        self._appealed = await self._machine.do(
            Restricting.uphold, self._machine.step(step), "answer the appeal: the restriction stays"
        )
        await self._machine.post(step, "send the answer to the appeal")

    async def _lift(self, ordered: bool) -> None:
        """Give access back, and say so to the agency and to the user."""
        self._machine.show(Phase.RESTRICTED, Queue.MACHINE, "the service to lift the restriction (X2)")
        step = LiftStep(ref=self._restriction.ref, step="lift", at=self._machine.now(), ordered=ordered)
        await self._machine.do(Restricting.lift, step, "lift the restriction")
        await self._machine.post(step.step, "tell the agency and the user that it is lifted")

    async def _close(self, outcome: Outcome) -> CaseResult:
        await self._machine.do(
            Closing.close,
            CloseStep(
                ref=self._restriction.ref, at=self._machine.now(), policy=self._restriction.policy, outcome=outcome
            ),
            "close the case in the record",
        )
        await self._machine.post("close", "tell the agency the outcome, where it has not been told")
        self._machine.show(Phase.CLOSED, Queue.NONE, "nothing", "`dueprocess show` has the whole record.")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return CaseResult(ref=self._restriction.ref, outcome=outcome)

    def _show(self, until: datetime) -> None:
        ref = self._restriction.ref
        if self._frozen:
            show_restriction_frozen(self._machine, until)
        elif self._appealed:
            self._machine.show(
                Phase.APPEALED,
                Queue.REVIEWER,
                "a reviewer who had no part in it to answer the user's appeal (X3)",
                f"`dueprocess review {ref} lift|uphold --as NAME`; `dueprocess show {ref}` has the appeal.",
                deadline=until,
            )
        else:
            self._machine.show(
                Phase.RESTRICTED,
                Queue.CLOCK,
                "the end of the restriction (X2)",
                f"`dueprocess review {ref} lift --as NAME` ends it now; `dueprocess appeal {ref}` records an appeal.",
                deadline=until,
            )


async def start_restriction(restriction: RestrictionInput) -> None:
    """Start the machine of an approved restriction; it lives on when the request has closed."""
    await workflow.start_child_workflow(
        RestrictionWorkflow.run,
        restriction,
        id=restriction_id(restriction.ref),
        parent_close_policy=ParentClosePolicy.ABANDON,
        static_summary=f"{restriction.ref} restriction",
    )


#: What gives access back before the restriction's end: a reviewer's word, or a verifier's that the agency never asked.
_LIFTS = frozenset({Verdict.LIFT, Verdict.NOT_AUTHENTIC})
