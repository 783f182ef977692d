"""Every step may be done again: it did its work and then reported failure, or died between its work and its record.

The stories that the histories are recorded from are told with either fault in every step, and both must come to the
same record, letters and productions. What is written twice where a step is done twice shows, because a step that died
before its record has written it once.
"""

import itertools
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pytest
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput
from temporalio.worker import Interceptor as WorkerInterceptor

from activities.record import Entry
from ledger.casebook import Casebook
from ledger.chain import verify
from ledger.reports import Reports
from runtime.services import open_activities
from runtime.settings import Settings
from tests.histories.record import STORIES
from tests.world import World, open_world


class Fault(StrEnum):
    """What goes wrong, once in every step."""

    REPORTED_FAILURE = "did it, then reported failure"
    DIED_BEFORE_RECORD = "did it, then died before its record was written"


#: Steps that put nothing into the record, and so cannot die before they do.
_ONLY_READ = {"claims", "heard", "in_time", "look", "stopped", "waiting"}


class Died(RuntimeError):
    """The worker is gone: what was to come after never happens."""


class DyingCasebook(Casebook):
    """Dies once before each record that a step writes: what the step did outside the ledger has happened by then."""

    died: set[object]

    async def commit(self, entry: Entry, stored: Callable[[], Awaitable[None]] | None = None) -> bool:
        self._die((entry.ref, entry.step))
        return await super().commit(entry, stored)

    async def sent(self, letter_id: int, at: datetime) -> None:
        self._die(letter_id)
        await super().sent(letter_id, at)

    def _die(self, place: object) -> None:
        self.died = getattr(self, "died", set())
        if place not in self.died:
            self.died.add(place)
            raise Died


@dataclass
class Again(ClientInterceptor, WorkerInterceptor):
    """Does each step a second time, and notes which steps were, and where the second answer differed."""

    fault: Fault
    done_again: Counter[str] = field(default_factory=Counter)
    differed: list[str] = field(default_factory=list)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Again(next, self)


class _Again(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, noted: Again) -> None:
        super().__init__(following)
        self._noted = noted

    async def execute_activity(self, input: ExecuteActivityInput) -> object:
        name = input.fn.__name__
        match self._noted.fault:
            case Fault.REPORTED_FAILURE:
                first = await self.next.execute_activity(input)
                second = await self.next.execute_activity(input)
                self._noted.done_again[name] += 1
                if first != second:
                    self._noted.differed.append(f"{name}: {first} and then {second}")
                return second
            case Fault.DIED_BEFORE_RECORD:
                for _ in range(10):
                    try:
                        return await self.next.execute_activity(input)
                    except Died:
                        self._noted.done_again[name] += 1
                raise ApplicationError("a step never came through", non_retryable=True)


@dataclass(frozen=True)
class Told:
    """What was left after the stories: comparable between runs, as references and chance are taken out of it."""

    events: Counter[tuple[str, str, str]]
    letters: Counter[tuple[str, str]]
    owed: int
    productions: int
    scopes: int
    faults: int
    again: Again


Tell = Callable[[Fault], Awaitable[Told]]


async def _left(world: World, again: Again) -> Told:
    places = {line.ref: f"case {n}" for n, line in enumerate(await Reports(world.services.engine).cases())}
    events: Counter[tuple[str, str, str]] = Counter()
    written = productions = scopes = 0
    for ref, place in places.items():
        for event in (await world.case(ref)).events:
            step = re.sub("^(amend|message|order|appeal|withdrawal|noted)-.*", r"\1", _placed(event.step, places))
            events[place, step, event.kind] += 1
            written += event.kind == "letter_written"
            productions += event.kind == "production_made"
            scopes += event.kind == "scope_approved"
    letters: Counter[tuple[str, str]] = Counter()
    for mail in world.letters():
        letters[_placed(mail.message_id, places), mail.to] += 1
    owed = written - sum(count for (_, _, kind), count in events.items() if kind == "letter_sent")
    faults = len((await verify(world.services.engine)).faults)
    return Told(events, letters, owed, productions, scopes, faults, again)


def _placed(text: str, places: dict[str, str]) -> str:
    """The text with places for references, of which Message-IDs quote the letters."""
    for ref, place in places.items():
        text = text.replace(ref.removeprefix("DP-"), place)
    return text


@pytest.fixture
def tell(world_settings: Settings, tmp_path: Path) -> Tell:
    async def run(fault: Fault) -> Told:
        again = Again(fault)
        ledger = DyingCasebook if fault is Fault.DIED_BEFORE_RECORD else Casebook
        async with open_world(world_settings, tmp_path / "mail", interceptors=(again,), ledger=ledger) as world:
            for story in STORIES:
                async for _ in story(world):
                    pass
            return await _left(world, again)

    return run


_KNOWN: dict[Fault, Told] = {}


@pytest.fixture(params=Fault)
def told(request: pytest.FixtureRequest) -> Told:
    return _KNOWN[request.param]


@pytest.mark.parametrize("fault", Fault)
async def test_the_stories_come_to_their_ends_whatever_goes_wrong(tell: Tell, fault: Fault) -> None:
    _KNOWN[fault] = await tell(fault)
    assert _KNOWN[fault].faults == 0, "the chain is whole"


def test_I1_nothing_is_doubled_in_the_record() -> None:
    twice, once = _KNOWN[Fault.REPORTED_FAILURE], _KNOWN[Fault.DIED_BEFORE_RECORD]
    assert twice.events - once.events == Counter()
    assert once.events - twice.events == Counter()
    assert twice.productions == once.productions
    assert 0 < twice.productions <= twice.scopes, "at most one disclosure for each approved scope"


def test_every_letter_is_sent_and_a_second_copy_has_the_same_message_id(told: Told) -> None:
    assert set(told.letters) == set(_KNOWN[Fault.REPORTED_FAILURE].letters)
    assert told.owed == 0
    copies = 2 if told.again.fault is Fault.DIED_BEFORE_RECORD else 1
    assert set(told.letters.values()) == {copies}


def test_a_step_that_is_done_again_gives_the_same_answer(told: Told) -> None:
    assert not told.again.differed


async def test_no_step_is_left_out(told: Told, world: World) -> None:
    """A new activity must be part of a story, or this fails: then tell it there."""
    async with open_activities(world.settings, world.services) as activities:
        names = Counter(activity.__name__ for activity in activities)
    assert set(names.values()) == {1}
    cannot = _ONLY_READ if told.again.fault is Fault.DIED_BEFORE_RECORD else set()
    assert set(told.again.done_again) == set(names) - cannot


def test_the_faults_really_happened(told: Told) -> None:
    assert all(itertools.chain(told.again.done_again.values()))
    assert sum(told.again.done_again.values()) > 100
