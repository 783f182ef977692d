"""A request for data, or an emergency: once approved its user is told, and the data given (U1 to U4, E1, F3, N1)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tests.model.guide.mail import Mail, What
from tests.model.guide.people import Says
from tests.model.guide.request import Request
from tests.model.guide.silence import ABOUT_SILENCE

OBJECTION = timedelta(days=7)  # N1
AFTER_EMERGENCY = timedelta(days=90)  # E1, N1


@dataclass(eq=False)
class Disclosure(Request):
    """`cleared`: approved in the present review, and told; `heard`: the user has objected, and people looked again."""

    due: date | None = None
    emergency: bool = False
    delayed_until: datetime | None = None
    moved: timedelta = timedelta(0)
    cleared: bool = False
    objects: bool = False
    heard: bool = False
    produced: bool = False

    @property
    def stage(self) -> str:
        stage = super().stage
        return "window" if stage == "review" and self.cleared else stage

    @property
    def gagged(self) -> bool:
        """Whether all is given but the notice to the user, who is still to be told."""
        return self.produced and not self.told_at

    def window_end(self) -> datetime:
        """Until when the user may object: seven days, or until the response is due."""
        assert self.told_at is not None
        due = datetime.combine(self.due, time.min, UTC) if self.due else self.told_at
        return max(self.told_at + OBJECTION, due) + self.moved

    def deadline(self) -> datetime | None:
        if self.phase == "window":
            return self.window_end()
        if self.gagged and not self.silence.endless and not self.clocks.stopped:
            return max((end for end in (self.silence.until, self.delayed_until) if end), default=None)
        return super().deadline()

    def passes(self, now: datetime) -> None:
        if self.phase == "window" and self.window_end() <= now:
            self._produce()
        super().passes(now)

    def says(self, said: Says, now: datetime) -> bool:
        counts = super().says(said, now)
        if counts and said.verdict == "tell_user":
            self.delayed_until = None
        return counts

    def _means_something(self, said: Says, now: datetime) -> bool:
        if self.gagged and said.verdict == "resume":
            return self.clocks.stopped
        if self.gagged and not self.clocks.stopped and self.silent(now):
            if said.verdict == "suspend":
                return True
            if said.verdict in ABOUT_SILENCE:
                return self.silence.may_be_ruled(said, now, in_review=False)
        return super()._means_something(said, now)

    def _may_be_approved(self) -> bool:
        """Nobody is told before an emergency's disclosure, so its silence can be given an end later."""
        return self.emergency or super()._may_be_approved()

    def _approved(self, now: datetime) -> None:
        if not self.exists:
            self.outcome = "account_not_found"
        elif self.emergency:
            self._produce()
            self.delayed_until = now + AFTER_EMERGENCY
        elif self.heard or (self.told_at is None and self.silence.holds(now)):
            self._produce()
        else:
            self.told_at = self.told_at or now
            self.cleared = True
            self._hear()
            self.passes(now)

    def _produce(self) -> None:
        self.produced, self.outcome = True, "produced"

    def objected(self) -> None:
        """The user objected in time: people look again, and earlier approvals do not count (N1)."""
        self.objects = True
        self._hear()

    def _hear(self) -> None:
        """An objection brings the case back to a reviewer, from whatever else has it in hand first."""
        if self.objects and not self.heard and self.phase == "window":
            self.heard, self.cleared = True, False
            self._review_anew()

    def _review_anew(self) -> None:
        super()._review_anew()
        self.cleared = False

    def _go_on(self, now: datetime) -> None:
        end = self.window_end() if self.told_at else None
        super()._go_on(now)
        if end is not None:
            self.moved += self.clocks.later(end) - end
        self.delayed_until = self.delayed_until and self.clocks.later(self.delayed_until)
        self._hear()

    def silent(self, at: datetime) -> bool:
        """Whether the user must not be told at this instant: an order forbids it, an emergency's disclosure is recent,
        or a court is being asked."""
        return (
            self.silence.holds(at)
            or (self.delayed_until is not None and at < self.delayed_until)
            or self.clocks.stopped
        )

    def must_be_told(self, now: datetime) -> bool:
        """Whether the user must know by now."""
        return self.told_at is not None or (self.produced and not self.silent(now))

    def _takes(self, mail: Mail) -> bool:
        return super()._takes(mail) or (mail.what is What.ORDER and self.gagged)
