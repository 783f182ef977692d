"""What every request goes through: a verifier, then reviewers, whatever comes between (S1, S2, R1 to R4, U1 to U4)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.model.guide.clocks import Clocks
from tests.model.guide.mail import Mail, Waiting, What
from tests.model.guide.people import ENDS, Says
from tests.model.guide.silence import Silence

UNANSWERED = timedelta(days=60)  # R1 to R4, U2


@dataclass(eq=False)
class Request:
    """A request under way. `needed` is how many people must approve it.

    `verified_by` and `approvers` are all that ever did: none of them does the other. `approved_by` have approved in
    the present review, `genuine` says that a verifier has looked since its sender was last blocked.
    """

    received_at: datetime
    needed: int = 1
    complete: bool = True
    exists: bool = True
    proven: bool = True
    genuine: bool = False
    frozen: bool = False
    withdrawn: bool = False
    silence: Silence = field(default_factory=Silence)
    waiting: Waiting = field(default_factory=Waiting)
    clocks: Clocks = field(default_factory=Clocks)
    verified_by: set[str] = field(default_factory=set)
    approvers: set[str] = field(default_factory=set)
    approved_by: set[str] = field(default_factory=set)
    amended_by: set[str] = field(default_factory=set)
    asked_at: datetime | None = None
    told_at: datetime | None = None
    outcome: str | None = None

    def __post_init__(self) -> None:
        self.asked_at = None if self.complete else self.received_at

    # Where it stands

    @property
    def phase(self) -> str:
        """Where the case stands; `stage` says where it would, if its clocks did not stand still."""
        return "closed" if self.outcome else "suspended" if self.clocks.stopped else self.stage

    @property
    def stage(self) -> str:
        return "review" if self.complete and self.genuine else "verification"

    @property
    def believed(self) -> bool:
        """Whether it is proven to come from its agency, or a verifier found it genuine, and its sender is not blocked:
        only then does it claim a hold (P3)."""
        return (self.proven or bool(self.verified_by)) and not self.frozen

    @property
    def approvals(self) -> set[str]:
        """Whose approval counts: nobody's who verified the request or completed it."""
        return self.approved_by - self.amended_by - self.verified_by

    def deadline(self) -> datetime | None:
        """What falls due next."""
        if self.outcome or self.clocks.stopped or self.asked_at is None:
            return None
        incomplete = not self.complete and not self.frozen
        return self.waiting.holds_up(self.asked_at + UNANSWERED) if incomplete or self.stage == "review" else None

    def passes(self, now: datetime) -> None:
        """Time has come this far."""
        due = self.deadline()
        if due is not None and due <= now and not self.outcome:
            self.outcome = "unanswered"

    # What people say

    def says(self, said: Says, now: datetime) -> bool:
        """Whether the statement counts; if so it has its effect."""
        if not (said.valid and said.theirs and self._means_something(said, now)):
            return False
        match said.verdict:
            case "authentic":
                self.verified_by.add(said.by)
                self.genuine, self.frozen = True, False
            case "date_gag" | "tell_user" | "lift_gag":
                self.silence.rule(said, now)
            case "ask":
                self.asked_at = now
            case "suspend":
                self.clocks.stop(now)
            case "resume":
                self._go_on(now)
            case "approve":
                self.approvers.add(said.by)
                self.approved_by.add(said.by)
                if len(self.approvals) >= self.needed:
                    self.asked_at = None
                    self._approved(now)
            case _:
                self.outcome = ENDS[said.verdict]
        return True

    def _means_something(self, said: Says, now: datetime) -> bool:
        match said.verdict:
            case "authentic" | "not_authentic":
                return self.phase == "verification" and said.by not in self.approvers
            case "approve":
                apart = said.by not in self.approved_by | self.amended_by | self.verified_by
                return self.phase == "review" and apart and self._may_be_approved()
            case "ask" | "challenge":
                return self.phase == "review"
            case "date_gag" | "tell_user" | "lift_gag":
                return self.phase == "review" and self.silence.may_be_ruled(said, now, in_review=True)
            case "resume":
                return self.phase == "suspended"
            case "reject" | "withdraw" | "suspend":
                return self.phase in ("verification", "review", "window")
            case _:
                return False

    def _may_be_approved(self) -> bool:
        """Nothing is approved under an order of silence that has no end (N2)."""
        return self.silence.settled

    def _approved(self, now: datetime) -> None:
        raise NotImplementedError

    def _go_on(self, now: datetime) -> None:
        """The clocks go on with what time was left, and what came meanwhile counts."""
        self.clocks.go_on(now)
        if self.asked_at is not None:
            self.asked_at += self.clocks.stood
        self._withdraw()

    def amended(self, by: str, *, completes: bool) -> None:
        """A person corrected the facts: what they approved before, others must."""
        self.amended_by.add(by)
        self.complete = self.complete or completes
        self.asked_at = None if self.complete else self.asked_at

    def blocked(self) -> None:
        """Its sender's mailbox is in other hands: what was approved counts no longer, and a verifier calls (S1)."""
        if not self.outcome:
            self.frozen, self.genuine = True, False
            self._review_anew()
            self.asked_at = None if self.complete else self.asked_at

    def _review_anew(self) -> None:
        self.approved_by.clear()
        self.silence.ruled_on = False

    # What mail says

    def arrives(self, mail: Mail, now: datetime) -> None:
        """A mail about the case came from its agency, or seems to."""
        if not self._takes(mail):
            self.waiting.keep(mail, confirmable=False)
        elif not mail.proven:
            self.waiting.keep(mail, confirmable=True)
        else:
            self._counts(mail, now)

    def on_mail(self, mail: Mail, said: Says, now: datetime) -> bool:
        """A verifier's word on a mail that waits: it counts from its receipt, or never (S1)."""
        vouches = said.verdict == "vouch"
        means = mail in self.waiting.mail and (not vouches or (mail.confirmable and said.by not in self.approvers))
        if not (said.valid and said.theirs and means):
            return False
        self.waiting.mail.remove(mail)
        if vouches:
            mail.proven = True
            self.arrives(mail, now)
        return True

    def _takes(self, mail: Mail) -> bool:
        """Whether the mail means something to the case now; otherwise a person reads it."""
        if mail.what is What.REPLY:
            return not self.outcome and self.stage in ("verification", "review")
        return not self.outcome

    def _counts(self, mail: Mail, now: datetime) -> None:
        match mail.what:
            case What.ORDER:
                self.silence.ordered(mail.end, now)
                self.asked_at = None if self.complete else self.clocks.time(now)
            case What.WITHDRAWAL:
                self.withdrawn = True
                self._withdraw()
            case _:
                self.complete, self.asked_at = True, None

    def _withdraw(self) -> None:
        if self.withdrawn and not self.clocks.stopped:
            self.outcome = "withdrawn"
