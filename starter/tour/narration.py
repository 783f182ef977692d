"""What the tour says: one line a step, the same in a terminal and in a log, and kept in a file."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from policy.vocabulary import Clause
from starter.command import out
from starter.lines import said

_REF_WIDTH = len("DP-2026-000001")


async def _nothing(_step: str) -> None:
    """What happens after a step where nobody watches."""


class Narrator:
    """Prints each line and appends it to `file`. `after_step` is awaited after each step, with what it said."""

    def __init__(self, file: Path, after_step: Callable[[str], Awaitable[None]] = _nothing) -> None:
        self._file = file
        self._after_step = after_step

    def heading(self, text: str) -> None:
        """A line that begins a part."""
        self.line("")
        self.line(text, style="bold")

    def line(self, text: str, *, style: str | None = None) -> None:
        """A line as it is."""
        out.print(text, style=style, markup=False)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(text + "\n")

    async def step(self, at: datetime, ref: str, text: str, *clauses: Clause) -> None:
        """A step: when it happened (business time, UTC), in which case, what, and by which clauses."""
        resting_on = f" ({', '.join(clauses)})" if clauses else ""
        self.line(f"{at:%Y-%m-%d %H:%M}  {ref or '-':<{_REF_WIDTH}}  {said(text)}{resting_on}")
        await self._after_step(text)
