"""One soak: the product's own stack, a plan, a caretaker, a killer, and at the end the oracle."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from runtime.settings import Settings
from starter.up import make_stack
from tests.bench.stage import on_stage
from tests.soak.caretaker import Caretaker
from tests.soak.evidence import Evidence
from tests.soak.killer import Killer
from tests.soak.oracle import Verdict, judge
from tests.soak.plan import write_plan

#: A run in which fewer cases end says little of the others.
_ENOUGH = 0.95


@dataclass(frozen=True, slots=True)
class Report:
    """What a soak found. With no promise broken in n cases, at most 3/n break one (the rule of three, 95 %)."""

    requests: int
    seed: int
    kills: dict[str, int]
    verdict: Verdict

    @property
    def counts(self) -> bool:
        """Whether enough cases ended for the run to say anything."""
        return self.verdict.finished >= _ENOUGH * self.requests

    @property
    def bound(self) -> float | None:
        """The bound on the share of cases that break a promise, where none did."""
        return None if self.verdict.broken or not self.verdict.finished else min(1, 3 / self.verdict.finished)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"counts": self.counts, "bound": self.bound}


async def soak(
    settings: Settings,
    folder: Path,
    *,
    requests: int,
    kills: int,
    seed: int,
    limit: float,
    ask: Callable[[Evidence], Verdict] = judge,
) -> Report:
    """Run `requests` through their whole lives under `kills`; `limit` is in seconds of this machine's time.

    `ask` judges the evidence while the servers still run.
    """
    stack = make_stack(settings)
    killer = Killer(stack, kills, random.Random(seed))  # noqa: S311 - moments, not secrets
    async with stack, on_stage(stack.settings, stack) as stage:
        planned = write_plan(folder, requests, stage.clock.now())
        caretaker = Caretaker(stage, folder, planned, killer, limit)
        killing = asyncio.create_task(killer.run())
        try:
            await caretaker.run()
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
        dsn = stage.settings.database_url.get_secret_value().replace("postgresql+psycopg://", "postgresql://")
        verdict = await asyncio.to_thread(ask, Evidence(folder, settings.state_dir, dsn))
    return Report(requests=requests, seed=seed, kills=dict(killer.done), verdict=verdict)
