"""A case of a plan, from where both sides see it: the product's reference, and what the model makes of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.model.guide import Disclosure, Hold, Mail, Model, Restriction
from tests.model.guide.restriction import IN_FORCE
from tests.model.plan import Sent

CLOSE_CALL = timedelta(seconds=30)


@dataclass
class Case:
    """`mail` are the product's ids of messages that came later, beside what the model calls them."""

    ref: str
    sent: Sent
    sender: str
    user: str
    raw: bytes
    model: Model
    blocked: bool = False
    mail: list[tuple[str, Mail]] = field(default_factory=list)

    def close_call(self, now: datetime) -> bool:
        """Whether something falls due so soon that nobody can say which comes first."""
        due = self.model.deadline()
        return due is not None and due - now < CLOSE_CALL

    @property
    def over(self) -> bool:
        """Whether nothing is left to come of it."""
        untold = not isinstance(self.model, Hold) and self.model.gagged
        return self.model.outcome is not None and not untold

    @property
    def at_notice(self) -> bool:
        """Whether words about silence and clocks concern the notice: all else has been given, or is in force."""
        model = self.model
        return (isinstance(model, Disclosure) and model.produced) or (
            isinstance(model, Restriction) and model.until is not None
        )

    def left_behind(self, now: datetime) -> bool:
        """Whether a restriction has ended for the model, and its machine cannot know: it waits for its notice."""
        model = self.model
        return isinstance(model, Restriction) and model.gagged and model.until is not None and model.until <= now

    def clock(self, now: datetime) -> datetime:
        """What the case's machine may show: time is never skipped for one that waits for its notice."""
        model = self.model
        if isinstance(model, Disclosure) and model.told_at and not model.produced:
            return min(now, model.told_at)
        if isinstance(model, Restriction) and model.gagged and model.until:
            return min(now, model.until - IN_FORCE)
        return now

    @property
    def hold(self) -> Hold | None:
        return self.model if isinstance(self.model, Hold) else None
