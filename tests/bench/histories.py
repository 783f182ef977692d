"""What a produced subpoena leaves in Temporal, and how long its replay takes."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Replayer

from contract.ids import notice_id
from policy.statements import Verdict
from policy.vocabulary import Phase
from runtime.connection import data_converter
from runtime.settings import Settings
from runtime.working import WORKFLOWS as PRODUCT
from runtime.working import sandbox
from tests.bench.bare import WORKFLOWS as BARE
from tests.bench.lines import Line, ratios
from tests.bench.sizes import Sizes
from tests.bench.stage import Job, Stage

_KB = 1024
_BATCH = 10


async def histories(stage: Stage, sizes: Sizes) -> list[Line]:
    """One subpoena without a gag, through its objection window to its production; then the replay of its history."""
    request, notice = await _produced(stage, bare=False)
    bare_request, bare_notice = await _produced(stage, bare=True)
    return [
        *_sizes("request", request, bare_request),
        *_sizes("its notice", notice, bare_notice),
        await _replay(stage.settings, request, bare_request, sizes.replay_rounds),
    ]


async def _produced(stage: Stage, *, bare: bool) -> tuple[WorkflowHistory, WorkflowHistory]:
    (job,) = await stage.jobs(1, bare=bare)
    await stage.start(job)
    await stage.until_phase([job], Phase.VERIFICATION)
    await stage.state(job, Verdict.AUTHENTIC)
    await stage.until_phase([job], Phase.LEGAL_REVIEW)
    await stage.state(job, Verdict.APPROVE)
    await stage.until_phase([job], Phase.OBJECTION_WINDOW)
    notice = stage.client.get_workflow_handle(_notice_of(job))
    skipper = TimeSkipper(stage.client, config=TimeSkippingConfig(enabled=False))
    await skipper.fast_forward(notice, timedelta(days=40))
    await stage.finish([job])
    return await stage.handle(job).fetch_history(), await notice.fetch_history()


def _notice_of(job: Job) -> str:
    return f"bare-notice/{job.ref}/1" if job.bare else notice_id(job.ref, 1)


def _sizes(whose: str, product: WorkflowHistory, bare: WorkflowHistory) -> list[Line]:
    note = "without the skipping of time, which only a fast-forwarded window has" if whose != "request" else ""
    counts = [len(_own(history)) for history in (product, bare)]
    sizes = [sum(event.ByteSize() for event in _own(history)) / _KB for history in (product, bare)]
    return [
        Line(f"1 events of {whose}", counts[0], target=80, product=str(counts[0]), bare=str(counts[1]), note=note),
        Line(
            f"1 size of {whose}",
            sizes[0],
            unit="KB",
            target=16,
            product=f"{sizes[0]:.2f} KB",
            bare=f"{sizes[1]:.2f} KB",
            note="codec on; KB of 1024 bytes",
        ),
    ]


def _own(history: WorkflowHistory) -> list[HistoryEvent]:
    """The events that the case itself leaves; in real life nobody changes options or skips time."""
    skipped = (
        "workflow_execution_options_updated_event_attributes",
        "workflow_execution_time_skipping_transitioned_event_attributes",
    )
    return [event for event in history.events if event.WhichOneof("attributes") not in skipped]


async def _replay(settings: Settings, product: WorkflowHistory, bare: WorkflowHistory, rounds: int) -> Line:
    pairs = []
    for _ in range(rounds):
        pairs.append((await _replayed(settings, PRODUCT, product), await _replayed(settings, BARE, bare)))
    note = f"{len(product.events)} events against {len(bare.events)}; {_BATCH} replays each time, in the sandbox"
    return ratios("6 replay of a request", pairs, 1.5, unit="ms", note=note)


async def _replayed(settings: Settings, workflows: Sequence[type], history: WorkflowHistory) -> float:
    """Milliseconds for one replay."""
    replayer = Replayer(workflows=workflows, workflow_runner=sandbox(), data_converter=data_converter(settings))

    async def again() -> AsyncIterator[WorkflowHistory]:
        for _ in range(_BATCH):
            yield history

    began = time.perf_counter()
    await replayer.replay_workflows(again())
    return (time.perf_counter() - began) / _BATCH * 1000
