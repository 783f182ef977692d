"""One stack per state directory, held by an advisory lock which the kernel drops when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_NAME = "lock"


class StateHeldError(Exception):
    """Another process runs a stack on this state directory."""


@contextmanager
def hold(state_dir: Path) -> Iterator[None]:
    """Hold the state directory for this process until the block ends.

    Raises StateHeldError, naming the holder, when another process holds it.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    handle = os.open(state_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try_for_a_moment(handle):
            holder = os.read(handle, 32).decode(errors="replace").strip() or "unknown"
            raise StateHeldError(
                f"A stack already runs on {state_dir} (process {holder}). "
                "Stop it first, or set DUEPROCESS_STATE_DIR to another directory."
            )
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def is_held(state_dir: Path) -> bool:
    """True while a stack runs on this state directory."""
    try:
        handle = os.open(state_dir / LOCK_NAME, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _try_for_a_moment(handle: int) -> bool:
    # `is_held` takes the lock for an instant; without a second try, asking could stop a stack from starting.
    for _ in range(10):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False
