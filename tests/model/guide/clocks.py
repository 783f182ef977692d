"""Clocks that a reviewer stops while a court is asked: what time was left is left when they go on (N3)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Clocks:
    """When they stood still: from, and up to; None while they still do."""

    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        return bool(self.pauses) and self.pauses[-1][1] is None

    def stop(self, now: datetime) -> None:
        self.pauses.append((now, None))

    def go_on(self, now: datetime) -> None:
        self.pauses[-1] = (self.pauses[-1][0], now)

    @property
    def stood(self) -> timedelta:
        """How long they stood still the last time."""
        since, until = self.pauses[-1]
        return (until or since) - since

    def time(self, now: datetime) -> datetime:
        """What they show."""
        return self.pauses[-1][0] if self.stopped else now

    def later(self, due: datetime) -> datetime:
        """A deadline after the last pause; one that had passed before it stays so."""
        return due if due <= self.pauses[-1][0] else due + self.stood

    def stood_at(self, at: datetime, vague: timedelta) -> bool:
        """Whether they surely stood still at this instant."""
        return any(since + vague < at and (until is None or at < until - vague) for since, until in self.pauses)
