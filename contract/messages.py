"""What travels through Temporal: one frozen model for each input, signal, update and result.

References, hashes, enums and dates only. A new field always has a default, so that old histories still replay.
"""

from datetime import date

from pydantic import AwareDatetime

from policy.frozen import Frozen
from policy.letters import Errand
from policy.orders import Order
from policy.patience import Asked
from policy.statements import Ruling, SignedStatement
from policy.vocabulary import Clause, Jurisdiction, LegalProcess, Outcome, Phase, RequestKind

__all__ = ["Ruling", "SignedStatement"]


# Inputs of workflows


class RequestInput(Frozen):
    """Starts a request's machine. `received_at` is when its message was answered 250 (UTC)."""

    ref: str
    received_at: AwareDatetime
    policy: str
    kind: RequestKind = RequestKind.DISCLOSURE


class PreservationInput(Frozen):
    """Starts a preservation's machine."""

    ref: str
    received_at: AwareDatetime
    policy: str


class NoticeInput(Frozen):
    """Starts the notice to one account's user. `at` is the parent's business time (UTC).

    `delay_until` (UTC) is our own delay, after an emergency: it needs no order, and a reviewer can end it (E1, N1).
    """

    ref: str
    n: int
    at: AwareDatetime
    policy: str
    silence: tuple[Order, ...] = ()
    response_due: date | None = None
    jurisdiction: Jurisdiction = Jurisdiction.US
    kind: RequestKind = RequestKind.DISCLOSURE
    delay_until: AwareDatetime | None = None
    unread: tuple[str, ...] = ()
    """Messages with further orders of silence that came before the notice began, to be read from the record first."""


class FollowUpInput(Frozen):
    """Starts what follows an emergency disclosure, made at `at` (business time, UTC)."""

    ref: str
    at: AwareDatetime
    policy: str
    jurisdiction: Jurisdiction = Jurisdiction.US


class RestrictionInput(Frozen):
    """Starts the machine of an approved restriction of access. `at` is the request's business time (UTC)."""

    ref: str
    at: AwareDatetime
    policy: str
    silence: tuple[Order, ...] = ()
    jurisdiction: Jurisdiction = Jurisdiction.OTHER


# Signals and updates


class FactsChanged(Frozen):
    """The record of the case has new facts (a person amended it, or a reply came): look again.

    `answers` is False where it is only that mail waits for a person, or no longer: whoever can write a From must not
    end the waiting for the agency's answer (R4, U2).
    """

    message_id: str | None = None
    answers: bool = True


class MailArrived(Frozen):
    """A message that the mailroom routed to this machine. It is looked up in the record: the signal says only which."""

    message_id: str


class Objection(Frozen):
    """The user of this notice's account objects."""

    recorded_at: AwareDatetime


# Inputs and results of activities


class Step(Frozen):
    """One step of a case: `step` is its name in the record, where it happens once; `at` its business time (UTC)."""

    ref: str
    step: str
    at: AwareDatetime
    policy: str = ""


class Assessment(Frozen):
    """What the record says of a request now: all that its machine needs to choose its way.

    `asked` says that this look wrote a letter which asks the agency for what is missing; `claim_waits` that the hold it
    names can be claimed once a verifier has found it genuine; `mail_waits` how many messages wait for a person.
    `frozen` says that the sender was blocked and nobody has called back since (S1).
    `silence` is what the request itself orders of it.
    `respond_by` (UTC) is when the law of its channel wants the answer, where it has a clock of its own (F2).
    """

    missing: tuple[Clause, ...]
    flags: tuple[Clause, ...] = ()
    process: LegalProcess | None = None
    jurisdiction: Jurisdiction = Jurisdiction.OTHER
    silence: Order | None = None
    response_due: date | None = None
    respond_by: AwareDatetime | None = None
    preserve_at_once: bool = False
    urgent: bool = False
    tells_user: bool = True
    scope: str
    claimed: str | None = None
    asked: bool = False
    frozen: bool = False
    maybe_emergency: bool = False
    claim_waits: bool = False
    mail_waits: int = 0


class DecideInput(Frozen):
    """A statement, and where its case stands as its machine knows it."""

    signed: SignedStatement
    step: str
    ref: str
    phase: Phase
    at: AwareDatetime


class RestrictionStanding(Frozen):
    """Whether the case of a restriction in force is frozen, and how many messages wait with it for a person."""

    frozen: bool = False
    mail_waits: int = 0


class RestrictionResult(Frozen):
    """Whom an applied restriction concerns (opaque numbers; none: nobody was found), and when it lifts itself (UTC).

    `frozen`: nothing was applied, as its sender is blocked (S1).
    """

    accounts: tuple[int, ...]
    until: AwareDatetime
    frozen: bool = False


