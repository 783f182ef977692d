"""Ends servers with SIGKILL at random moments, so many times and no more."""

import asyncio
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass, field

from runtime.embedded.stack import EmbeddedStack

_PAUSE_SECONDS = (0.3, 3.0)
_COMES_BACK_WITHIN_SECONDS = 60
VICTIMS = ("worker", "postgres", "temporal")


@dataclass
class Killer:
    """`time_passes` is set while time is skipped: Temporal, whose experiment that is, is then left alone."""

    stack: EmbeddedStack
    kills: int
    chance: random.Random
    time_passes: asyncio.Event = field(default_factory=asyncio.Event)
    done: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """Kill each in turn, in random order; the supervisor brings it back before the next is killed."""
        while self.done.total() < self.kills:
            for name in self.chance.sample(VICTIMS, len(VICTIMS)):
                if self.done.total() == self.kills:
                    return
                await asyncio.sleep(self.chance.uniform(*_PAUSE_SECONDS))
                if name == "temporal" and self.time_passes.is_set():
                    continue
                await self._kill(name)

    async def _kill(self, name: str) -> None:
        pid = self.stack.pids.get(name)
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL)
        self.done[name] += 1
        async with asyncio.timeout(_COMES_BACK_WITHIN_SECONDS):
            while self.stack.pids.get(name, pid) == pid:  # noqa: ASYNC110 - the supervisor tells nobody
                await asyncio.sleep(0.05)
