"""What a step can add to the legal record. Each change is one event in the ledger's chain and its row in the tables.

A change carries personal data (facts, addresses) only where the law's record needs it; the ledger keeps those in
tables that can be erased, and only their hash in the chain.
"""

from pydantic import AwareDatetime

from policy.costs import Costs
from policy.facts import Fact
from policy.findings import Document, Reason
from policy.frozen import Frozen
from policy.measures import Restriction
from policy.patience import Asked
from policy.records import Account
from policy.scope import Scope
from policy.statements import Refusal, SignedStatement
from policy.triage import Destination, Kept
from policy.vocabulary import AppealRoute, Automatic, Clause, LiftReason, Outcome, Phase, SenderVerdict


class FactsRead(Frozen):
    """What a message said, who sent it (S1), and what its documents are (S2)."""

    message_id: str
    sender: SenderVerdict
    reasons: tuple[Reason, ...]
    facts: tuple[Fact, ...]
    documents: tuple[Document, ...]


class FactsAmended(Frozen):
    """A person completed or corrected facts; `by` is their roster id, `signature` covers the values."""

    by: str
    facts: tuple[Fact, ...]
    signature: str


class ItemsMissing(Frozen):
    """What R1 to R4 or P2 still ask for."""

    clauses: tuple[Clause, ...]


class AgencyReminded(Frozen):
    """The agency was reminded, so many days after it was asked, of what it has not answered (R1 to R4, P2, U2)."""

    about: Asked
    days: int


class MailKept(Frozen):
    """A message that concerns the case waits for a person; it was answered 250 at `received_at` (UTC)."""

    message_id: str
    why: Kept
    proven: bool
    received_at: AwareDatetime


class MailAdmitted(Frozen):
    """A message that had waited counts from when it was received: a verifier vouched for it, or for its agency."""

    message_id: str
    to: Destination


class MailNoted(Frozen):
    """A machine's answer, which changes nothing; of a bounce, the letter that came back and why (RFC 3463)."""

    message_id: str
    automatic: Automatic
    letter: str | None = None
    status: str | None = None


class MailUnconfirmed(Frozen):
    """The case went on without these messages: nobody vouched for them in the time that there was."""

    message_ids: tuple[str, ...]


class RequestWithdrawn(Frozen):
    """The agency withdrew its request by this message, before anything was given."""

    message_id: str


class DecisionRecorded(Frozen):
    """A person's statement, accepted or refused. A refused one is kept too: somebody tried.

    `review` is the review of the case in which it was ruled on: where that is over by now, it cannot count any more.
    """

    signed: SignedStatement
    accepted: bool
    review: int = 1
    refusal: Refusal | None = None
    sentence: str = ""


class DocumentTaken(Frozen):
    """A verifier has read this scan, and takes it in as the legal document (S2); `by` is their roster id."""

    sha256: str
    by: str


class ScopeApproved(Frozen):
    """What may be given, and who approved it: at most one disclosure per approved scope."""

    scope: Scope
    approved_by: tuple[str, ...]


class ReviewReopened(Frozen):
    """The case went back to legal review, so earlier approvals no longer hold; `round` counts from 1."""

    round: int


class CaseFrozen(Frozen):
    """The sender was blocked (S1), by this person. Earlier approvals end with the review that they were given in, which
    `round` follows; nothing is approved, given, extended or claimed before a verifier has called back anew."""

    by: str
    round: int


class LinkRevoked(Frozen):
    """The link to this scope's package works no longer: what has been fetched is out, and no more will be."""

    scope: str
    by: str


class SnapshotTaken(Frozen):
    """A point-in-time copy was stored (P1): the snapshot object, and the recordings it refers to."""

    object: str
    media: tuple[str, ...]
    accounts: tuple[Account, ...]
    records: int
    taken_at: AwareDatetime


class HoldStarted(Frozen):
    """A preservation hold runs until this instant (P1, P3)."""

    until: AwareDatetime


class HoldExtended(Frozen):
    """The one extension (P3), on its own formal request. `late`: asked for so near the end that a person looks."""

    until: AwareDatetime
    message_id: str
    late: bool = False


class HoldConfirmed(Frozen):
    """The authority behind a European preservation order confirmed in time that a production order has been issued: the
    hold has no end of its own, and a reviewer looks at it at `review_at` (UTC; P3). `late`: as for an extension."""

    review_at: AwareDatetime
    message_id: str
    late: bool = False


class HoldReviewSet(Frozen):
    """A reviewer looks at a hold that is kept for a confirmed production order at this instant (P3)."""

    review_at: AwareDatetime


class ExtensionIncomplete(Frozen):
    """An extension request, or a confirmation, that is not formal, and is asked for again while there is time (P3)."""

    message_id: str
    reason: Reason


class ExtensionRefused(Frozen):
    """An extension request, or a confirmation, that P3 does not allow, with the reason."""

    message_id: str
    reason: Reason


class HoldWarned(Frozen):
    """The agency was warned that the hold ends in this many days."""

    days_left: int


class HoldClaimed(Frozen):
    """Formal process arrived in time: the hold serves that request now, beside others that have claimed it (P3)."""

    by_ref: str
    process_received_at: AwareDatetime


class HoldReleased(Frozen):
    """A request that had claimed the hold has ended; after the last one the hold's own end counts again (P3)."""

    by_ref: str


class HoldPutOff(Frozen):
    """The hold's clock stood still while a court was asked; it now ends at this instant (N3, P3)."""

    until: AwareDatetime


