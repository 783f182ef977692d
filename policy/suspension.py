"""Clocks that stand still while what is asked for, or the silence about it, is challenged in court (N3, U2).

A reviewer's signed word stops a case's clocks, and another lets them go on. The time that was left when they stopped
is left when they go on: nothing lapses, is destroyed, told or given meanwhile. An order of silence keeps its own end,
which is the court's; but nobody is told while the clocks stand still, even if it passes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from policy.frozen import Frozen
from policy.statements import Statement, Verdict


class Pause(Frozen):
    """A time in which the clocks stood still, from `since` up to `until` (UTC)."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted; never negative."""
        return max(timedelta(0), self.until - self.since)

    def put_off(self, deadline: datetime) -> datetime:
        """The deadline with the time that was left at the beginning of the pause; one that was over then stays so."""
        return deadline if deadline <= self.since else deadline + self.length


def stands_still(accepted: Iterable[Statement]) -> bool:
    """Whether the latest of these accepted statements about the clocks, in order, has stopped them."""
    return [s.verdict for s in accepted if s.verdict in (Verdict.SUSPEND, Verdict.RESUME)][-1:] == [Verdict.SUSPEND]
