"""What follows an emergency disclosure: the legal process owed is asked for, and a person says whether it was real."""

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.following import Following
    from contract.ids import followup_id
    from contract.messages import FactsChanged, FollowUpInput, MailArrived, ProcessStep
    from policy.book import policy_book
    from policy.followup import Due, FollowUp, Owed, judgement_due, next_due, process_due
    from policy.letters import Errand
    from policy.statements import Ruling, SignedStatement, Verdict
    from policy.vocabulary import Phase, Queue, RequestKind
    from workflows.desk import Desk
    from workflows.machine import Machine
    from workflows.paging import page


@workflow.defn
class EmergencyFollowUpWorkflow:
    """One emergency disclosure, from the package's leaving until nothing about it is open any more (E1)."""

    @workflow.init
    def __init__(self, disclosure: FollowUpInput) -> None:
        self._book = policy_book(disclosure.policy)
        self._machine = Machine(disclosure.ref, RequestKind.EMERGENCY, disclosure.at, disclosure.policy)
        self._machine.jurisdiction = disclosure.jurisdiction
        self._desk = Desk(self._machine, name="followup-")
        self._state = FollowUp(disclosed_at=disclosure.at)
        self._arrived: list[str] = []
        self._done: set[str] = set()
        self._read = 0
        self._facts_changed = False
        self._looks = 0

    @workflow.update(description="A reviewer's signed statement: genuine, not_genuine or waive_process.")
    async def decide(self, signed: SignedStatement) -> Ruling:
        """Rule on a signed statement and answer at once."""
        return await self._desk.take(signed)

    @workflow.signal(description="The same signed statement, for clients that can only signal.")
    async def decision(self, signed: SignedStatement) -> None:
        """The same as `decide`."""
        await self._desk.take(signed)

    @workflow.signal(description="A message seems to bring the legal process that is owed.")
    def process_arrived(self, mail: MailArrived) -> None:
        """Read from the record before it counts."""
        self._arrived.append(mail.message_id)

    @workflow.signal(description="The record has something new, such as mail that waits for a person: look.")
    def facts_changed(self, _change: FactsChanged) -> None:
        """Read from the record before it counts."""
        self._facts_changed = True

    @workflow.query(description="What became of the latest signed statement.")
    def ruling(self) -> Ruling | None:
        """The latest ruling, accepted or refused."""
        return self._desk.last

    @workflow.run
    async def run(self, _disclosure: FollowUpInput) -> None:
        """Until the process has come, or is waited for no longer, and a reviewer has judged the emergency."""
        while not self._state.over:
            due = next_due(self._state, self._done, self._book)
            self._show()
            if await self._machine.until(self._news, due.at if due else None, "what falls due next"):
                await self._take_up_news()
            elif due:
                await self._say(due)
        await self._machine.do(Following.end_follow_up, self._machine.step("followup-end"), "nothing is open any more")
        self._machine.show(Phase.CLOSED, Queue.NONE, "nothing", "`dueprocess show` has the whole record.")
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _news(self) -> bool:
        return bool(self._arrived or self._facts_changed or self._desk.waiting())

    async def _take_up_news(self) -> None:
        if self._facts_changed:
            await self._look()
        elif self._arrived:
            await self._read_process(self._arrived.pop(0))
        elif ruling := self._desk.next():
            match ruling.verdict:
                case Verdict.GENUINE | Verdict.NOT_GENUINE:
                    genuine = ruling.verdict is Verdict.GENUINE
                    self._state = self._state.model_copy(update={"judged": genuine})
                case _:
                    self._state = self._state.model_copy(update={"settled": True})

    async def _look(self) -> None:
        """Ask the record how many messages wait with the case for a person."""
        self._facts_changed = False
        self._looks += 1
        step = self._machine.step(f"followup-look-{self._looks}")
        self._machine.mail_waits = await self._machine.do(Following.waiting, step, "count the mail that waits")

    async def _read_process(self, message_id: str) -> None:
        """Only what the record says is the agency's own process for this emergency ends the wait for it."""
        self._read += 1
        step = ProcessStep(
            ref=self._machine.ref, step=f"process-{self._read}", at=self._machine.now(), message_id=message_id
        )
        if await self._machine.do(Following.settle, step, "read the legal process that came"):
            self._state = self._state.model_copy(update={"settled": True})

    async def _say(self, due: Due) -> None:
        """Remind the agency, or call a person where a time has passed."""
        self._done.add(due.step)
        match due.what:
            case Owed.REMINDER:
                await self._machine.do(
                    Following.chase, self._machine.step(due.step), "ask the agency for the legal process that it owes"
                )
                await self._machine.post(due.step, "send the reminder")
            case Owed.PROCESS_OVERDUE:
                await page(self._machine, due.step, Errand.PROCESS)
            case Owed.JUDGEMENT_OVERDUE:
                await page(self._machine, due.step, Errand.JUDGE)

    def _show(self) -> None:
        ref, since = self._machine.ref, self._state.disclosed_at
        owed = process_due(since, self._book)
        if self._state.judged is None:
            self._machine.show(
                Phase.FOLLOW_UP,
                Queue.REVIEWER,
                "a reviewer to state whether the emergency was real (E1)",
                f"`dueprocess review {ref} genuine|not_genuine --reason WORDS --as NAME`.",
                deadline=judgement_due(since, self._book),
            )
        else:
            self._machine.show(
                Phase.FOLLOW_UP,
                Queue.AGENCY if self._machine.now() < owed else Queue.REVIEWER,
                "the legal process that the agency owes (E1)",
                f"Mail from the agency that names {ref} brings it; "
                f"`dueprocess review {ref} waive_process --reason WORDS --as NAME` stops waiting for it.",
                deadline=owed,
            )


async def start_follow_up(disclosure: FollowUpInput) -> None:
    """Start what follows an emergency's disclosure; it lives on when the request has closed."""
    await workflow.start_child_workflow(
        EmergencyFollowUpWorkflow.run,
        disclosure,
        id=followup_id(disclosure.ref),
        parent_close_policy=ParentClosePolicy.ABANDON,
        static_summary=f"{disclosure.ref} follow-up",
    )