class LiftStep(Frozen):
    """The lifting of a restriction, at its end or because a person ordered it."""

    ref: str
    step: str
    at: AwareDatetime
    ordered: bool


class SnapshotResult(Frozen):
    """Whose records were copied (opaque numbers) and how many there were; none where the case is frozen (S1)."""

    accounts: tuple[int, ...]
    records: int
    frozen: bool = False


class ProductionResult(Frozen):
    """Whether the package was made; it is not where the case was frozen meanwhile (S1)."""

    made: bool


class NoticeStep(Frozen):
    """One step of one account's notice."""

    ref: str
    n: int
    step: str
    at: AwareDatetime
    until: AwareDatetime | None = None


class TakeBackStep(Frozen):
    """A notice, given by the step `given`, that may have come back."""

    ref: str
    n: int
    step: str
    at: AwareDatetime
    given: str


class NoticeResult(Frozen):
    """How the notice went: when the user was told (None: they cannot be), whether they objected, when it ended."""

    told_at: AwareDatetime | None
    ended_at: AwareDatetime
    objected: bool = False


class ExtensionStep(Frozen):
    """One extension request to be ruled on."""

    ref: str
    step: str
    at: AwareDatetime
    policy: str
    message_id: str


class PutOffStep(Frozen):
    """A hold whose clock goes on, and now ends, or is looked at by a reviewer, at `until` (UTC)."""

    ref: str
    step: str
    at: AwareDatetime
    until: AwareDatetime


class OrderStep(Frozen):
    """A message to be read from the record: it may be a further non-disclosure order, and is then put into it."""

    ref: str
    message_id: str
    at: AwareDatetime


class ProcessStep(Frozen):
    """A message to be read from the record, in a step that may put something into it."""

    ref: str
    step: str
    at: AwareDatetime
    message_id: str


class OrderResult(Frozen):
    """A further order as it was received (N2); None where the message is none for this case."""

    order: Order | None = None


class ClaimsResult(Frozen):
    """The requests that have claimed a hold, by the record; those of them that have ended, and whether any of these was
    answered with records."""

    by_refs: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    produced: bool = False


class HoldResult(Frozen):
    """The hold as the record has it after a step.

    `granted`, `confirmed`: what the step's message has brought about; `late`: so near the end that a person is to look
    at it. `review_at`: when a reviewer looks at a hold that is kept for a confirmed production order (UTC).
    """

    until: AwareDatetime
    extended: bool = False
    granted: bool = False
    late: bool = False
    confirmed: bool = False
    review_at: AwareDatetime | None = None


class WarnStep(Frozen):
    """A warning that a hold ends in so many days."""

    ref: str
    step: str
    at: AwareDatetime
    days_left: int


class RemindStep(Frozen):
    """A reminder of what the agency was asked so many days ago; `until` is when we stop waiting, if we do (UTC)."""

    ref: str
    step: str
    at: AwareDatetime
    policy: str
    about: Asked
    days: int
    until: AwareDatetime | None = None


class MailStep(Frozen):
    """A deadline (UTC) before which mail may have come that nobody has read, or that nobody has confirmed."""

    ref: str
    until: AwareDatetime


class MailResult(Frozen):
    """Whether such mail waits to be read, or for a verifier."""

    unread: bool = False
    unconfirmed: bool = False


class ArrivalStep(Frozen):
    """A message that a signal named, to be looked up in the record."""

    ref: str
    step: str
    at: AwareDatetime
    message_id: str


class PageStep(Frozen):
    """A call to whoever is on call."""

    ref: str
    step: str
    at: AwareDatetime
    errand: Errand


class PurgeStep(Frozen):
    """The destruction of a hold's copy, at its end or because a person ordered it.

    `patience` (UTC) is until when mail that came before the end waits for a verifier.
    """

    ref: str
    at: AwareDatetime
    until: AwareDatetime
    ordered: bool = False
    patience: AwareDatetime | None = None


class PurgeResult(Frozen):
    """Whether the copy is gone; deferred while mail from before the deadline is unread, or claimed by legal process.

    `unconfirmed`: such mail, or legal process, waits for a verifier.
    """

    purged: bool
    unconfirmed: bool = False
    deferred: bool = False
    claimed: bool = False


class CloseStep(Frozen):
    """The end of a case."""

    ref: str
    at: AwareDatetime
    policy: str
    outcome: Outcome


class CaseResult(Frozen):
    """How a case ended: what its workflow returns. Without an outcome it goes on in a machine that this one started."""

    ref: str
    outcome: Outcome | None
