"""A request's life: receive, verify, review, tell the user, produce, close. One story, told by `run`."""

import asyncio
from datetime import datetime, timedelta
from typing import NoReturn

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.closing import Closing
    from activities.preserving import Preserving
    from activities.producing import Producing
    from activities.receiving import Receiving
    from activities.restricting import Restricting
    from contract.ids import notice_id, preservation_id
    from contract.messages import (
        Assessment,
        CaseResult,
        CloseStep,
        FactsChanged,
        FollowUpInput,
        MailArrived,
        NoticeInput,
        NoticeResult,
        RequestInput,
        RestrictionInput,
    )
    from policy.book import policy_book
    from policy.letters import Errand
    from policy.notice import objection_until
    from policy.patience import Asked
    from policy.request import Gag
    from policy.statements import Refusal, Ruling, SignedStatement, Verdict
    from policy.suspension import Pause
    from policy.vocabulary import Clause, Outcome, Phase, Queue, RequestKind
    from workflows.board import show_asked, show_objections, show_review, show_verification
    from workflows.desk import Desk, when_any
    from workflows.followup import start_follow_up
    from workflows.machine import Machine, wake
    from workflows.notice import RunningNotice, start_notice
    from workflows.paging import Pager, page
    from workflows.question import Question
    from workflows.restriction import start_restriction
    from workflows.silence import Silence
    from workflows.standstill import CLOCK_VERDICTS, stand_still
    from workflows.withdrawal import Withdrawal


