"""A preservation: 90 days from receipt, once 90 more, longer only for process that came in time (P1, P3)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.model.guide.clocks import Clocks
from tests.model.guide.disclosure import Disclosure
from tests.model.guide.mail import CONFIRM, Mail, Waiting, What
from tests.model.guide.people import ENDS, Says

HOLD = EXTENSION = timedelta(days=90)


@dataclass(eq=False)
class Hold:
    """`named_by` is all process that names it, `claims` what has come in time and is believed."""

    received_at: datetime
    until: datetime = field(init=False)
    extended: bool = False
    frozen: bool = False
    genuine: bool = False
    waiting: Waiting = field(default_factory=Waiting)
    clocks: Clocks = field(default_factory=Clocks)
    asked_longer: list[Mail] = field(default_factory=list)
    named_by: list[Disclosure] = field(default_factory=list)
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
        if self.outcome or self.clocks.stopped:
            return "closed" if self.outcome else "suspended"
        return "claimed" if self.claimed else "held"

    def deadline(self) -> datetime | None:
        """When it is purged: what came before its end and may count yet holds that up for so many days."""
        if self.phase != "held":
            return None
        unsure = any(
            claim.stage == "verification" and not claim.outcome and claim.received_at < self.until
            for claim in self.named_by
        )
        return self.until + CONFIRM if unsure else self.waiting.holds_up(self.until)

    def passes(self, now: datetime) -> None:
        due = self.deadline()
        if due is not None and due <= now:
            served = any(claim.produced for claim in self.claims)
            self.outcome = "preservation_claimed" if served else "preservation_expired"

    def says(self, said: Says, now: datetime) -> bool:
        if not (said.valid and said.theirs and self._means_something(said)):
            return False
        match said.verdict:
            case "authentic":
                self.genuine, self.frozen = True, False
            case "suspend":
                self.clocks.stop(now)
            case "resume":
                self.clocks.go_on(now)
                self.until = self.clocks.later(self.until)
                self._rule_on_extensions()
            case _:
                self.outcome = ENDS[said.verdict]
        return True

    def _means_something(self, said: Says) -> bool:
        if said.verdict == "resume":
            return self.phase == "suspended"
        ends = ("authentic", "not_authentic", "reject", "withdraw", "suspend")
        return said.verdict in ends and self.phase == "held"

    def blocked(self) -> None:
        """It is neither extended nor purged early: its clock runs on (S1)."""
        if not self.outcome:
            self.frozen, self.genuine = True, False

    def named(self, claim: Disclosure) -> None:
        """Legal process names it."""
        self.named_by.append(claim)
        self.look_at_claims()

    def look_at_claims(self) -> None:
        """Process claims it once it is believed, if it was received while this was held."""
        for claim in self.named_by:
            in_time = self.clocks.stopped or claim.received_at < self.until
            if not (self.outcome or claim.outcome or claim in self.claims) and claim.believed and in_time:
                self.claims.append(claim)

    def arrives(self, mail: Mail, _now: datetime) -> None:
        """A mail about it came from its agency, or seems to. A withdrawal destroys nothing by itself: a person does."""
        if mail.what is not What.EXTENSION or self.outcome:
            self.waiting.keep(mail, confirmable=False)
        elif not mail.proven:
            self.waiting.keep(mail, confirmable=True)
        else:
            self.asked_longer.append(mail)
            self._rule_on_extensions()

    def on_mail(self, mail: Mail, said: Says, now: datetime) -> bool:
        """A verifier's word on a mail that waits."""
        means = mail in self.waiting.mail and (said.verdict != "vouch" or mail.confirmable)
        if not (said.valid and said.theirs and means):
            return False
        self.waiting.mail.remove(mail)
        if said.verdict == "vouch":
            mail.proven = True
            self.arrives(mail, now)
        return True

    def _rule_on_extensions(self) -> None:
        """A formal request to extend: granted once, if it was received before the end."""
        if self.clocks.stopped:
            return
        for mail in self.asked_longer:
            if not (self.outcome or self.extended or self.frozen) and mail.received_at < self.until:
                self.extended, self.until = True, self.until + EXTENSION
        self.asked_longer.clear()
