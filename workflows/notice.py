"""Telling one account's user: wait out the gag, tell them with a copy of the request, hear an objection (N1, N2)."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.workflow import ChildWorkflowHandle, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.noticing import Noticing
    from contract.ids import notice_desk, notice_id
    from contract.messages import MailArrived, NoticeInput, NoticeResult, NoticeStep, Objection, TakeBackStep
    from policy.book import policy_book
    from policy.notice import objection_until
    from policy.patience import confirmed_until
    from policy.statements import Ruling, SignedStatement, Verdict
    from policy.suspension import Pause
    from policy.vocabulary import Phase, Queue, RequestKind
    from workflows.desk import Desk, when_any
    from workflows.machine import MAIL_GRACE, Machine
    from workflows.silence import Silence
    from workflows.standstill import CLOCK_VERDICTS, show_standstill


@workflow.defn
class NoticeWorkflow:
    """The notice to one user. One for each account, so that one gagged account never silences the others."""

    @workflow.init
    def __init__(self, notice: NoticeInput) -> None:
        self._notice = notice
        self._machine = Machine(notice.ref, notice.kind, notice.at, notice.policy)
        self._machine.jurisdiction = notice.jurisdiction
        self._desk = Desk(self._machine, name=notice_desk(notice.n))
        self._silence = Silence(self._machine, notice.silence, unread=notice.unread, name=notice_desk(notice.n))
        self._delay_until = notice.delay_until
        self._ruled = False
        self._lifted = False
        self._recorded = 0
        self._objected = False
        self._clocks_changed = False
        self._mail_read = False
        self._moved = 0
        self._tries = 0
        self._returned = False
        self._came_back = False

    @workflow.update(description="A signed statement on this gag: date_gag gives it an end, tell_user ends the wait.")
    async def decide(self, signed: SignedStatement) -> Ruling:
        """Rule on a signed statement and answer at once."""
        return await self._desk.take(signed)

    @workflow.signal(description="The same signed statement, for clients that can only signal.")
    async def decision(self, signed: SignedStatement) -> None:
        """The same as `decide`."""
        await self._desk.take(signed)

    @workflow.signal(description="A further non-disclosure order was received.")
    def gag_ordered(self, order: MailArrived) -> None:
        """Read from the record before it counts (N2)."""
        self._silence.hear(order.message_id)

    @workflow.signal(description="The user objects to the production.")
    def objection(self, _objection: Objection) -> None:
        """An objection counts while its window is open; later ones change nothing here."""
        self._objected = True

    @workflow.signal(description="A reviewer has stopped the case's clocks, or let them go on: look.")
    def clocks_changed(self) -> None:
        """Read from the record before it counts (N3)."""
        self._clocks_changed = True

    @workflow.signal(description="A person has dealt with mail that waited: look.")
    def mail_read(self) -> None:
        """Read from the record before it counts (N1)."""
        self._mail_read = True

    @workflow.signal(description="A letter of the case came back: look whether it was this notice.")
    def letter_returned(self) -> None:
        """Read from the record before it counts (N1)."""
        self._returned = True

    @workflow.query(description="What became of the latest signed statement.")
    def ruling(self) -> Ruling | None:
        """The latest ruling, accepted or refused."""
        return self._desk.last

    @workflow.run
    async def run(self, _notice: NoticeInput) -> NoticeResult:
        """The whole life of the notice."""
        told_at: datetime | None = None
        objected = False
        while told_at is None:
            gagged = await self._wait_out_gag()
            # A restriction is appealed for as long as it lasts, which its own machine hears (X3).
            objectionable = not gagged and self._notice.kind is not RequestKind.RESTRICTION
            told_at = await self._tell(objectionable)
            objected = objectionable and await self._hear_objection(told_at)
            if not objectionable:
                await self._see_it_arrive(told_at)
            if self._came_back:
                told_at = None
                if not await self._mend():
                    break
        self._machine.show(Phase.CLOSED, Queue.NONE, "nothing")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return NoticeResult(told_at=told_at, ended_at=self._machine.now(), objected=objected)

    async def _wait_out_gag(self) -> bool:
        """Until no order and no delay holds any more; True if any did. Each is put into the record before it is waited
        for, and so is that a person has ended one."""
        await self._silence.read()
        while True:
            if pause := await self._stand_still():
                await self._silence.read()  # What was ordered meanwhile holds as well (N2).
                self._delay_until = pause.put_off(self._delay_until) if self._delay_until else None
            if not self._silence.undated and self._machine.now() >= self._end():
                break
            await self._record_delay()
            self._show_gag()
            await self._machine.until(
                when_any(self._desk.waiting, self._clocks_news, self._silence.unread),
                None if self._silence.undated else self._end(),
                "the gag ends",
            )
            await self._silence.read()
            if not self._clocks_news():
                await self._take_up(self._desk.next())
        self._machine.show(Phase.NOTICE, Queue.MACHINE, "the notice to be sent (N1)")
        if self._lifted or self._delay_until != self._notice.delay_until:
            await self._record_delay()
        return self._silence.until is not None or self._ruled or self._notice.delay_until is not None

    def _end(self) -> datetime:
        """When the last order or delay ends (UTC); where there is none, now."""
        ends = [end for end in (self._silence.until, self._delay_until) if end is not None]
        return max(ends, default=self._machine.now())

    async def _take_up(self, ruling: Ruling | None) -> None:
        """What a person decided of a gag without an end (N2)."""
        if ruling is None:
            return
        self._ruled = self._ruled or ruling.verdict in _ABOUT_SILENCE
        if ruling.verdict is Verdict.TELL_USER:
            if self._silence.refused_by(ruling):
                await self._silence.refuse()
            self._delay_until = None
        self._lifted = self._lifted or ruling.verdict is Verdict.LIFT_GAG
        self._silence.rule(ruling)

    def _show_gag(self) -> None:
        ref = self._notice.ref
        if self._silence.undated:
            self._machine.show(
                Phase.GAGGED,
                Queue.REVIEWER,
                "a reviewer to give the gag an end, or to end it (N2)",
                f"`dueprocess review {ref} date_gag --until DATE` or `tell_user`, with `--notice {self._notice.n}`; of "
                "several orders about one, with `--order NUMBER`.",
            )
        elif self._delay_until is not None:
            self._machine.show(
                Phase.GAGGED,
                Queue.CLOCK,
                "the delay after an emergency to end (E1, N1)",
                f"`dueprocess review {ref} tell_user --notice {self._notice.n}` ends it; no order of silence, which "
                "holds by itself.",
                deadline=self._end(),
            )
        else:
            self._machine.show(
                Phase.GAGGED,
                Queue.CLOCK,
                "the non-disclosure order to end (N2)",
                "A further order that arrives by mail extends it; where a court or the agency has lifted the orders, "
                f"`dueprocess review {ref} lift_gag --reason WORDS --notice {self._notice.n}` says so; one of them, "
                "with `--order NUMBER`.",
                deadline=self._silence.until,
            )

    async def _record_delay(self) -> None:
        self._recorded += 1
        await self._machine.do(
            Noticing.delay,
            self._step(f"delay-{self._recorded}", None if self._silence.undated else self._end()),
            "record why the user is not told yet",
        )

    async def _tell(self, objectionable: bool) -> datetime:
        """Write the notice into the record and send it, with the copy of the request."""
        now = self._machine.now()
        book = policy_book(self._notice.policy)
        until = objection_until(now, self._notice.response_due, book) if objectionable else None
        self._tries += 1
        self._came_back = False
        step = self._step(self._telling(), until)
        await self._machine.do(Noticing.tell, step, "tell the user, with a copy of the request")
        self._returned = not await self._machine.hand_over(step.step, "send the notice")
        return now

    def _telling(self) -> str:
        return "tell" if self._tries == 1 else f"tell-{self._tries}"

    async def _is_back(self) -> bool:
        """Whether the record has the notice as come back, where somebody says so: a signal by itself proves nothing."""
        self._returned = False
        step = self._step(f"{self._telling()}-returned")
        self._came_back = await self._machine.do(
            Noticing.take_back,
            TakeBackStep(ref=step.ref, n=step.n, step=step.step, at=step.at, given=self._step(self._telling()).step),
            "did the notice come back?",
        )
        return self._came_back

    async def _see_it_arrive(self, told_at: datetime) -> None:
        """A notice that nobody can object to, or not here, may still come back (N1)."""
        until = told_at + timedelta(days=policy_book(self._notice.policy).notice_return_days)
        if self._notice.kind is RequestKind.RESTRICTION:
            until = told_at  # Whoever may still enter is restricted meanwhile all the same, and appeals elsewhere.
        while not (self._returned and await self._is_back()):
            self._machine.show(
                Phase.TOLD, Queue.CLOCK, "the end of the days in which the notice may come back (N1)", deadline=until
            )
            if not await self._machine.until(lambda: self._returned, until, "the notice has arrived"):
                return

    async def _mend(self) -> bool:
        """The notice came back: it is given once more after a day, and then as a person states (N1). False if they
        state that this user cannot be told."""
        ref, n = self._notice.ref, self._notice.n
        again = self._machine.now() + timedelta(days=policy_book(self._notice.policy).notice_retry_days)
        first = self._tries == 1
        self._machine.show(
            Phase.RETURNED,
            Queue.CLOCK if first else Queue.REVIEWER,
            "a day to pass, after which the notice is sent again (N1)"
            if first
            else "another way to tell the user (N1)",
            f"`dueprocess review {ref} readdress --address ADDRESS --notice {n} --as NAME` sends it elsewhere; "
            "`cannot_tell --reason WORDS` states that the user cannot be told.",
            deadline=again if first else None,
        )
        stated = await self._machine.until(self._desk.waiting, again if first else None, "the notice is sent again")
        ruling = self._desk.next() if stated else None
        if ruling is None or ruling.verdict is not Verdict.CANNOT_TELL:
            return True
        await self._machine.do(Noticing.give_up, self._step("given-up"), "record that the user cannot be told")
        return False

    async def _hear_objection(self, told_at: datetime) -> bool:
        """Hold the window open; True if the user objected within it (N1). A notice that came back opened none."""
        book = policy_book(self._notice.policy)
        until = objection_until(told_at, self._notice.response_due, book)
        while True:
            self._show_window(until)
            news = when_any(lambda: self._objected or self._returned, self._clocks_news)
            if not await self._machine.until(news, until, "the objection window closes"):
                if await self._all_is_read(until):
                    return False
            elif self._clocks_news():
                if pause := await self._stand_still():
                    until = await self._move_window(pause.put_off(until))
            elif self._objected:
                await self._machine.do(Noticing.object, self._step("objection"), "record the user's objection")
                return True
            elif await self._is_back():
                return False

    async def _all_is_read(self, until: datetime) -> bool:
        """Whether all that was written before the window closed has been read: what came in time counts, whenever that
        is. What a user, or somebody for one, wrote waits for a person, so many days and no longer (N1)."""
        self._mail_read = False
        mail = await self._machine.do(
            Noticing.heard, self._step("heard", until), "has all that came in time been read?"
        )
        patience = confirmed_until(until, policy_book(self._notice.policy))
        news = when_any(lambda: self._objected or self._returned or self._mail_read, self._clocks_news)
        if mail.unread:
            await self._machine.until(news, self._machine.now() + MAIL_GRACE, "mail received in time is read")
            return False
        if not mail.unconfirmed or self._machine.now() >= patience:
            return True
        ref = self._notice.ref
        self._machine.show(
            Phase.OBJECTION_WINDOW,
            Queue.VERIFIER,
            "a person to read what was written for the user before the window closed (N1)",
            f"`dueprocess show {ref}` lists it; `dueprocess objection {ref} --notice {self._notice.n}` records an "
            "objection; without a word the case goes on then.",
            deadline=patience,
        )
        await self._machine.until(news, patience, "a person reads what came in time")
        return False

    async def _move_window(self, until: datetime) -> datetime:
        self._moved += 1
        await self._machine.do(
            Noticing.move_window, self._step(f"window-{self._moved}", until), "the window has what time it had left"
        )
        return until

    def _show_window(self, until: datetime) -> None:
        self._machine.show(
            Phase.OBJECTION_WINDOW,
            Queue.CLOCK,
            "the user's objection, or the end of the window (N1)",
            f"`dueprocess objection {self._notice.ref} --notice {self._notice.n}` records one.",
            deadline=until,
        )

    def _clocks_news(self) -> bool:
        return self._clocks_changed or any(self._desk.has(verdict) for verdict in CLOCK_VERDICTS)

    async def _stand_still(self) -> Pause | None:
        """Where a reviewer has stopped the clocks of the case or of this notice, wait until they go on (N3)."""
        since, stood = self._machine.now(), False
        while self._clocks_news() and await self._are_clocks_stopped():
            stood = True
            show_standstill(self._machine, self._notice.n)
            await workflow.wait_condition(self._clocks_news)
        return Pause(since=since, until=self._machine.now()) if stood else None

    async def _are_clocks_stopped(self) -> bool:
        self._clocks_changed = False
        self._desk.drop(CLOCK_VERDICTS)
        return await self._machine.do(Noticing.stopped, self._step("stopped"), "look whether the clocks are stopped")

    def _step(self, name: str, until: datetime | None = None) -> NoticeStep:
        n = self._notice.n
        return NoticeStep(ref=self._notice.ref, n=n, step=f"notice-{n}-{name}", at=self._machine.now(), until=until)


_ABOUT_SILENCE = frozenset({Verdict.TELL_USER, Verdict.DATE_GAG, Verdict.LIFT_GAG})

RunningNotice = ChildWorkflowHandle[NoticeWorkflow, NoticeResult]


async def start_notice(notice: NoticeInput) -> RunningNotice:
    """Start one account's notice; it lives on when its case has closed, as a gag may outlast it by years."""
    return await workflow.start_child_workflow(
        NoticeWorkflow.run,
        notice,
        id=notice_id(notice.ref, notice.n),
        parent_close_policy=ParentClosePolicy.ABANDON,
        static_summary=f"{notice.ref} notice {notice.n}",
    )
