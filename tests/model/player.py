"""Plays a plan in a world: sends, signs, and lets time pass; tells the model the same, and has the judge look."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from contract.signing import sign
from policy.statements import SignedStatement, Verdict
from starter.command import Trouble
from starter.samples import SampleEmergency, SampleProcess, emergency_mail, sample_mail
from tests.model.guide import Disclosure, Hold, Says
from tests.model.judge import Judge
from tests.model.plan import Amend, Due, Flaw, Leap, Longer, Object, Open, Order, SameMail, Sent, Step, Word
from tests.world import EVERYTHING, JUST_BEFORE, LINH, MAREN, STRANGER, World

_ANSWER_DUE = 20
_CLOSE_CALL = timedelta(seconds=30)
_LONG = 100
_ROUNDS = 4
_SILENCE = {Sent.GAGGED: "30 days", Sent.GAGGED_WARRANT: "90 days", Sent.ENDLESS_GAG: "yes"}
_SILENT_DAYS = {Sent.GAGGED: 30, Sent.GAGGED_WARRANT: 90}
_WARRANTS = frozenset({Sent.WARRANT, Sent.GAGGED_WARRANT})


@dataclass
class Case:
    """A case of the plan, its first mail, and what the model makes of it."""

    ref: str
    sent: Sent
    sender: str
    user: str
    raw: bytes
    model: Disclosure | Hold

    def close_call(self, now: datetime) -> bool:
        """Whether something falls due so soon that nobody can say which comes first."""
        due = self.model.deadline()
        return due is not None and due - now < _CLOSE_CALL


class Player:
    """One plan's run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._judge = Judge(world)
        self._cases: list[Case] = []

    async def play(self, plan: list[Step]) -> None:
        """Every step, and then time until nothing is left that time alone brings about."""
        try:
            for step in plan:
                self._time_passed()
                await self._do(step)
            for _ in range(_ROUNDS):
                await self._leap(timedelta(days=_LONG))
            await self._judge.whole_record(self._cases)
        finally:
            await self._stop()
            self._judge.close()

    async def _do(self, step: Step) -> None:
        if isinstance(step, Open):
            await self._open(step.sent)
            return
        if not self._cases:
            return
        case = self._cases[step.case % len(self._cases)]
        if isinstance(step, Leap):
            await self._leap_to(case, step)
        elif not case.close_call(self._now()):
            await self._on(case, step)
            await self._settle(case)
            await self._look(case)

    async def _on(self, case: Case, step: Step) -> None:
        match step:
            case Due():
                await self._due(case, again=step.again)
            case Word():
                await self._say(case, step.by, step.verdict, step.flaw)
            case Order():
                await self._order(case, step)
            case Longer():
                await self._longer(case, step)
            case Amend():
                await self._amend(case, step.by)
            case Object():
                await self._object(case)
            case SameMail():
                _, new = await self._world.desk.keep(case.raw)
                assert not new, "the same message is kept once"

    # What agencies do

    async def _open(self, sent: Sent) -> None:
        number = len(self._cases)
        sender = f"officer.{number}@police.springfield.gov.example"
        user = (MAREN, LINH)[number % 2]
        if sent is Sent.FREE_MAIL:
            raw = sample_mail(self._world.sample(SampleProcess.SUBPOENA, sender="officer@gmail.example"))
            refused = await self._world.send(raw)
            assert refused.ref is None
            self._judge.refused(raw)
            return
        unclaimed = (case for case in self._cases if isinstance(case.model, Hold) and not case.model.claims)
        hold = next(unclaimed, None)
        raw = self._mail(sent, sender, user, hold.ref if hold and sent is Sent.CLAIM else None)
        ref = (await self._world.send(raw)).ref
        assert ref is not None
        model = self._model(sent, self._judge.received_at(raw))
        case = Case(ref, sent, sender, user, raw, model)
        self._cases.append(case)
        if hold and sent is Sent.CLAIM and isinstance(hold.model, Hold) and isinstance(model, Disclosure):
            hold.model.named_by(model)
            await self._settle(hold)
        await self._settle(case)
        await self._look(case)

    def _mail(self, sent: Sent, sender: str, user: str, reference: str | None) -> bytes:
        named = "nobody.at.all@example.net" if sent is Sent.NOBODY else user
        common: dict[str, object] = {"sender": sender, "identifiers": (("User email", named),)}
        if sent is Sent.EMERGENCY:
            return emergency_mail(SampleEmergency(**common, dated=self._now().replace(microsecond=0)))  # type: ignore[arg-type]  # two strings and pairs
        if sent is Sent.PRESERVATION:
            return sample_mail(self._world.sample(SampleProcess.PRESERVATION_LETTER, **common))
        if sent in _WARRANTS:
            common |= {"classes": EVERYTHING}
        if sent is Sent.INCOMPLETE:
            common |= {"badge": ""}
        process = SampleProcess.SEARCH_WARRANT if sent in _WARRANTS else SampleProcess.SUBPOENA
        return sample_mail(self._world.sample(process, **common, silence=_SILENCE.get(sent), reference=reference))

    def _model(self, sent: Sent, received_at: datetime) -> Disclosure | Hold:
        if sent is Sent.PRESERVATION:
            return Hold(received_at)
        request = Disclosure(
            received_at,
            due=(self._now() + timedelta(days=_ANSWER_DUE)).date(),
            content=sent in _WARRANTS,
            emergency=sent is Sent.EMERGENCY,
            complete=sent is not Sent.INCOMPLETE,
            exists=sent is not Sent.NOBODY,
        )
        if sent in _SILENT_DAYS:
            request.silence.ordered(received_at + timedelta(days=_SILENT_DAYS[sent]))
        elif sent is Sent.ENDLESS_GAG:
            request.silence.ordered(None)
        return request

    async def _order(self, case: Case, step: Order) -> None:
        if not isinstance(case.model, Disclosure) or case.model.phase == "verification":
            return
        words = "yes" if step.days is None else f"{step.days} days"
        sender = STRANGER if step.stranger else case.sender
        raw = sample_mail(
            self._world.sample(SampleProcess.NON_DISCLOSURE_ORDER, sender=sender, silence=words, reference=case.ref)
        )
        sent = await self._world.send(raw)
        if step.stranger:
            assert sent.ref != case.ref, "only its own agency reaches a case"
            return
        assert sent.ref == case.ref
        received_at = self._judge.received_at(raw)
        case.model.ordered(None if step.days is None else received_at + timedelta(days=step.days))

    async def _longer(self, case: Case, step: Longer) -> None:
        if not isinstance(case.model, Hold):
            return
        sender = STRANGER if step.stranger and step.edge is None else case.sender
        raw = sample_mail(self._world.sample(SampleProcess.EXTENSION, sender=sender, reference=case.ref))
        if step.edge is None or case.model.deadline() is None:
            sent = await self._world.send(raw)
            if sender == STRANGER:
                assert sent.ref != case.ref, "only its own agency reaches a hold"
            else:
                case.model.asked_longer(self._judge.received_at(raw))
            return
        until = case.model.until
        await self._leap(until - self._now() + timedelta(seconds=JUST_BEFORE))
        waiting = await self._world.keep(raw, received_at=until + timedelta(seconds=step.edge))
        case.model.asked_longer(until + timedelta(seconds=step.edge))
        await self._world.until(until, seconds=10)
        await self._world.send_on(waiting)
        await self._leap(timedelta(minutes=2))

    # What people do

    async def _due(self, case: Case, *, again: bool) -> None:
        """The next honest thing."""
        model = case.model
        if isinstance(model, Disclosure) and model.phase == "verification" and not model.complete:
            await self._amend(case, "vera")
        elif not model.verified_by:
            await self._say(case, "vera", "authentic", Flaw.NONE, again=again)
        elif isinstance(model, Disclosure) and model.silence.endless:
            await self._say(case, "rita", "date_gag", Flaw.NONE, again=again)
        elif isinstance(model, Disclosure) and model.phase == "review":
            barred = model.approved_by | model.amended_by | model.verified_by
            able = [name for name in ("rita", "ravi", "both") if name not in barred]
            await self._say(case, *((able[0], "approve") if able else ("rita", "reject")), Flaw.NONE, again=again)

    async def _say(self, case: Case, by: str, verdict: str, flaw: Flaw, *, again: bool = False) -> None:
        until = self._now() + timedelta(days=20) if verdict == "date_gag" else None
        signed = await self._signed(case, by, verdict, flaw, until)
        said = Says(by, verdict, flaw is Flaw.NONE, until)
        if isinstance(case.model, Disclosure) and case.model.open_question(said):
            if await self._accepted(case, signed):
                case.model.says(said, self._now())
        else:
            await self._state(case, signed, wanted=case.model.says(said, self._now()))
        if again:
            await self._settle(case)
            await self._state(case, signed, wanted=False)

    async def _signed(self, case: Case, by: str, verdict: str, flaw: Flaw, until: datetime | None) -> SignedStatement:
        wrong: dict[Flaw, dict[str, object]] = {
            Flaw.STALE: {"scope": "0" * 64},
            Flaw.OF_ANOTHER_CASE: {"ref": "DP-2020-000001"},
            Flaw.FROM_THE_FUTURE: {"at": self._now() + timedelta(days=1)},
        }
        signed = await self._world.signed(case.ref, Verdict(verdict), by, until=until, reason="As the file shows.")
        if flaw is Flaw.FORGED:
            return sign(signed.statement, Ed25519PrivateKey.generate())
        return sign(signed.statement.model_copy(update=wrong.get(flaw, {})), self._world.keys[by])

    async def _state(self, case: Case, signed: SignedStatement, *, wanted: bool) -> None:
        before = self._judge.steps(case.ref)
        accepted = await self._accepted(case, signed)
        said = f"{case.ref} ({case.sent}): {signed.statement.by} said {signed.statement.verdict.value}"
        assert accepted == wanted, f"{said}; {'accepted' if accepted else 'refused'}, which it must not be"
        if not accepted:
            await self._settle(case)
            changed = self._judge.steps(case.ref) - before
            assert set(changed) <= {"decision_recorded"}, f"{said}, which was refused, and changed {dict(changed)}"

    async def _accepted(self, case: Case, signed: SignedStatement) -> bool:
        """Bring a statement to the case, or to its notice where it is about a gag and the request is over."""
        on_gag = signed.statement.verdict in (Verdict.DATE_GAG, Verdict.TELL_USER)
        to_notice = on_gag and isinstance(case.model, Disclosure) and case.model.produced
        try:
            return (await self._world.state(case.ref, signed, 1 if to_notice else None)).accepted
        except Trouble:
            return False  # Its machine has ended.

    async def _amend(self, case: Case, by: str) -> None:
        if not isinstance(case.model, Disclosure) or case.model.phase not in ("verification", "review"):
            return
        completes = not case.model.complete
        values = {"officer__badge": "4471"} if completes else {"data__relation": f"As {by} was told by telephone."}
        await self._world.amend(case.ref, by, **values)
        case.model.amended(by, completes=completes)

    async def _object(self, case: Case) -> None:
        if isinstance(case.model, Disclosure) and case.model.told_at is not None and case.model.phase == "window":
            await self._world.object(case.ref)
            case.model.objected()

    # What clocks do

    def _now(self) -> datetime:
        return self._world.clock.now()

    def _time_passed(self) -> None:
        """Requests first: a claim that has ended gives its hold back."""
        for case in sorted(self._cases, key=lambda case: isinstance(case.model, Hold)):
            case.model.passes(self._now())

    async def _leap_to(self, case: Case, step: Leap) -> None:
        due = case.model.deadline()
        span = timedelta(days=step.days) if due is None else due - self._now() + timedelta(seconds=step.seconds)
        if span > timedelta(0):
            await self._leap(span)

    async def _leap(self, span: timedelta) -> None:
        """Nobody leaves an emergency lying about for days; its pages every quarter of an hour are another test's."""
        for case in self._cases:
            while isinstance(case.model, Disclosure) and case.model.emergency and not case.model.outcome:
                await self._due(case, again=False)
                await self._settle(case)
        await self._world.advance(seconds=span.total_seconds())
        self._time_passed()
        for case in self._cases:
            await self._settle(case)
        for case in self._cases:
            await self._look(case)

    async def _look(self, case: Case) -> None:
        await self._judge.look(case, self._now)

    async def _settle(self, case: Case) -> None:
        """Wait until the case's machines have nothing to do but wait."""
        seen: list[int | None] = []
        for _ in range(400):
            lengths = [await self._at_rest(machine) for machine in self._judge.machines(case.ref)]
            if lengths == seen and -1 not in lengths:
                return
            seen = lengths
            await asyncio.sleep(0.02)
        raise AssertionError(f"{case.ref} ({case.sent}) does not come to rest")

    async def _at_rest(self, machine: str) -> int | None:
        """The length of its history; -1 while it is at work, None where there is none."""
        try:
            described = (await self._world.client.get_workflow_handle(machine).describe()).raw_description
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        busy = described.pending_activities or described.HasField("pending_workflow_task")
        return -1 if busy else described.workflow_execution_info.history_length

    async def _stop(self) -> None:
        for case in self._cases:
            for machine in self._judge.machines(case.ref):
                handle = self._world.client.get_workflow_handle(machine)
                known = await self._at_rest(machine) is not None
                if known and (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
                    await handle.terminate("the example is over")
