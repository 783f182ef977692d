"""The policy told a second time: what must, and what must not, have become of a request.

It shares nothing with the product but the words for verdicts and outcomes, so that the two agree only where both are
right. Instants are in UTC; where it says `now`, it is told.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

REVIEWERS = frozenset({"rita", "ravi", "both"})
VERIFIERS = frozenset({"vera", "both"})
OBJECTION = timedelta(days=7)  # N1
HOLD = EXTENSION = timedelta(days=90)  # P1, P3
UNANSWERED = timedelta(days=60)  # R1 to R4, U2
AFTER_EMERGENCY = timedelta(days=90)  # E1, N1
_ENDS = {"reject": "rejected", "challenge": "challenged", "withdraw": "withdrawn", "not_authentic": "not_authentic"}


@dataclass
class Says:
    """What a person says. `valid`: signed with their own key, about this case as it stands, and never said before."""

    by: str
    verdict: str
    valid: bool = True
    until: datetime | None = None

    @property
    def theirs(self) -> bool:
        """Whether it is this person's to say: verifiers look at papers, reviewers decide."""
        return self.by in (VERIFIERS if self.verdict in ("authentic", "not_authentic") else REVIEWERS)


@dataclass
class Silence:
    """The orders not to tell the user (N2). The latest end counts; one without an end holds until a person rules."""

    until: datetime | None = None
    endless: bool = False
    ruled_on: bool = False

    def ordered(self, end: datetime | None) -> None:
        if end is None:
            self.endless = True
        else:
            self.until = end if self.until is None else max(self.until, end)

    def holds(self, now: datetime) -> bool:
        return self.endless or (self.until is not None and now < self.until)

    @property
    def mixed(self) -> bool:
        """Whether an order without an end came beside one whose end is known. Whether a person rules on it before or
        after the approval is left open; that the user is not told before is not."""
        return self.endless and (self.until is not None or self.ruled_on)

    def ruled(self, said: Says) -> None:
        self.endless, self.ruled_on = False, True
        if said.verdict == "date_gag":
            self.ordered(said.until)


