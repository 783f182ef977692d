"""How long a person waits for a ruling, and how soon the next step begins; also after the worker was killed."""

import asyncio
import os
import signal
import statistics
import time

from policy.statements import Verdict
from policy.vocabulary import Phase
from tests.bench.lines import Line, percentile, ratios
from tests.bench.sizes import Sizes
from tests.bench.stage import Job, Stage
from tests.bench.waiting import at_once

_NEXT = "copy_approved"
#: What still runs after a request has ended (its notice) must not be in the next sample.
_CALM_SECONDS = 0.1


async def latency(stage: Stage, sizes: Sizes) -> list[Line]:
    """At idle, one decision after another: the product's, a bare no-op update, a bare one with a local activity."""
    decided: list[tuple[float, float, float]] = []
    begun: list[tuple[float, float]] = []
    p50s, begun_p50s = [], []
    for _ in range(sizes.latency_rounds):
        answers, starts = await _round(stage, sizes.latency_requests)
        product, bare, _ = zip(*answers, strict=True)
        p50s.append((statistics.median(product), statistics.median(bare)))
        product, bare = zip(*starts, strict=True)
        begun_p50s.append((statistics.median(product), statistics.median(bare)))
        decided += answers
        begun += starts
    product, bare, local = zip(*decided, strict=True)
    first, bare_first = zip(*begun, strict=True)
    return [
        ratios("4 decision p50", p50s, 1.3, unit="ms", note="to a no-op update"),
        _p99("4 decision p99", product, bare),
        Line(
            "4 a bare update with a local activity p50",
            statistics.median(local) / statistics.median(bare),
            unit="x",
            product=f"{statistics.median(local):.3g} ms",
            bare=f"{statistics.median(bare):.3g} ms",
            note="for information: the part of a decision that is Temporal's",
        ),
        ratios("4 decision to next activity p50", begun_p50s, 1.5, unit="ms", note="from sending to its start"),
        _p99("4 decision to next activity p99", first, bare_first),
    ]


def _p99(name: str, product: tuple[float, ...], bare: tuple[float, ...]) -> Line:
    note = f"of {len(product)} samples each, over all rounds"
    return ratios(name, [(percentile(product, 0.99), percentile(bare, 0.99))], 2, unit="ms", note=note)


async def _round(stage: Stage, n: int) -> tuple[list[tuple[float, float, float]], list[tuple[float, float]]]:
    """Milliseconds to each answer, and from each approval to the start of the next activity."""
    product = await stage.jobs(n, bare=False, gagged=True)
    bare, local = await stage.jobs(n, bare=True, gagged=True), await stage.jobs(n, bare=True, gagged=True)
    for jobs in (product, [*bare, *local]):
        await at_once([stage.start(job) for job in jobs])
        await stage.until_phase(jobs, Phase.VERIFICATION)
    await asyncio.sleep(_CALM_SECONDS)
    answers, starts = [], []
    sides = [(job, other, third) for job, other, third in zip(product, bare, local, strict=True)]
    for job, other, third in sides:
        answers.append(
            (
                await _answer(stage, job, Verdict.AUTHENTIC),
                await _answer(stage, other, Verdict.AUTHENTIC, "nothing"),
                await _answer(stage, third, Verdict.AUTHENTIC),
            )
        )
    for jobs in (product, [*bare, *local]):
        await stage.until_phase(jobs, Phase.LEGAL_REVIEW)
    await asyncio.sleep(_CALM_SECONDS)
    for job, other, third in sides:
        answer, start = await _approved(stage, job)
        bare_answer, bare_start = await _approved(stage, other, "nothing")
        local_answer, _ = await _approved(stage, third)
        answers.append((answer, bare_answer, local_answer))
        starts.append((start, bare_start))
    await stage.clear()
    return answers, starts


async def _approved(stage: Stage, job: Job, update: str = "decide") -> tuple[float, float]:
    """Milliseconds to the answer and to the start of the next activity; then all is quiet again."""
    sent = time.time()
    answer = await _answer(stage, job, Verdict.APPROVE, update)
    await stage.finish([job])
    await asyncio.sleep(_CALM_SECONDS)
    history = await stage.handle(job).fetch_history()
    scheduled = {
        event.event_id
        for event in history.events
        if event.activity_task_scheduled_event_attributes.activity_type.name == _NEXT
    }
    started = next(
        event.event_time.ToNanoseconds() / 1e9
        for event in history.events
        if event.activity_task_started_event_attributes.scheduled_event_id in scheduled
    )
    return answer, (started - sent) * 1000


async def after_kill(stage: Stage, sizes: Sizes) -> list[Line]:
    """The worker is killed with SIGKILL; once it is dead a decision is sent, while the supervisor brings it back."""
    took = []
    for _ in range(sizes.kills):
        (job,) = await stage.jobs(1, bare=False, gagged=True)
        await stage.start(job)
        await stage.until_phase([job], Phase.VERIFICATION)
        os.kill(stage.stack.pids["worker"], signal.SIGKILL)
        while "worker" in stage.stack.pids:  # noqa: ASYNC110 - a dying process is still given tasks, and loses them
            await asyncio.sleep(0.002)
        took.append(await _answer(stage, job, Verdict.AUTHENTIC) / 1000)
        await stage.clear()
    note = f"{sizes.kills} kills; target: the sticky timeout of 2 s and 1 s more; the worker's restart is in it"
    worst = max(took)
    return [Line("7 first decision after kill -9", worst, unit="s", target=3, low=min(took), high=worst, note=note)]


async def _answer(stage: Stage, job: Job, verdict: Verdict, update: str = "decide") -> float:
    began = time.perf_counter()
    await stage.state(job, verdict, update)
    return (time.perf_counter() - began) * 1000
