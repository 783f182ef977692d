"""Business time: the one clock with which mail receipt and people's decisions are stamped.

Nothing that counts days asks the machine for the time. It comes from here once, and travels on as an argument.
"""

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path


class ClockError(Exception):
    """The clock cannot be moved as asked."""


class BusinessClock:
    """The real clock, or, with an offset file, a clock that a demonstration moves forwards.

    The file holds how far business time is ahead of the machine's clock, in seconds. All processes of one stack share
    it, so that months pass for all of them at once. In production there is no file and the clock cannot be moved.
    """

    def __init__(self, offset_file: Path | None) -> None:
        self._offset_file = offset_file

    def now(self) -> datetime:
        """The present moment of business time, aware, in UTC. Raises ClockError when the offset file is unreadable."""
        return datetime.now(UTC) + self._offset()

    def advance_to(self, when: datetime) -> None:
        """Move the clock forwards to `when`. Raises ClockError for the real clock and for a moment already past."""
        if self._offset_file is None:
            raise ClockError("The clock is the real one and cannot be moved: DUEPROCESS_CLOCK_FILE is not set.")
        if when.tzinfo is None:
            raise ClockError(f"The clock needs a time with a time zone, and {when.isoformat()} has none.")
        ahead = when - datetime.now(UTC)
        if ahead < self._offset():
            raise ClockError(f"The clock only moves forwards: {when.isoformat()} is before {self.now().isoformat()}.")
        self._write(ahead)

    def _offset(self) -> timedelta:
        if self._offset_file is None:
            return timedelta()
        try:
            return timedelta(seconds=float(self._offset_file.read_text(encoding="ascii")))
        except FileNotFoundError:
            return timedelta()
        except (OSError, ValueError, OverflowError) as error:
            raise ClockError(f"The clock file {self._offset_file} cannot be read: {error}.") from error

    def _write(self, offset: timedelta) -> None:
        assert self._offset_file is not None  # noqa: S101 - advance_to has refused the real clock
        self._offset_file.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and renamed: another process reads either the old offset or the new one.
        handle, name = tempfile.mkstemp(dir=self._offset_file.parent, prefix=self._offset_file.name)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{offset.total_seconds():.6f}\n")
        Path(name).replace(self._offset_file)
