"""A preservation hold's life: copy, hold, warn, extend once, then hand over to legal process or destroy (P1-P4).

What a European preservation order keeps is kept without an end of its own once its authority has confirmed that a
production order has been issued: then a reviewer looks at it from time to time, and alone can end it.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.closing import Closing
    from activities.preserving import Preserving
    from activities.purging import Purging
    from activities.receiving import Receiving
    from contract.messages import (
        Assessment,
        CaseResult,
        ClaimsResult,
        CloseStep,
        ExtensionStep,
        FactsChanged,
        MailArrived,
        PreservationInput,
        PurgeStep,
        PutOffStep,
        WarnStep,
    )
    from policy.book import policy_book
    from policy.letters import Errand
    from policy.patience import Asked, confirmed_until
    from policy.preservation import next_warning, review_at
    from policy.statements import Ruling, SignedStatement, Verdict
    from policy.vocabulary import Clause, Outcome, Phase, Queue, RequestKind
    from workflows.board import show_hold_review, show_missing
    from workflows.desk import Desk
    from workflows.machine import MAIL_GRACE, Machine
    from workflows.paging import page
    from workflows.question import Question
    from workflows.standstill import stand_still


class _NextLetter(NamedTuple):
    """A letter of a hold that falls due by itself, and how it is written."""

    due: datetime
    days: int
    write: Callable[[int], Awaitable[None]]


@workflow.defn
class PreservationWorkflow:
    """One preservation request: its own life, which can begin before any legal process and outlive a request."""

    @workflow.init
    def __init__(self, hold: PreservationInput) -> None:
        self._hold = hold
        self._book = policy_book(hold.policy)
        self._machine = Machine(hold.ref, RequestKind.PRESERVATION, hold.received_at, hold.policy)
        self._desk = Desk(self._machine)
        self._until = hold.received_at
        self._review_at: datetime | None = None
        self._question = Question(self._machine, Asked.MISSING_ITEMS, hold.policy, self._book)
        self._extensions: list[str] = []
        self._asked: set[str] = set()
        self._claim_changed = False
        self._facts_changed = False
        self._authentic = False
        self._late_extension = False
        self._ordered: Ruling | None = None
        self._served = False
        self._ruled = 0
        self._looks = 0
        self._released = 0
        self._announced: set[str] = set()
        self._put_off = 0
        self._reviews_set = 0
        self._warned: set[int] = set()
        self._assessment: Assessment | None = None

    # What people and mail can tell a hold

    @workflow.update(description="A signed statement of a verifier or reviewer; answers what became of it.")
    async def decide(self, signed: SignedStatement) -> Ruling:
        """Rule on a signed statement and answer at once."""
        return await self._desk.take(signed)

    @workflow.signal(description="The same signed statement, for clients that can only signal.")
    async def decision(self, signed: SignedStatement) -> None:
        """The same as `decide`."""
        await self._desk.take(signed)

    @workflow.signal(description="A message asks for the extension of this hold.")
    def extension_requested(self, request: MailArrived) -> None:
        """Ruled on in the order of arrival, by when each was received and not by when it is read (P3). The mailroom
        may say so twice; the same message is ruled on once."""
        if request.message_id not in self._asked:
            self._asked.add(request.message_id)
            self._extensions.append(request.message_id)

    @workflow.signal(description="The record says otherwise who has claimed this hold: look.")
    def claim_changed(self) -> None:
        """Legal process arrived in time, or the request that it opened has ended (P3)."""
        self._claim_changed = True

    @workflow.signal(description="The record has new facts: look at the case again.")
    def facts_changed(self, _change: FactsChanged) -> None:
        """A person amended facts."""
        self._facts_changed = True

    @workflow.query(description="What became of the latest signed statement.")
    def ruling(self) -> Ruling | None:
        """The latest ruling, accepted or refused."""
        return self._desk.last

    # The story

    @workflow.run
    async def run(self, _hold: PreservationInput) -> CaseResult:
        """The whole life of the hold."""
        outcome = await self._receive() or await self._keep()
        await self._close(outcome)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return CaseResult(ref=self._hold.ref, outcome=outcome)

    async def _receive(self) -> Outcome | None:
        """Read the letter; once an identifier is known, copy the records at once: evidence does not wait (P1)."""
        self._machine.show(Phase.RECEIVED, Queue.MACHINE, "the message to be read")
        step = self._machine.step("receive")
        self._assessment = await self._machine.do(Receiving.receive, step, "read the message into the record")
        self._machine.jurisdiction = self._assessment.jurisdiction
        if self._assessment.asked:
            self._question.ask(step.at)
        await self._machine.post("receive", "acknowledge")
        if self._assessment.maybe_emergency:
            await page(self._machine, "page-unclear", Errand.UNCLEAR)
        while Clause.R1 in self._missing:
            if outcome := await self._wait_for_identifier():
                return outcome
        hold = await self._machine.do_long(
            Preserving.hold,
            self._machine.step("hold"),
            "copy the records and start the hold",
        )
        self._until = hold.until
        await self._machine.post("hold", "tell the agency until when the hold runs")
        self._question.closes = False  # What is held is never given up because a letter is late: the hold's end counts.
        return None

    async def _wait_for_identifier(self) -> Outcome | None:
        """Nothing can be copied yet: the agency or a person completes the request, or it ends (R1, P2)."""
        show_missing(self._machine, self._missing, self._question.until)
        if not await self._question.answered(lambda: self._facts_changed or self._desk.waiting()):
            return Outcome.UNANSWERED
        if ruling := self._desk.next():
            await self._take_up_finding(ruling)
            if ruling.verdict is Verdict.SUSPEND:
                await self._stand_still()
            return _ENDS.get(ruling.verdict)
        await self._look_again()
        return None

    async def _look_again(self) -> None:
        """Assess the changed record; what a reply leaves missing is asked for again (P2)."""
        self._facts_changed = False
        was_frozen = self._assessment is not None and self._assessment.frozen
        self._looks += 1
        step = self._machine.step(f"reassess-{self._looks}")
        self._assessment = await self._machine.do(Receiving.reassess, step, "look at the changed facts")
        self._machine.mail_waits = self._assessment.mail_waits
        self._authentic = self._authentic and not self._assessment.frozen
        if was_frozen and not self._assessment.frozen:
            await self._machine.post_held("send what was held back from a blocked sender")
        if self._assessment.asked:
            self._question.ask(step.at)
            await self._machine.post(step.step, "ask for what is still missing")

    async def _keep(self) -> Outcome:
        """Hold until the end, warning the agency, unless something happens first (P3)."""
        while True:
            letter = self._next_letter()
            end = (self._review_at, "a reviewer looks at it") if self._review_at else (self._until, "the hold ends")
            due, summary = (letter.due, "the next letter") if letter else end
            self._show_hold()
            if await self._machine.until(self._news, due, summary):
                if outcome := await self._take_up_news():
                    return outcome
            elif letter:
                await letter.write(letter.days)
            elif self._review_at:
                self._show_hold()
                await workflow.wait_condition(self._news)
            elif await self._purge():
                return Outcome.PRESERVATION_CLAIMED if self._served else Outcome.PRESERVATION_EXPIRED

    def _next_letter(self) -> "_NextLetter | None":
        """The next warning of the hold's end, or reminder of what P2 still asks for, that falls due before the end."""
        ends = not (self._served or self._review_at)
        warning = next_warning(self._machine.now(), self._until, self._warned, self._book) if ends else None
        reminder = self._question.reminder() if self._missing else None
        due = [_NextLetter(*warning, self._warn)] if warning else []
        if reminder and reminder[0] < self._until:
            due.append(_NextLetter(*reminder, self._question.remind))
        return min(due, key=lambda letter: letter.due, default=None)

    @property
    def _missing(self) -> tuple[Clause, ...]:
        return self._assessment.missing if self._assessment else ()

    def _news(self) -> bool:
        waiting = self._extensions or self._claim_changed or self._facts_changed or self._desk.waiting()
        return bool(waiting or self._ordered)

    async def _take_up_news(self) -> Outcome | None:
        """Extensions first: one that came in time must not lose to what else has come since."""
        if self._extensions:
            await self._rule_on_extension(self._extensions.pop(0))
            return None
        if self._claim_changed:
            await self._serve()
            return None
        if self._facts_changed:
            await self._look_again()
            return None
        ruling = self._desk.next()
        if ruling is None:
            ruling, self._ordered = self._ordered, None
        if ruling is None:
            return None
        if ruling.verdict is Verdict.AUTHENTIC:
            await self._take_up_finding(ruling)
            return None
        if ruling.verdict is Verdict.SUSPEND:
            await self._stand_still()
            return None
        if ruling.verdict is Verdict.KEEP:
            await self._set_review(review_at(self._machine.now(), self._book))
            return None
        outcome = _ENDS.get(ruling.verdict)
        if outcome and not await self._purge(ordered=True):
            self._ordered = ruling  # It serves process first, and ends as was ordered after that.
            return None
        return outcome

    async def _stand_still(self) -> None:
        """While a court is asked nothing runs out; then the hold has what time it had left (N3, P3)."""
        pause = await stand_still(self._machine, self._desk)
        self._question.put_off(pause)
        if self._review_at and pause.put_off(self._review_at) > self._review_at:
            await self._set_review(pause.put_off(self._review_at))
        until = pause.put_off(self._until)
        if until > self._until:
            self._until = until
            self._put_off += 1
            await self._machine.do(
                Preserving.put_off,
                PutOffStep(
                    ref=self._hold.ref, step=f"put-off-{self._put_off}", at=self._machine.now(), until=self._until
                ),
                "the hold has what time it had left",
            )

    async def _set_review(self, at: datetime) -> None:
        """A reviewer looks then whether the production order is still to be expected (P3)."""
        self._review_at = at
        self._reviews_set += 1
        step = PutOffStep(ref=self._hold.ref, step=f"review-{self._reviews_set}", at=self._machine.now(), until=at)
        await self._machine.do(Preserving.set_review, step, "set when a reviewer looks at the hold")

    async def _take_up_finding(self, ruling: Ruling) -> None:
        """A verifier found the letter genuine; the record says if that ends a freeze, or takes a scan in (S1, S2)."""
        self._authentic = self._authentic or ruling.verdict is Verdict.AUTHENTIC
        self._late_extension = self._late_extension and ruling.verdict is not Verdict.AUTHENTIC
        if self._assessment and (self._assessment.frozen or Clause.S2 in self._missing):
            await self._look_again()

    async def _serve(self) -> None:
        """A claimed hold serves requests: nothing is destroyed until the last has ended; then its own end counts."""
        claims, served = await self._look_at_claims(), False
        while claims.by_refs:
            if claims.ended:
                served = served or claims.produced
                claims = await self._release(claims)
                continue
            await self._announce(claims)
            await workflow.wait_condition(lambda: self._claim_changed or bool(self._extensions))
            while self._extensions:  # The hold's own end counts again one day, so it is ruled on now.
                await self._rule_on_extension(self._extensions.pop(0))
            claims = await self._look_at_claims()
        if served and self._review_at:
            await self._set_review(self._machine.now())  # What it was kept for has been given: is it needed still?

    async def _look_at_claims(self) -> ClaimsResult:
        self._claim_changed = False
        return await self._machine.do(Preserving.claims, self._machine.step("claims"), "look who has claimed the hold")

    async def _announce(self, claims: ClaimsResult) -> None:
        """Tell the agency of each process, once, that it has the hold (P3)."""
        served = " and ".join(claims.by_refs)
        self._machine.show(
            Phase.CLAIMED,
            Queue.MACHINE,
            f"{served}, whose legal process arrived in time",
            f"Nothing here; see `dueprocess show {claims.by_refs[0]}`.",
        )
        for ref in claims.by_refs:
            if ref not in self._announced:
                self._announced.add(ref)
                await self._machine.post(f"claimed-by-{ref}", "tell the agency that its process has the hold")

    async def _release(self, claims: ClaimsResult) -> ClaimsResult:
        self._served = self._served or claims.produced
        self._released += 1
        step = self._machine.step(f"release-{self._released}")
        return await self._machine.do(Preserving.release, step, "requests that have ended need the hold no longer")

    async def _rule_on_extension(self, message_id: str) -> None:
        """Once, on its own formal request, in time; otherwise a letter that says why not (P3)."""
        self._ruled += 1
        step = f"extension-{self._ruled}"
        hold = await self._machine.do(
            Preserving.extend,
            ExtensionStep(
                ref=self._hold.ref,
                step=step,
                at=self._machine.now(),
                policy=self._hold.policy,
                message_id=message_id,
            ),
            "rule on the extension",
        )
        if hold.granted:
            self._until = hold.until
            self._late_extension = hold.late
            self._warned.clear()
        if hold.confirmed:
            self._review_at = hold.review_at
            self._late_extension = hold.late
        await self._machine.post(step, "answer the extension request")

    async def _warn(self, days: int) -> None:
        self._warned.add(days)
        step = f"warn-{self._until:%Y%m%d}-{days}"
        await self._machine.do(
            Preserving.warn,
            WarnStep(ref=self._hold.ref, step=step, at=self._machine.now(), days_left=days),
            f"warn that {days} days are left",
        )
        await self._machine.post(step, "send the warning")

    async def _purge(self, *, ordered: bool = False) -> bool:
        """Destroy the copy. False where the hold must go on: process claimed it, or mail received in time is unread, or
        waits for a verifier, for whom we wait so many days and no longer (P3)."""
        patience = confirmed_until(self._until, self._book)
        self._machine.show(Phase.HELD, Queue.MACHINE, "the copy to be destroyed (P3)")
        result = await self._machine.do_long(
            Purging.purge,
            PurgeStep(
                ref=self._hold.ref, at=self._machine.now(), until=self._until, ordered=ordered, patience=patience
            ),
            "destroy the copy and certify it",
        )
        if result.claimed:
            self._claim_changed = True
        elif result.unconfirmed:
            self._machine.show(
                Phase.HELD,
                Queue.VERIFIER,
                "a verifier to confirm mail or legal process that came before the end of the hold (P3)",
                f"`dueprocess show {self._hold.ref}` lists the mail; without a word the copy is destroyed then.",
                deadline=patience,
            )
            await self._machine.until(self._news, patience, "a verifier confirms what was received in time")
        elif result.deferred:
            await self._machine.until(self._news, self._machine.now() + MAIL_GRACE, "mail received in time is read")
        return result.purged

    async def _close(self, outcome: Outcome) -> None:
        await self._machine.do(
            Closing.close,
            CloseStep(ref=self._hold.ref, at=self._machine.now(), policy=self._hold.policy, outcome=outcome),
            "close the case in the record",
        )
        await self._machine.post("close", "tell the agency the outcome")
        self._machine.show(Phase.CLOSED, Queue.NONE, "nothing", "`dueprocess show` has the whole record.")

    def _show_hold(self) -> None:
        if self._review_at and self._review_at <= self._machine.now():
            show_hold_review(self._machine)
            return
        ref = self._hold.ref
        seen = self._authentic and not self._late_extension
        queue = Queue.AGENCY if self._missing else Queue.CLOCK if seen else Queue.VERIFIER
        waits_for = "legal process, an extension request, or the end of the hold (P3)"
        if self._review_at:
            waits_for = "the production order that its authority has confirmed (P3)"
        see = f"`dueprocess review {ref} authentic --signature-seen --letterhead-seen --as NAME` is still to be done"
        if self._late_extension:
            queue = Queue.VERIFIER
            see += ": its extension was asked for in the last days of the hold (P3)"
        if self._assessment and self._assessment.frozen:
            queue = Queue.VERIFIER
            see += " with --called-back NUMBER: the sender was blocked (S1), and the hold is not extended before"
        self._machine.show(
            Phase.HELD,
            queue,
            f"what is missing: {', '.join(self._missing)}; {waits_for}" if self._missing else waits_for,
            f"Mail that names {ref} reaches it. {'' if seen else see + '.'}",
            deadline=self._review_at or self._until,
        )


_ENDS: dict[Verdict | None, Outcome] = {
    Verdict.NOT_AUTHENTIC: Outcome.NOT_AUTHENTIC,
    Verdict.REJECT: Outcome.REJECTED,
    Verdict.WITHDRAW: Outcome.WITHDRAWN,
}
