"""A server process that belongs to this one: started until it answers, stopped in order, never left behind."""

import asyncio
import contextlib
import ctypes
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.02
_START_LIMIT_SECONDS = 60


class StartError(Exception):
    """A server of the stack did not start; the message says which, why, and where its log is."""


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom a child runs: `user` is a name to change to, `enter` runs in the child before the program does."""

    user: str | None = None
    group: int | None = None
    enter: Callable[[], None] | None = None


class OwnedProcess(ABC):
    """A child process with its log. It must be started from a thread that lives as long as the child should.

    The kernel ends the child when that thread dies, so that killing the stack with SIGKILL leaves nothing running.
    """

    name: str
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    death_signal: ClassVar[signal.Signals] = signal.SIGKILL
    stop_limit_seconds: float = 20

    def __init__(self, log_file: Path) -> None:
        self.log_file = log_file
        self._process: asyncio.subprocess.Process | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments."""

    async def before_start(self) -> None:
        """Make ready what the program needs, such as its data directory."""
        return

    async def is_ready(self) -> bool:
        """Whether the program answers."""
        return True

    def environment(self) -> Mapping[str, str]:
        return os.environ

    def identity(self) -> Identity:
        return Identity()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start the program and return when it answers. Raises StartError when it ends first or takes too long."""
        await self.before_start()
        self._process = await self._spawn()
        deadline = time.monotonic() + _START_LIMIT_SECONDS
        while not await self.is_ready():
            if self._process.returncode is not None:
                raise StartError(
                    f"{self.name} ended with code {self._process.returncode} at its start. {self._last_words()}"
                )
            if time.monotonic() > deadline:
                await self.kill()
                raise StartError(f"{self.name} gave no answer in {_START_LIMIT_SECONDS} s. {self._last_words()}")
            await asyncio.sleep(_POLL_SECONDS)

    async def wait(self) -> int:
        """Wait until the program ends, and give its exit code (negative: the signal that ended it)."""
        return await self._process.wait() if self._process else 0

    async def stop(self) -> None:
        """Ask the program to end, wait for it as long as it is allowed to take, then kill it."""
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(self.stop_signal)
        try:
            await asyncio.wait_for(self._process.wait(), self.stop_limit_seconds)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End the program and what it has started, without asking (SIGKILL)."""
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def _spawn(self) -> asyncio.subprocess.Process:
        identity = self.identity()
        parent, death_signal = os.getpid(), self.death_signal

        def in_child() -> None:
            if identity.enter:
                identity.enter()
            die_with(parent, death_signal)

        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            try:
                return await asyncio.create_subprocess_exec(
                    *self.command(),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=dict(self.environment()),
                    user=identity.user,
                    group=identity.group,
                    extra_groups=[] if identity.user else None,
                    start_new_session=True,  # Ctrl-C reaches the stack alone, which then stops its children in order.
                    preexec_fn=in_child,
                )
            except FileNotFoundError as error:
                raise StartError(f"{self.name} cannot be started: {error.filename} does not exist.") from error

    def _last_words(self) -> str:
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return f"Its log {self.log_file} ends with: {lines[-1] if lines else '(nothing)'}"


def die_with(parent: int, death_signal: signal.Signals) -> None:
    """To be called in a child: have the kernel send it a signal when its parent dies."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:  # The parent died before the kernel was asked.
        os._exit(1)
