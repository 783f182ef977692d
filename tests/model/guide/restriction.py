"""A request to restrict access: in force once two people approve, until its end or a reviewer's word (X1 to X3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.model.guide.mail import Mail, What
from tests.model.guide.people import Says
from tests.model.guide.request import Request
from tests.model.guide.silence import ABOUT_SILENCE

IN_FORCE = timedelta(days=90)  # X2, where no end was asked for


@dataclass(eq=False)
class Restriction(Request):
    """`until` is set once it is in force. From then on its clocks are those of the notice: access is given back in time
    whatever a court is asked."""

    needed: int = 2
    until: datetime | None = None
    appealed: bool = False

    @property
    def stage(self) -> str:
        if self.until is None:
            return super().stage
        return "appealed" if self.appealed else "in_force"

    @property
    def phase(self) -> str:
        return "closed" if self.outcome else self.stage if self.until else super().phase

    @property
    def in_force(self) -> bool:
        """Whether access is restricted."""
        return self.until is not None and not self.outcome

    @property
    def gagged(self) -> bool:
        """Whether the user is still to be told."""
        return self.until is not None and not self.told_at

    def deadline(self) -> datetime | None:
        if self.until is None:
            return super().deadline()
        if not self.outcome:
            return self.until
        return self.silence.until if self.gagged and not self.silence.endless and not self.clocks.stopped else None

    def passes(self, now: datetime) -> None:
        if self.in_force and self.until and self.until <= now:
            self.outcome = "restriction_expired"
        super().passes(now)

    def says(self, said: Says, now: datetime) -> bool:
        if not self.in_force or said.verdict in ABOUT_SILENCE | {"suspend", "resume"}:
            return super().says(said, now)
        if not (said.valid and said.theirs and self._means_something(said, now)):
            return False
        match said.verdict:
            case "authentic":
                self.verified_by.add(said.by)
                self.frozen = False
            case "uphold":
                self.appealed = False
            case _:
                self.outcome = "restriction_lifted"
        return True

    def _means_something(self, said: Says, now: datetime) -> bool:
        if self.until is None:
            return super()._means_something(said, now)
        match said.verdict:
            case "lift":
                return self.in_force
            case "uphold":
                return self.in_force and self.appealed and said.by not in self.had_part
            case "authentic" | "not_authentic":
                return self.in_force and self.frozen and said.by not in self.approvers
            case "resume":
                return self.gagged and self.clocks.stopped
            case "suspend":
                return self.gagged and self.silent(now) and not self.clocks.stopped
            case "date_gag" | "tell_user" | "lift_gag":
                free = self.gagged and self.silent(now) and not self.clocks.stopped
                return free and self.silence.may_be_ruled(said, now, in_review=False)
            case _:
                return False

    @property
    def had_part(self) -> set[str]:
        """Who may not decide an appeal against the user."""
        return self.verified_by | self.approvers | self.amended_by

    def _approved(self, now: datetime) -> None:
        if self.exists:
            self.until = now + IN_FORCE
        else:
            self.outcome = "account_not_found"

    def appeals(self) -> None:
        """The user asks that somebody who had no part in it look again."""
        self.appealed = self.in_force

    def blocked(self) -> None:
        """What is in force stays so until a verifier has called back (S1)."""
        if self.in_force:
            self.frozen = True
        else:
            super().blocked()

    def silent(self, at: datetime) -> bool:
        """Whether the user must not be told at this instant."""
        return self.silence.holds(at) or self.clocks.stopped

    def must_be_told(self, now: datetime) -> bool:
        """Whether the user must know by now."""
        return self.told_at is not None or (self.until is not None and not self.silent(now))

    def _takes(self, mail: Mail) -> bool:
        """A withdrawal of what is in force is for a reviewer, who lifts it."""
        if mail.what is What.ORDER:
            return not self.outcome or self.gagged
        return super()._takes(mail) and self.until is None