class SnapshotPurged(Frozen):
    """The snapshot's objects were destroyed; `certificate` is the certificate of destruction's SHA-256."""

    objects: tuple[str, ...]
    certificate: str


class SilenceOrdered(Frozen):
    """An order of silence, by the number that it has in the case: 1 is the request's own, which a person may correct.

    `until` (UTC) is the end that it states; None where it states none. `ordered` is False where it turned out that the
    request orders no silence (N2).
    """

    n: int
    message_id: str
    until: AwareDatetime | None
    ordered: bool = True


class NoticeDelayed(Frozen):
    """Account `n` must not be told yet (N1); `until` is None for a gag without an end, which a person decides (N2)."""

    n: int
    until: AwareDatetime | None


class UserTold(Frozen):
    """The user of account `n` was told, with a copy of the request (N1); objections are heard until then.

    `appeal_token` is the SHA-256 of the token in the link by which a restriction can be appealed (X3).
    """

    n: int
    objection_until: AwareDatetime | None
    appeal_token: str | None = None


class NoticeReturned(Frozen):
    """The notice to account `n` came back, so that its user has not been told (N1)."""

    n: int


class NoticeGivenUp(Frozen):
    """A reviewer stated that the user of account `n` cannot be told (N1)."""

    n: int


class WindowMoved(Frozen):
    """The objection window of account `n` stood still while a court was asked; it now closes at this instant (N3)."""

    n: int
    until: AwareDatetime


class ObjectionMade(Frozen):
    """The user of account `n` objected within the window."""

    n: int


class CostsClaimed(Frozen):
    """A reviewer claims costs with the production (PR2); `by` is their roster id, `signature` covers the claim."""

    by: str
    costs: Costs
    signature: str


class CertificateCompleted(Frozen):
    """A certificate that the custodian completed was taken in (PR3): both are SHA-256, of the form among the case's
    documents, if it is one, and of what was completed. `by` is a roster id, `signature` covers it."""

    form: str | None
    completed: str
    by: str
    signature: str


class ProductionMade(Frozen):
    """A package was stored for the agency (PR1). The link's token itself is only in the letter.

    `certificates` are those in it that the custodian completed, by SHA-256 (PR3).
    """

    scope: str
    package: str
    size: int
    records: int
    token_sha256: str
    link_expires_at: AwareDatetime
    certificates: tuple[str, ...] = ()


class PackageFetched(Frozen):
    """Somebody who has the link fetched the package."""

    package: str


class RestrictionApplied(Frozen):
    """Access is restricted from `since` up to, and not including, `until` (X1, X2), for these accounts."""

    restriction: Restriction
    since: AwareDatetime
    until: AwareDatetime
    accounts: tuple[Account, ...]


class RestrictionLifted(Frozen):
    """Access is as it was before (X2), unless another case restricts it too."""

    reason: LiftReason


class AppealMade(Frozen):
    """The user of account `n` appeals (X3), in their own words; `by` is the roster id of the person who recorded it."""

    n: int
    route: AppealRoute
    text: str
    by: str | None = None


class AppealsAnswered(Frozen):
    """The open appeals that had been made by then (UTC) have their answer (X3)."""

    granted: bool
    made_until: AwareDatetime


class CaseClosed(Frozen):
    """How it ended, and until when what is kept is kept (UTC)."""

    outcome: Outcome
    retain_until: AwareDatetime


class SenderSuspected(Frozen):
    """A person found that an emergency was feigned (E1): whoever sent this message, by roster id `by`."""

    message_id: str
    by: str


class OwedProcessArrived(Frozen):
    """A message brought the legal process that the agency owed after an emergency (E1)."""

    message_id: str


class FollowUpEnded(Frozen):
    """Nothing is left to do after an emergency disclosure (E1)."""


Change = (
    FactsRead
    | FactsAmended
    | ItemsMissing
    | AgencyReminded
    | MailKept
    | MailAdmitted
    | MailNoted
    | MailUnconfirmed
    | RequestWithdrawn
    | DecisionRecorded
    | DocumentTaken
    | ScopeApproved
    | ReviewReopened
    | CaseFrozen
    | LinkRevoked
    | SnapshotTaken
    | HoldStarted
    | HoldExtended
    | HoldConfirmed
    | HoldReviewSet
    | ExtensionRefused
    | ExtensionIncomplete
    | HoldWarned
    | HoldClaimed
    | HoldReleased
    | HoldPutOff
    | SnapshotPurged
    | SilenceOrdered
    | NoticeDelayed
    | UserTold
    | NoticeReturned
    | NoticeGivenUp
    | WindowMoved
    | ObjectionMade
    | CostsClaimed
    | CertificateCompleted
    | ProductionMade
    | PackageFetched
    | RestrictionApplied
    | RestrictionLifted
    | AppealMade
    | AppealsAnswered
    | CaseClosed
    | SenderSuspected
    | OwedProcessArrived
    | FollowUpEnded
)


class Attachment(Frozen):
    """A file sent with a letter, by SHA-256 in the object store."""

    sha256: str
    name: str


class Letter(Frozen):
    """A letter ready to go: written once, in the transaction of the step that owes it, and sent at least once.

    `name` is the template's; with case and step it makes the one stable Message-ID of all tries.
    """

    name: str
    to: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str | None = None


class Entry(Frozen):
    """All that one step adds, in one transaction. The same (ref, step) a second time adds nothing."""

    ref: str
    step: str
    at: AwareDatetime
    phase: Phase | None = None
    changes: tuple[Change, ...]
    letters: tuple[Letter, ...] = ()