@workflow.defn
class RequestWorkflow:
    """One government request for data, from the mail that brought it to its outcome."""

    @workflow.init
    def __init__(self, request: RequestInput) -> None:
        self._request = request
        self._machine = Machine(request.ref, request.kind, request.received_at, request.policy)
        self._desk = Desk(self._machine)
        self._emergency = request.kind is RequestKind.EMERGENCY
        self._pager = Pager(self._machine, request.policy)
        self._calling: asyncio.Task[None] | None = None
        self._facts_changed = False
        self._answered = False
        book = policy_book(request.policy)
        self._missing = Question(self._machine, Asked.MISSING_ITEMS, request.policy, book)
        self._question = Question(self._machine, Asked.QUESTION, request.policy, book)
        self._withdrawal = Withdrawal(self._machine)
        self._looks = 0
        self._questions = 0
        self._silence = Silence(self._machine)
        self._reviews = 1
        self._accounts: tuple[int, ...] = ()
        self._told: set[int] = set()
        self._windows: dict[int, RunningNotice] = {}
        self._authentic = False
        self._claim_announced = False
        self._secured = False
        self._assessment: Assessment | None = None

    # What people and mail can tell a request

    @workflow.update(description="A signed statement of a verifier or reviewer; answers what became of it.")
    async def decide(self, signed: SignedStatement) -> Ruling:
        """Rule on a signed statement and answer at once; an accepted one moves the case on."""
        return await self._rule(signed)

    @workflow.signal(description="The same signed statement, for clients that can only signal, such as the Web UI.")
    async def decision(self, signed: SignedStatement) -> None:
        """The same as `decide`; the ruling is in the record and in the query `ruling`."""
        await self._rule(signed)

    @workflow.signal(description="The record has new facts: look at the case again.")
    def facts_changed(self, change: FactsChanged) -> None:
        """A person amended facts, or a message of the agency brought some, maybe an order of silence."""
        self._facts_changed = True
        self._answered = self._answered or change.answers
        if change.message_id is not None:
            self._silence.hear(change.message_id)

    @workflow.signal(description="A message of the agency withdraws the request.")
    def withdrawal_arrived(self, arrived: MailArrived) -> None:
        """Read from the record before it counts (U2)."""
        self._withdrawal.hear(arrived.message_id)

    @workflow.query(description="What became of the latest signed statement.")
    def ruling(self) -> Ruling | None:
        """The latest ruling, accepted or refused."""
        return self._desk.last

    # The story

    @workflow.run
    async def run(self, _request: RequestInput) -> CaseResult:
        """The whole life of the request. It ends when its outcome is in the record, or another machine has taken the
        case over."""
        if self._emergency:
            self._calling = asyncio.create_task(self._pager.run())
        await self._receive()
        outcome = await self._carry_through()
        if self._emergency and outcome is Outcome.PRODUCED:
            await self._follow_up()
        if outcome is not None:
            await self._close(outcome)
        if self._calling is not None:
            self._pager.stop()
            await self._calling
        await workflow.wait_condition(workflow.all_handlers_finished)
        return CaseResult(ref=self._request.ref, outcome=outcome)

    async def _receive(self) -> None:
        """Facts from the mail into the record; the agency has its acknowledgement and hears what is missing (R1-R4)."""
        self._machine.show(Phase.RECEIVED, Queue.MACHINE, "the message to be read")
        step = self._machine.step("receive")
        self._assessment = await self._machine.do(Receiving.receive, step, "read the message into the record")
        await self._take_note()
        if self._known.asked:
            self._missing.ask(step.at)
        show_verification(self._machine, self._known, self._missing.until)
        await self._machine.post("receive", "acknowledge")
        if self._known.maybe_emergency:
            await page(self._machine, "page-unclear", Errand.UNCLEAR)
        self._chase()

    async def _carry_through(self) -> Outcome | None:
        """From verification to the outcome. If the sender is blocked on the way, the case begins with verification
        anew, and what was approved before counts no longer (S1)."""
        while True:
            try:
                return await self._verify() or await self._carry_out()
            except _FrozenError:
                self._authentic = False
                self._reviews += 1

    async def _verify(self) -> Outcome | None:
        """Wait until nothing is missing and a person has found the document genuine (S1, S2, R4).

        What is missing is asked for again; an agency that does not answer has its request closed (R1 to R4).
        """
        while not self._authentic or self._known.missing or self._known.frozen:
            show_verification(self._machine, self._known, self._missing.until)
            owed = self._known.missing and not self._known.frozen
            if not await self._hear(self._missing if owed else None):
                return Outcome.UNANSWERED
            await self._look_again()
            if self._withdrawal.made:
                return Outcome.WITHDRAWN
            ruling = self._desk.next()
            if _is(ruling, Verdict.AUTHENTIC):
                self._authentic = True
                # The record says whether a freeze is over, and whether a scan has been taken in (S1, S2).
                news = self._known.frozen or Clause.S2 in self._known.missing
                self._facts_changed = self._facts_changed or news
            if ruling and (outcome := _ENDS.get(ruling.verdict)):
                return outcome
            if self._authentic and self._known.claim_waits:
                self._facts_changed = True  # Found genuine, it may claim the hold that it names (P3).
            await self._look_again()
        return None

    async def _carry_out(self) -> Outcome | None:
        """What is asked for, once people have approved it. None: the case goes on in a machine of its own."""
        if self._request.kind is RequestKind.RESTRICTION:
            outcome = await self._review()
            if outcome is None:
                await self._restrict()
            return outcome
        return await self._decide_and_tell() or await self._produce()

    async def _decide_and_tell(self) -> Outcome | None:
        """Review, copy what was approved, tell the user; an objection brings the case back to review (N1)."""
        while True:
            if outcome := await self._review():
                return outcome
            if outcome := await self._copy():
                return outcome
            if self._emergency:
                return await self._stopped()  # At once, and nobody is told before (E1).
            objected = await self._tell()
            if outcome := await self._stopped():
                return outcome
            if not objected:
                return None
            await self._reopen()

    async def _review(self) -> Outcome | None:
        """Wait for the reviewers' answer. None means that a scope is approved (U1-U4, G3)."""
        asked = False
        while True:
            if asked:
                show_asked(self._machine, self._question.until)
            else:
                show_review(self._machine, self._desk.last, self._known.respond_by)
            if not await self._hear(self._question if asked else None):
                return Outcome.UNANSWERED
            asked = asked and not self._answered
            await self._look_again()
            if self._withdrawal.made:
                return Outcome.WITHDRAWN
            self._stop_if_frozen()
            ruling = self._desk.next()
            if ruling is None:
                continue
            if outcome := _ENDS.get(ruling.verdict):
                return outcome
            if ruling.verdict in (Verdict.APPROVE, Verdict.NARROW) and ruling.settled:
                return None
            refuses = self._silence.refused_by(ruling)
            self._silence.rule(ruling)
            if refuses:
                await self._silence.refuse()
            if _is(ruling, Verdict.ASK):
                asked = True
                await self._ask()

    async def _copy(self) -> Outcome | None:
        """Copy exactly what was approved, before anyone is told. None means that there is something to give."""
        self._machine.show(Phase.NOTICE, Queue.MACHINE, "the approved records to be copied")
        copied = await self._machine.do_long(
            Preserving.copy_approved,
            self._machine.step(f"copy-{self._reviews}"),
            "copy the approved records before anyone is told",
        )
        if copied.frozen:
            await self._stop_frozen()
        self._accounts = copied.accounts
        if not copied.accounts:
            return Outcome.ACCOUNT_NOT_FOUND
        return None if copied.records else Outcome.NO_RESPONSIVE_RECORDS

    async def _tell(self) -> bool:
        """Start each account's notice. Without a gag wait for every objection window (N1); True if anyone objected."""
        await self._stand_still()
        await self._look_again()  # A further order may have come while the records were copied (N2).
        self._stop_if_frozen()
        self._silence.let_lapse()  # What ended during the review: the user can object after all.
        if not self._known.tells_user:
            return False  # The issuing authority does (Regulation (EU) 2023/1543, art. 13).
        for n in [n for n in self._accounts if n not in self._told]:
            notice = await self._start_notice(n)
            self._told.add(n)
            if self._silence.gag is Gag.NONE:
                self._windows[n] = notice
        return bool(self._windows) and await self._hear_users()

    async def _hear_users(self) -> bool:
        """Wait for the objection windows that are open, also from before the sender was blocked; True if anyone
        objected."""
        until = objection_until(self._machine.now(), self._known.response_due, policy_book(self._request.policy))
        show_objections(self._machine, until)
        windows = asyncio.gather(*self._windows.values(), return_exceptions=True)
        while not (windows.done() or self._stop_waiting()):
            news = when_any(self._stop_waiting, self._clocks_stop, self._hears_of_facts)
            await workflow.wait_condition(when_any(windows.done, news))
            if pause := await self._stand_still():
                until = pause.put_off(until)
                show_objections(self._machine, until)
            await self._look_again()
            self._stop_if_frozen()
        if not windows.done():
            return False
        objected = False
        for n, result in zip(self._windows, windows.result(), strict=True):
            if isinstance(result, NoticeResult):
                self._machine.catch_up(result.ended_at)
                objected = objected or result.objected
            else:
                # Ended from outside, it told nobody for sure: a person looks, and after that it is given anew.
                self._told.discard(n)
                objected = True
        self._windows.clear()
        return objected

    async def _produce(self) -> Outcome:
        """Write and store the package, and send the agency its link (PR1)."""
        self._machine.show(Phase.PRODUCTION, Queue.MACHINE, "the package to be written and stored")
        result = await self._machine.do_long(
            Producing.produce, self._machine.step("produce"), "write and store the production package"
        )
        if not result.made:
            await self._stop_frozen()
        await self._machine.post("produce", "send the link to the package")
        return Outcome.PRODUCED

    async def _follow_up(self) -> None:
        """After an emergency's disclosure: the user is told later, process is owed, and a person judges it (E1, N1)."""
        await self._look_again()  # An order of silence may have come while the package was written (N2).
        delay = self._machine.now() + timedelta(days=policy_book(self._request.policy).emergency_notice_days)
        for n in self._accounts:
            await self._start_notice(n, delay_until=delay)
        await start_follow_up(
            FollowUpInput(
                ref=self._request.ref,
                at=self._machine.now(),
                policy=self._request.policy,
                jurisdiction=self._known.jurisdiction,
            )
        )

    async def _restrict(self) -> None:
        """Hand the approved restriction to a machine of its own, which lives until access is given back (X1)."""
        await self._look_again()  # A further order may have come after the approval (N2).
        self._stop_if_frozen()
        applied = await self._machine.do(
            Restricting.apply, self._machine.step("restrict"), "apply the restriction, unless its sender is blocked"
        )
        if applied.frozen:
            await self._stop_frozen()
        await start_restriction(
            RestrictionInput(
                ref=self._request.ref,
                at=self._machine.now(),
                policy=self._request.policy,
                silence=self._silence.orders,
                jurisdiction=self._known.jurisdiction,
            )
        )
        self._machine.show(Phase.RESTRICTED, Queue.NONE, "nothing: the restriction has a machine of its own")

    async def _close(self, outcome: Outcome) -> None:
        """Put the outcome into the record, tell the agency, and give back a claimed hold (P3)."""
        await self._machine.do(
            Closing.close,
            CloseStep(ref=self._request.ref, at=self._machine.now(), policy=self._request.policy, outcome=outcome),
            "close the case in the record",
        )
        if outcome is not Outcome.PRODUCED:
            await self._machine.post("close", "tell the agency the outcome")
        await self._wake_hold()
        self._machine.show(Phase.CLOSED, Queue.NONE, "nothing", "`dueprocess show` has the whole record.")

    # Small steps of the story

    @property
    def _known(self) -> Assessment:
        assert self._assessment is not None, "the story begins with the assessment"  # noqa: S101 - the order of run()
        return self._assessment

    async def _rule(self, signed: SignedStatement) -> Ruling:
        """Rule on a statement. One that is refused because the sender is blocked tells us so, should the signal that
        was to wake us not have come (S1)."""
        ruling = await self._desk.take(signed)
        self._facts_changed = self._facts_changed or ruling.refusal is Refusal.FROZEN
        return ruling

    def _stop_if_frozen(self) -> None:
        """Go no further where the record says that the sender is blocked (S1)."""
        if self._known.frozen:
            raise _FrozenError

    async def _stop_frozen(self) -> NoReturn:
        """A step met the freeze before we heard of it."""
        self._facts_changed = True
        await self._look_again()
        raise _FrozenError

    async def _hear(self, question: Question | None) -> bool:
        """Wait for a statement or for new facts; False where the agency owes an answer and its time is over."""
        news = when_any(self._desk.waiting, self._hears_of_facts)
        if question is None:
            await workflow.wait_condition(news)
        elif not await question.answered(news):
            return False
        await self._stand_still()
        return True

    def _hears_of_facts(self) -> bool:
        return self._facts_changed or self._withdrawal.unread()

    def _clocks_stop(self) -> bool:
        return self._desk.has(Verdict.SUSPEND)

    async def _stand_still(self) -> Pause | None:
        """Where a reviewer has stopped the clocks, wait until one lets them go on (N3).

        The notices hear of it: the objection windows stand still as well.
        """
        if not self._clocks_stop():
            return None
        self._desk.drop(CLOCK_VERDICTS)
        await self._wake_notices()
        pause = await stand_still(self._machine, self._desk)
        for question in (self._missing, self._question):
            question.put_off(pause)
        await self._wake_notices()
        return pause

    async def _wake_notices(self) -> None:
        """Have the notices look in the record whether their clocks run."""
        for n in sorted(self._told):
            await wake(notice_id(self._request.ref, n), "clocks_changed")

    async def _look_again(self) -> None:
        """Assess the record anew if its facts have changed; what a reply leaves missing is asked for again (R1-R4)."""
        await self._withdrawal.read()
        if not self._facts_changed:
            return
        self._facts_changed = self._answered = False
        was_frozen = self._known.frozen
        self._looks += 1
        step = self._machine.step(f"reassess-{self._looks}")
        self._assessment = await self._machine.do(Receiving.reassess, step, "look at the changed facts")
        await self._take_note()
        if was_frozen and not self._known.frozen:
            await self._machine.post_held("send what was held back from a blocked sender")
        if self._known.asked:
            self._missing.ask(step.at)
            await self._machine.post(step.step, "ask for what is still missing")
        self._chase()

    def _stop_waiting(self) -> bool:
        return self._withdrawal.made or any(ruling.verdict in _ENDS for ruling in self._desk.rulings)

    async def _stopped(self) -> Outcome | None:
        """The outcome that a person or the agency has ordered meanwhile, if any: nothing is produced after it."""
        await self._withdrawal.read()
        if self._withdrawal.made:
            return Outcome.WITHDRAWN
        while True:
            await self._stand_still()
            ruling = self._desk.next()
            if ruling is None:
                return None
            if outcome := _ENDS.get(ruling.verdict):
                return outcome

    def _chase(self) -> None:
        """Whoever is on call is called for what the law gives hours, until somebody signs, as they are for an emergency
        (F2, E1); no longer where it turns out that it gives days."""
        if self._known.urgent and self._calling is None:
            self._calling = asyncio.create_task(self._pager.run(self._known.respond_by))
        self._pager.silent = not (self._known.urgent or self._emergency)

    async def _ask(self) -> None:
        """Send the reviewer's question to the agency (U2)."""
        self._questions += 1
        step = self._machine.step(f"ask-{self._questions}")
        await self._machine.do(Closing.ask, step, "write the reviewer's question")
        self._question.ask(step.at)
        await self._machine.post(step.step, "ask the agency for more")

    async def _reopen(self) -> None:
        """The user objected: earlier approvals no longer hold, and a person looks again (N1)."""
        self._reviews += 1
        self._assessment = await self._machine.do(
            Receiving.reopen, self._machine.step(f"reopen-{self._reviews}"), "reopen the review after an objection"
        )

    async def _start_notice(self, n: int, delay_until: datetime | None = None) -> RunningNotice:
        return await start_notice(
            NoticeInput(
                ref=self._request.ref,
                n=n,
                at=self._machine.now(),
                policy=self._request.policy,
                silence=self._silence.orders,
                response_due=self._known.response_due,
                jurisdiction=self._known.jurisdiction,
                kind=self._request.kind,
                delay_until=delay_until,
            )
        )

    async def _take_note(self) -> None:
        """Of a new assessment: whose law the case is under, what must be copied at once (F2), what gag there is, and
        the hold that the record has given to it (P3)."""
        self._machine.jurisdiction = self._known.jurisdiction
        self._machine.mail_waits = self._known.mail_waits
        if self._known.preserve_at_once and not self._secured:
            self._secured = True
            await self._machine.do_long(
                Preserving.secure, self._machine.step("secure"), "copy what is asked for before it is looked at"
            )
        await self._silence.note(self._known.silence)
        if self._known.claimed is not None and not self._claim_announced:
            self._claim_announced = True
            await self._wake_hold()

    async def _wake_hold(self) -> None:
        """Have the claimed hold look at the record, which knows already (P3)."""
        if self._known.claimed is not None:
            await wake(preservation_id(self._known.claimed), "claim_changed")


class _FrozenError(Exception):
    """The sender has been blocked: whatever the story was at, it goes back to verification (S1)."""


_ENDS: dict[Verdict | None, Outcome] = {
    Verdict.NOT_AUTHENTIC: Outcome.NOT_AUTHENTIC,
    Verdict.REJECT: Outcome.REJECTED,
    Verdict.CHALLENGE: Outcome.CHALLENGED,
    Verdict.WITHDRAW: Outcome.WITHDRAWN,
}


def _is(ruling: Ruling | None, verdict: Verdict) -> bool:
    return ruling is not None and ruling.verdict is verdict
