"""Plays a plan in a world: sends, signs, and lets time pass; tells the model the same, and has the judge look."""

import asyncio
from datetime import timedelta

from tests.model.agencies import Agencies
from tests.model.case import CLOSE_CALL, Case
from tests.model.guide import Disclosure, Hold
from tests.model.judge import Judge
from tests.model.people import People
from tests.model.plan import (
    Amend,
    Block,
    Due,
    Leap,
    Longer,
    Object,
    OnMail,
    Open,
    Order,
    Reply,
    SameMail,
    Sent,
    Step,
    Withdraw,
    Word,
)
from tests.model.rest import settle, stop
from tests.world import JUST_BEFORE, World

_LONG = 100
_ROUNDS = 4


class Player:
    """One plan's run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._judge = Judge(world)
        self._agencies = Agencies(world, self._judge)
        self._people = People(world, self._judge)
        self._cases: list[Case] = []

    async def play(self, plan: list[Step]) -> None:
        """Every step, and then time until nothing is left that time alone brings about."""
        try:
            for step in plan:
                for case in self._time_passed():
                    await self._look(case)
                await self._do(step)
            for _ in range(_ROUNDS):
                await self._leap(timedelta(days=_LONG))
                if all(case.over for case in self._cases):
                    break
            await self._judge.whole_record(self._cases)
        finally:
            await asyncio.gather(*(stop(self._world, case) for case in self._cases))
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
        elif not self._unsure(case, step):
            await self._on(case, step)
            self._time_passed()
            await settle(self._world, case)
            for hold in self._cases:
                if hold.hold and case.model in hold.hold.named_by:
                    await settle(self._world, hold)
                    await self._look(hold)
            await self._look(case)

    def _unsure(self, case: Case, step: Step) -> bool:
        """Whether nobody could say what comes of it."""
        now = self._world.clock.now()
        return case.close_call(now) or (case.left_behind(now) and not isinstance(step, Due | Order))

    async def _open(self, sent: Sent) -> None:
        if sent is Sent.FREE_MAIL:
            await self._agencies.refused()
            return
        hold = next((case for case in self._cases if case.hold and not case.hold.named_by), None)
        case = await self._agencies.opens(len(self._cases), sent, hold)
        self._cases.append(case)
        await settle(self._world, case)
        if hold:
            await settle(self._world, hold)
        await self._look(case)

    async def _on(self, case: Case, step: Step) -> None:
        match step:
            case Due():
                await self._people.do_what_is_due(case, again=step.again)
            case Word():
                await self._people.say(case, step)
            case OnMail():
                await self._people.say_on_mail(case, step)
            case Order():
                if not isinstance(case.model, Hold):
                    await self._agencies.orders(case, step)
            case Longer():
                await self._longer(case, step)
            case Reply():
                await self._agencies.replies(case, proven=step.proven)
            case Withdraw():
                await self._agencies.withdraws(case, proven=step.proven)
            case Block():
                await self._people.block(case, ends=step.ends)
            case Amend():
                await self._people.amend(case, step.by)
            case Object():
                await self._people.object(case)
            case SameMail():
                _, new = await self._world.desk.keep(case.raw)
                assert not new, "the same message is kept once"

    async def _longer(self, case: Case, step: Longer) -> None:
        hold, now = case.hold, self._world.clock.now()
        if hold is None:
            return
        if step.edge is None or hold.deadline() is None or hold.until - now < CLOSE_CALL:
            await self._agencies.asks_longer(case, step)
            return
        until = hold.until
        await self._leap(until - now + timedelta(seconds=JUST_BEFORE))
        if hold.deadline() is None:
            return  # Process has claimed it, or somebody has destroyed it, on the way.

        async def it_ends() -> None:
            await self._world.until(until, seconds=10)
            self._time_passed()

        await self._agencies.asked_longer(case, hold, step, it_ends)
        await self._leap(timedelta(minutes=2))

    # What clocks do

    def _time_passed(self) -> list[Case]:
        """Requests first: a claim that has ended gives its hold back. Returns the cases that have ended by it."""
        were_open = [case for case in self._cases if case.model.outcome is None]
        for case in sorted(self._cases, key=lambda case: isinstance(case.model, Hold)):
            if case.hold:
                case.hold.look_at_claims()
            case.model.passes(self._world.clock.now())
        return [case for case in were_open if case.model.outcome is not None]

    async def _leap_to(self, case: Case, step: Leap) -> None:
        due, now = case.model.deadline(), self._world.clock.now()
        span = timedelta(days=step.days) if due is None else due - now + timedelta(seconds=step.seconds)
        if span > timedelta(0):
            await self._leap(span)

    async def _leap(self, span: timedelta) -> None:
        """Nobody leaves an emergency lying about for days; its pages every quarter of an hour are another test's."""
        for case in self._cases:
            while isinstance(case.model, Disclosure) and case.model.emergency and not case.model.outcome:
                await self._people.do_what_is_due(case, again=False)
                await settle(self._world, case)
        await self._world.advance(seconds=span.total_seconds())
        self._time_passed()
        await asyncio.gather(*(settle(self._world, case) for case in self._cases))
        for case in self._cases:
            await self._look(case)

    async def _look(self, case: Case) -> None:
        await self._judge.look(case, self._world.clock.now)
