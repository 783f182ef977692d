"""Recorded histories replay: no change to a machine may strand a case that is open."""

import json
from collections.abc import AsyncIterator
from functools import cache

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from contract.ids import request_id
from policy.vocabulary import Outcome, Phase
from runtime.working import WORKFLOWS, sandbox
from starter.samples import SampleProcess
from tests.histories import FOLDER
from tests.workflows.phases import phases_of
from tests.world import World

NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
#: Every phase that a machine of this kind shows.
PHASES = {
    "request": {
        Phase.RECEIVED,
        Phase.VERIFICATION,
        Phase.LEGAL_REVIEW,
        Phase.NOTICE,
        Phase.OBJECTION_WINDOW,
        Phase.SUSPENDED,
        Phase.PRODUCTION,
        Phase.RESTRICTED,
        Phase.CLOSED,
    },
    "notice": {
        Phase.GAGGED,
        Phase.SUSPENDED,
        Phase.NOTICE,
        Phase.TOLD,
        Phase.RETURNED,
        Phase.OBJECTION_WINDOW,
        Phase.CLOSED,
    },
    "preservation": {
        Phase.RECEIVED,
        Phase.VERIFICATION,
        Phase.HELD,
        Phase.SUSPENDED,
        Phase.CLAIMED,
        Phase.CLOSED,
    },
    "followup": {Phase.FOLLOW_UP, Phase.CLOSED},
    "restriction": {Phase.RESTRICTED, Phase.APPEALED, Phase.CLOSED},
}


@cache
def history(name: str) -> WorkflowHistory:
    return WorkflowHistory.from_json(name, json.loads((FOLDER / f"{name}.json").read_text("utf-8")))


def replayer() -> Replayer:
    return Replayer(workflows=WORKFLOWS, workflow_runner=sandbox(), data_converter=pydantic_data_converter)


async def cut(whole: WorkflowHistory) -> AsyncIterator[WorkflowHistory]:
    """The history as it was each time its machine had nothing to do but wait, and at its end."""
    kinds = [event.event_type for event in whole.events]
    ends = [place for place, kind in enumerate(kinds) if kind == 5 and place > 2]  # 5: a workflow task is scheduled
    for end in (*ends, len(kinds)):
        yield WorkflowHistory(whole.workflow_id, whole.events[:end])


@pytest.mark.parametrize("name", NAMES)
async def test_a_recorded_history_replays_wherever_it_is_cut_off(name: str) -> None:
    await replayer().replay_workflows(cut(history(name)))


@pytest.mark.parametrize("kind", PHASES)
def test_the_histories_show_every_phase_of_each_machine(kind: str) -> None:
    shown = {phase for name in NAMES if name.startswith(kind) for phase in phases_of(history(name))}
    assert shown == PHASES[kind]


async def test_a_history_that_differs_does_not_replay() -> None:
    """The check itself can fail."""
    whole = history("request-legal-review")
    broken = WorkflowHistory.from_json("broken", whole.to_json().replace('"name": "receive"', '"name": "reassess"'))
    with pytest.raises(Exception, match=r"[Nn]ondeterminism|does not match"):
        await replayer().replay_workflow(broken)


@pytest.fixture
def world_settings(world_settings: object, request: pytest.FixtureRequest) -> object:
    """Where a test asks for it, a worker that remembers no machine and so replays at every step."""
    forgets = "forgets" in request.node.name
    return world_settings.model_copy(update={"max_cached_workflows": 0}) if forgets else world_settings  # type: ignore[attr-defined]


async def test_a_worker_that_forgets_every_machine_still_tells_the_whole_story(world: World) -> None:
    ref = await world.mail(SampleProcess.SUBPOENA)
    await world.verify(ref)
    await world.approve(ref)
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    await world.letter("user_notice")
    await world.advance(days=2)
    await world.object(ref)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await world.approve(ref, "ravi")
    assert await world.ended(ref) is Outcome.PRODUCED
    assert not await world.running(request_id(ref))
