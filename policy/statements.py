"""What people state about a case, signed, and what becomes of it: the values, without the rules."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from policy.frozen import Frozen
from policy.orders import Order
from policy.request import Gag
from policy.scope import Narrowing, Scope
from policy.triage import KeptMail
from policy.vocabulary import Clause, Phase, RequestKind, Role


class Verdict(StrEnum):
    """What a person can state about a case. The first two and the last two are the verifier's; the others the
    reviewer's. The last two are about one message that waits with the case."""

    AUTHENTIC = "authentic"
    NOT_AUTHENTIC = "not_authentic"
    APPROVE = "approve"
    NARROW = "narrow"
    REJECT = "reject"
    CHALLENGE = "challenge"
    ASK = "ask"
    WITHDRAW = "withdraw"
    DATE_GAG = "date_gag"
    TELL_USER = "tell_user"
    GENUINE = "genuine"
    NOT_GENUINE = "not_genuine"
    WAIVE_PROCESS = "waive_process"
    UPHOLD = "uphold"
    LIFT = "lift"
    LIFT_GAG = "lift_gag"
    KEEP = "keep"
    SUSPEND = "suspend"
    RESUME = "resume"
    READDRESS = "readdress"
    CANNOT_TELL = "cannot_tell"
    VOUCH = "vouch"
    SET_ASIDE = "set_aside"


class Check(StrEnum):
    """What a verifier has seen or done with their own eyes (S2, P2; call-back on the directory's number: G1; the badge
    or id number confirmed on that call: R4).

    Document read: they have read a scan, which no machine reads, from its first to its last page (S2).
    Target checked: an order under a CLOUD Act agreement concerns serious crime, and nobody of or in the United States
    (F2). Certificate checked: who issued and validated a European certificate, on which ground, and what for, is in
    the record as the certificate itself says it (F2).
    """

    SIGNATURE_SEEN = "signature_seen"
    DOCUMENT_READ = "document_read"
    LETTERHEAD_SEEN = "letterhead_seen"
    CALLED_BACK = "called_back"
    BADGE_CHECKED = "badge_checked"
    TARGET_CHECKED = "target_checked"
    CERTIFICATE_CHECKED = "certificate_checked"


class Refusal(StrEnum):
    """Why a statement changed nothing. Stored as it is, so each is a fixed word."""

    MALFORMED = "malformed"
    WRONG_CASE = "wrong_case"
    UNKNOWN_SIGNER = "unknown_signer"
    SIGNER_REVOKED = "signer_revoked"
    BAD_SIGNATURE = "bad_signature"
    FROM_THE_FUTURE = "from_the_future"
    REPEATED = "repeated"
    WRONG_PHASE = "wrong_phase"
    WRONG_ROLE = "wrong_role"
    STALE_SCOPE = "stale_scope"
    CHECKS_MISSING = "checks_missing"
    WRONG_NUMBER = "wrong_number"
    NO_SCAN = "no_scan"
    FROZEN = "frozen"
    VERIFIED_IT = "verified_it"
    AMENDED_IT = "amended_it"
    APPROVED_IT = "approved_it"
    ALREADY_APPROVED = "already_approved"
    DISAGREES = "disagrees"
    EXCEEDS_PROCESS = "exceeds_process"
    UNNECESSARY = "unnecessary"
    BAD_NARROWING = "bad_narrowing"
    NO_GROUNDS = "no_grounds"
    NO_REASON = "no_reason"
    NO_END = "no_end"
    HAS_END = "has_end"
    NOT_THAT_ORDER = "not_that_order"
    NOT_CONFIRMED = "not_confirmed"
    NO_SUCH_MAIL = "no_such_mail"
    NOT_TO_VOUCH_FOR = "not_to_vouch_for"


