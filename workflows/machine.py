"""What every machine shares: its business clock, its waiting, its face to operators, its way of calling a step."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeUpdate
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.posting import Posting
    from contract.messages import Step
    from contract.search_attributes import CASE_DEADLINE, CASE_JURISDICTION, CASE_KIND, CASE_PHASE, CASE_QUEUE
    from policy.vocabulary import Jurisdiction, Phase, Queue, RequestKind

#: One step against the ledger: it either answers soon or is tried again.
STEP_TIMEOUT = timedelta(seconds=20)
#: Handing letters to a relay, which may take its time over each.
POST_TIMEOUT = timedelta(seconds=90)
#: A step that moves records: collecting, packing, destroying.
LONG_STEP_TIMEOUT = timedelta(minutes=30)
#: A long step reports that it lives; a silent one is started again elsewhere after this.
HEARTBEAT_TIMEOUT = timedelta(seconds=15)
#: How long to wait before asking again whether mail from before a deadline has been read.
MAIL_GRACE = timedelta(minutes=1)
#: Steps are idempotent and are tried until they succeed: an outage of months must not end a case.
RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=2))


A = TypeVar("A")
R = TypeVar("R")


class Machine:
    """A case's clock, board and waiting room. Holds no rules: those are in `policy`."""

    def __init__(self, ref: str, kind: RequestKind, began_at: datetime, policy: str) -> None:
        self.ref = ref
        self.phase = Phase.RECEIVED
        self.queue = Queue.MACHINE
        self.waits_for = ""
        self.jurisdiction = Jurisdiction.OTHER
        #: Messages that wait with the case for a verifier: nobody else's turn comes before theirs but a reviewer's.
        self.mail_waits = 0
        self._kind = kind
        self._policy = policy
        self._ahead = max(timedelta(0), began_at - workflow.now())
        self._can_do = ""
        self._shown: dict[str, object] = {}

    def now(self) -> datetime:
        """Business time, UTC: the workflow's own clock.

        A case received by a clock that stands ahead of the server's (a demonstration's, a test's) stays that much
        ahead, so that no deadline depends on which clock a machine was started under.
        """
        return workflow.now() + self._ahead

    def catch_up(self, at: datetime) -> None:
        """A child's result says that it is this late (UTC). Where time is skipped it cannot be skipped for a machine
        that waits for a child, so the clock is set ahead, and goes on from there."""
        self._ahead += max(timedelta(0), at - self.now())

    def step(self, name: str) -> Step:
        """The input of a step that happens now."""
        return Step(ref=self.ref, step=name, at=self.now(), policy=self._policy)

    def show(
        self,
        phase: Phase,
        queue: Queue,
        waits_for: str,
        can_do: str = "Nothing; it goes on by itself.",
        *,
        deadline: datetime | None = None,
    ) -> None:
        """Tell operators where the case stands: current details in the Web UI, search attributes for lists."""
        if self.mail_waits:
            queue = Queue.VERIFIER if queue in (Queue.AGENCY, Queue.CLOCK) else queue
            can_do = f"{self.mail_waits} messages wait for a person: see `dueprocess show {self.ref}`. {can_do}"
        self.phase, self.queue, self.waits_for, self._can_do = phase, queue, waits_for, can_do
        until = f"\n\n**Until** {deadline:%Y-%m-%d %H:%M:%S} UTC" if deadline else ""
        workflow.set_current_details(
            f"**{self.ref}** · {phase.value.replace('_', ' ')}\n\n**Waits for** {waits_for}{until}\n\n"
            f"**What you can do** {can_do}"
        )
        updates: list[tuple[str, object, SearchAttributeUpdate[Any]]] = [
            (CASE_PHASE.name, phase, CASE_PHASE.value_set(phase.value)),
            (CASE_KIND.name, self._kind, CASE_KIND.value_set(self._kind.value)),
            (CASE_QUEUE.name, queue, CASE_QUEUE.value_set(queue.value)),
            (CASE_JURISDICTION.name, self.jurisdiction, CASE_JURISDICTION.value_set(self.jurisdiction.value)),
            (
                CASE_DEADLINE.name,
                deadline,
                CASE_DEADLINE.value_set(deadline) if deadline else CASE_DEADLINE.value_unset(),
            ),
        ]
        # Only what has changed: each value that is set again would stand in the history again.
        changed = [update for name, value, update in updates if self._shown.get(name) != value]
        self._shown = {name: value for name, value, _ in updates}
        if changed:
            workflow.upsert_search_attributes(changed)

    def show_deadline(self, deadline: datetime) -> None:
        """Tell operators the same, with another deadline."""
        self.show(self.phase, self.queue, self.waits_for, self._can_do, deadline=deadline)

    async def do(self, step: Callable[[Any, A], Awaitable[R]], what: A, summary: str) -> R:
        """Have a step done, and tried again until it is: see RETRY."""
        return await workflow.execute_activity_method(
            step, what, start_to_close_timeout=STEP_TIMEOUT, retry_policy=RETRY, summary=summary
        )

    async def do_long(self, step: Callable[[Any, A], Awaitable[R]], what: A, summary: str) -> R:
        """The same for a step that moves records, and shows by heartbeats that it lives."""
        return await workflow.execute_activity_method(
            step,
            what,
            start_to_close_timeout=LONG_STEP_TIMEOUT,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=RETRY,
            summary=summary,
        )

    async def post(self, step: str, summary: str) -> None:
        """Send the letters that a step owes; the outbox keeps them until the relay has taken them."""
        await workflow.execute_activity_method(
            Posting.post,
            self.step(step),
            start_to_close_timeout=POST_TIMEOUT,
            retry_policy=RETRY,
            summary=summary,
        )

    async def post_held(self, summary: str) -> None:
        """Send the letters to the agency that were held back while its sender was blocked (S1)."""
        await workflow.execute_activity_method(
            Posting.post_held,
            self.step("held-letters"),
            start_to_close_timeout=POST_TIMEOUT,
            retry_policy=RETRY,
            summary=summary,
        )

    async def hand_over(self, step: str, summary: str) -> bool:
        """The same where a letter that the relay refuses for good is not tried again: False, and the record says so."""
        return await workflow.execute_activity_method(
            Posting.hand_over,
            self.step(step),
            start_to_close_timeout=POST_TIMEOUT,
            retry_policy=RETRY,
            summary=summary,
        )

    async def until(self, condition: Callable[[], bool], deadline: datetime | None, summary: str) -> bool:
        """Wait for the condition or for the deadline; True if the condition came about.

        The deadline is absolute and is looked at again after every wake, and the condition is looked at before the
        clock: what has happened counts even where the timer fires in the same instant.
        """
        while not condition():
            left = None if deadline is None else deadline - self.now()
            if left is not None and left <= timedelta(0):
                return False
            try:
                await workflow.wait_condition(condition, timeout=left, timeout_summary=summary)
            except TimeoutError:
                continue
        return True


async def wake(workflow_id: str, signal: str) -> None:
    """Have another machine look at the record, which knows already; one that has ended has nothing to wake."""
    try:
        await workflow.get_external_workflow_handle(workflow_id).signal(signal)
    except ApplicationError as gone:
        workflow.logger.warning("%s could not be told of %s: %s", workflow_id, signal, gone.type)