@dataclass
class Disclosure:
    """A request for data, or an emergency: verified, approved, told, given (U1 to U4, E1, N1)."""

    received_at: datetime
    due: date | None
    content: bool = False
    emergency: bool = False
    complete: bool = True
    exists: bool = True
    silence: Silence = field(default_factory=Silence)
    delayed_until: datetime | None = None
    verified_by: set[str] = field(default_factory=set)
    amended_by: set[str] = field(default_factory=set)
    approved_by: set[str] = field(default_factory=set)
    asked_at: datetime | None = None
    reviewed_again: bool = False
    told_at: datetime | None = None
    produced: bool = False
    outcome: str | None = None

    def __post_init__(self) -> None:
        self.asked_at = None if self.complete else self.received_at

    @property
    def needed(self) -> int:
        """Two people for content and in an emergency, else one."""
        return 2 if self.content or self.emergency else 1

    @property
    def phase(self) -> str:
        if self.outcome:
            return "closed"
        if not (self.complete and self.verified_by):
            return "verification"
        return "window" if self.told_at and not self.reviewed_again else "review"

    @property
    def approvals(self) -> set[str]:
        """Whose approval counts: nobody's who verified the request or completed it."""
        return self.approved_by - self.amended_by - self.verified_by

    def deadline(self) -> datetime | None:
        """What falls due next."""
        if self.phase == "window" and self.told_at:
            due = datetime.combine(self.due, time.min, UTC) if self.due else self.told_at
            return max(self.told_at + OBJECTION, due)
        if self.outcome:
            ends = [end for end in (self.silence.until, self.delayed_until) if end]
            untold = self.produced and not self.told_at and not self.silence.endless
            return max(ends, default=None) if untold else None
        waits = self.phase == "review" or not self.complete
        return self.asked_at + UNANSWERED if self.asked_at and waits else None

    def passes(self, now: datetime) -> None:
        """Time has come this far."""
        due = self.deadline()
        if due is None or due > now or self.outcome:
            return
        if self.phase == "window":
            self._produce()
        else:
            self.outcome = "unanswered"

    def open_question(self, said: Says) -> bool:
        """Whether the policy leaves open if this counts now (see `Silence.mixed`)."""
        ruling = said.verdict in ("approve", "date_gag", "tell_user")
        return ruling and said.valid and said.theirs and self.phase == "review" and self.silence.mixed

    def says(self, said: Says, now: datetime) -> bool:
        """Whether the statement counts; if so it has its effect."""
        if not (said.valid and said.theirs and self._means_something(said, now)):
            return False
        if said.verdict == "authentic":
            self.verified_by.add(said.by)
        elif said.verdict in ("date_gag", "tell_user"):
            self.silence.ruled(said)
            if said.verdict == "tell_user":
                self.delayed_until = None
        elif said.verdict == "ask":
            self.asked_at = now
        elif said.verdict == "approve":
            self.approved_by.add(said.by)
            if len(self.approvals) >= self.needed:
                self._approved(now)
        else:
            self.outcome = _ENDS[said.verdict]
        return True

    def _means_something(self, said: Says, now: datetime) -> bool:
        match said.verdict:
            case "authentic" | "not_authentic":
                return self._verifying and said.by not in self.approved_by
            case "approve":
                apart = said.by not in self.approved_by | self.amended_by | self.verified_by
                return (
                    self.phase == "review"
                    and apart
                    and (self.emergency or not self.silence.endless or self.silence.mixed)
                )
            case "ask" | "challenge":
                return self.phase == "review"
            case "date_gag" | "tell_user":
                later = said.verdict == "tell_user" or (said.until is not None and said.until > now)
                gagged = self.produced and not self.told_at and self.silent(now)
                return later and (gagged or (self.phase == "review" and self.silence.endless))
            case _:
                return self.phase in ("verification", "review", "window")

    @property
    def _verifying(self) -> bool:
        return self.phase == "verification"

    def _approved(self, now: datetime) -> None:
        self.asked_at = None
        if not self.exists:
            self.outcome = "account_not_found"
        elif self.emergency:
            self._produce()
            self.delayed_until = now + AFTER_EMERGENCY
        elif self.silence.holds(now) or self.reviewed_again:
            self._produce()
        else:
            self.told_at = now

    def _produce(self) -> None:
        self.produced, self.outcome = True, "produced"

    def ordered(self, end: datetime | None) -> None:
        """A further order of silence came from the agency, maybe too late: a notice cannot be taken back (N2)."""
        if self.told_at is None and (self.outcome in (None, "produced")):
            self.silence.ordered(end)
            self.asked_at = self.asked_at if not self.complete else None

    def amended(self, by: str, *, completes: bool) -> None:
        """A person corrected the facts: what they approved before, others must."""
        self.amended_by.add(by)
        if completes:
            self.complete, self.asked_at = True, None

    def objected(self) -> None:
        """The user objected in time: people look again, and earlier approvals do not count (N1)."""
        if self.phase == "window":
            self.reviewed_again = True
            self.approved_by.clear()

    def silent(self, now: datetime) -> bool:
        """Whether the user must not be told now: an order forbids it, or an emergency's disclosure is recent."""
        return self.silence.holds(now) or (self.delayed_until is not None and now < self.delayed_until)

    def must_be_told(self, now: datetime) -> bool:
        """Whether the user must know by now."""
        return self.told_at is not None or (self.produced and not self.silent(now))


@dataclass
class Hold:
    """A preservation: 90 days from receipt, once 90 more, longer only for process that came in time (P1, P3)."""

    received_at: datetime
    until: datetime = field(init=False)
    extended: bool = False
    verified_by: set[str] = field(default_factory=set)
    claims: list[Disclosure] = field(default_factory=list)
    outcome: str | None = None

    def __post_init__(self) -> None:
        self.until = self.received_at + HOLD

    @property
    def claimed(self) -> bool:
        """Whether process that came in time still needs what is held."""
        return any(not claim.outcome for claim in self.claims)

    @property
    def phase(self) -> str:
        return "closed" if self.outcome else "claimed" if self.claimed else "held"

    def deadline(self) -> datetime | None:
        return None if self.outcome or self.claimed else self.until

    def passes(self, now: datetime) -> None:
        if not self.outcome and not self.claimed and self.until <= now:
            served = any(claim.produced for claim in self.claims)
            self.outcome = "preservation_claimed" if served else "preservation_expired"

    def says(self, said: Says, _now: datetime) -> bool:
        known = said.verdict in ("authentic", "not_authentic", "reject", "withdraw")
        if not (said.valid and said.theirs and known and self.phase == "held"):
            return False
        if said.verdict == "authentic":
            self.verified_by.add(said.by)
        else:
            self.outcome = _ENDS[said.verdict]
        return True

    def asked_longer(self, received_at: datetime) -> None:
        """A formal request to extend: granted once, if it was received before the end."""
        if not self.outcome and not self.extended and received_at < self.until:
            self.extended, self.until = True, self.until + EXTENSION

    def named_by(self, claim: Disclosure) -> None:
        """Legal process names it."""
        if not self.outcome and claim.received_at < self.until:
            self.claims.append(claim)