class Statement(Frozen):
    """What a person signs. Free text stays in the ledger; the statement carries only its hash.

    `scope` is the digest of the scope decided on; `called` the id of the number that a verifier has called back on
    (`policy.directory.number_id`); `until` the end a person sets for an undated gag (N2), UTC; `message` the id (a
    hash) of the message that a verifier vouches for, or sets aside; `documents` the scans (SHA-256) that a verifier has
    read, and takes in; `order` the number of the one order of silence that it is about (N2). `reason` stands for a
    person's own words: the grounds in words or, for a notice that came back, the address at which the user can be told.
    """

    ref: str = Field(max_length=40)
    by: str = Field(max_length=64)
    verdict: Verdict
    scope: str = Field(max_length=64)
    narrowing: Narrowing | None = None
    checks: tuple[Check, ...] = ()
    called: str | None = Field(default=None, max_length=16)
    grounds: tuple[Clause, ...] = ()
    reason: str | None = Field(default=None, max_length=64)
    until: AwareDatetime | None = None
    message: str | None = Field(default=None, max_length=64)
    order: int | None = Field(default=None, ge=1)
    documents: tuple[Annotated[str, Field(max_length=64)], ...] = Field(default=(), max_length=100)
    at: AwareDatetime
    nonce: str = Field(min_length=16, max_length=64)


class SignedStatement(Frozen):
    """A statement and its Ed25519 signature, base64url: payload of signal `decision` and update `decide`."""

    statement: Statement
    signature: str = Field(max_length=128)


class Signer(Frozen):
    """A person on the roster: their public key (base64url, 32 bytes), what they may sign, and until when (UTC)."""

    id: str
    public_key: str
    roles: frozenset[Role]
    revoked_at: AwareDatetime | None = None

    def is_revoked(self, at: datetime) -> bool:
        """Whether they had been taken off the roster by then. What they signed before, and was complete, stays."""
        return self.revoked_at is not None and self.revoked_at <= at


class Standing(Frozen):
    """The case as a decision meets it: everything the rules need, and no personal data beyond the scope itself.

    `amended_by` are the roster ids of those whose own word is among the facts: they do not approve, and an approval
    that they gave before no longer counts; nor does one of who is `off_roster` by now. `obstacle` says why the process
    cannot be used by its country, if it cannot (F2); `closer`, that it gets closer scrutiny (G4); `confirmed`, that it
    is a hold which is kept for a confirmed production order (P3). `reason_kept` says that the ledger has the words
    that the statement's reason stands for, and `appealed_at` (UTC) when the latest open appeal was made (X3). `mail`
    is what waits for a person, and `scans` the documents (SHA-256) that a verifier can take in by reading them (S2).
    `gag` is what the orders of silence say by themselves, `orders` how they stand as ruled on until now (N2).
    """

    ref: str
    phase: Phase
    now: AwareDatetime
    scope: Scope
    gag: Gag = Gag.NONE
    orders: tuple[Order, ...] = ()
    checks_due: frozenset[Check] = frozenset({Check.SIGNATURE_SEEN})
    frozen: bool = False
    numbers: frozenset[str] | None = None
    numbers_in_mail: frozenset[str] = frozenset()
    kind: RequestKind = RequestKind.DISCLOSURE
    obstacle: str = ""
    reason_kept: bool = True
    closer: bool = False
    confirmed: bool = False
    appealed_at: AwareDatetime | None = None
    amended_by: frozenset[str] = frozenset()
    off_roster: frozenset[str] = frozenset()
    accepted: tuple[Statement, ...] = ()
    mail: tuple[KeptMail, ...] = ()
    scans: frozenset[str] = frozenset()
    nonces: frozenset[str] = frozenset()


class Ruling(Frozen):
    """What became of a statement: accepted, or refused with the reason and a sentence that names the clause or rule."""

    accepted: bool
    refusal: Refusal | None = None
    sentence: str = ""
    verdict: Verdict | None = None
    approvals: int = 0
    approvals_needed: int = 0
    scope: str | None = None
    until: AwareDatetime | None = None
    order: int | None = None

    @property
    def settled(self) -> bool:
        """Whether the review has its answer: anything but an approval that still wants another person's."""
        return self.accepted and self.approvals >= self.approvals_needed
