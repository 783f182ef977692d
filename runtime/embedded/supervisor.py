"""Keeps processes running: starts them in order, brings back the ones that die, stops them in reverse."""

import asyncio
import logging
import time
from collections.abc import Callable

from runtime.embedded.process import OwnedProcess, StartError

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_STEADY_SECONDS = 30.0

log = logging.getLogger(__name__)


class Supervisor:
    """`on_change` is called whenever a process has started or ended for good, with the process ids by name."""

    def __init__(self, on_change: Callable[[dict[str, int]], None]) -> None:
        self._on_change = on_change
        self._processes: list[OwnedProcess] = []
        self._watchers: list[asyncio.Task[None]] = []

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of what runs at this moment, by name."""
        return {process.name: process.pid for process in self._processes if process.pid is not None}

    async def start(self, process: OwnedProcess) -> None:
        """Start a process and keep it running from then on. Raises StartError when it does not come up at all."""
        self._processes.append(process)
        await process.start()
        self._on_change(self.pids)
        self._watchers.append(asyncio.create_task(self._keep_running(process), name=f"watch {process.name}"))

    async def stop(self) -> None:
        """Stop everything, last started first."""
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        for process in reversed(self._processes):
            await process.stop()
            self._on_change(self.pids)

    async def _keep_running(self, process: OwnedProcess) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            started = time.monotonic()
            code = await process.wait()
            if time.monotonic() - started > _STEADY_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            log.warning(
                "%s ended unexpectedly (%s); it starts again in %.1f s; its log is %s",
                process.name,
                _how(code),
                pause,
                process.log_file,
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            try:
                await process.start()
            except StartError as error:
                log.error("%s", error)
                continue
            log.warning("%s runs again", process.name)
            self._on_change(self.pids)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
