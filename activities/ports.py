"""The ports: what the activities need from the world. Ledger and gateways keep them; only the runtime joins them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from pydantic import AwareDatetime

from activities.record import Entry, Letter
from intake.reading import MessageReading
from policy.certificates import CompletedCertificate, ReturnedCertificate
from policy.directory import AgencyDirectory
from policy.facts import Fact
from policy.findings import Document, Reason
from policy.frozen import Frozen
from policy.measures import Restriction
from policy.orders import StatedOrder
from policy.records import Account, Record, Snapshot
from policy.request import Identifier
from policy.scope import Scope
from policy.statements import SignedStatement, Signer
from policy.triage import KeptMail
from policy.vocabulary import AppealRoute, Clause, LiftReason, Outcome, Phase, RequestKind, SenderVerdict


class Envelope(Frozen):
    """The message that opened a case: where its bytes are, who sent it, when it was answered 250 (UTC)."""

    message_id: str
    object: str
    header_message_id: str | None
    sender: str
    subject: str
    received_at: AwareDatetime


class RecordedDecision(Frozen):
    """A statement as it was ruled on, in order; `step` is the step that did."""

    step: str
    signed: SignedStatement
    accepted: bool
    sentence: str
    at: AwareDatetime


class Hold(Frozen):
    """The preservation hold of a case. Half-open: it holds from `since` up to, and not including, `until`.

    `claims` are the requests that it serves and that have not ended, the first to claim it first. `review_at`: its
    authority has confirmed that a production order comes, so it has no end of its own, and a reviewer looks then.
    """

    since: AwareDatetime
    until: AwareDatetime
    extended: bool = False
    claims: tuple[str, ...] = ()
    purged_at: AwareDatetime | None = None
    review_at: AwareDatetime | None = None


class StoredSnapshot(Frozen):
    """Where the case's snapshot is, and whose it is."""

    object: str
    media: tuple[str, ...]
    accounts: tuple[Account, ...]
    taken_at: AwareDatetime


class RecordedOrder(StatedOrder):
    """An order of silence, and the message that it came by (N2)."""

    message_id: str


class NoticeState(Frozen):
    """What account `n`'s user has been told, or why not yet."""

    n: int
    delayed_until: AwareDatetime | None = None
    undated: bool = False
    told_at: AwareDatetime | None = None
    objection_until: AwareDatetime | None = None
    objected_at: AwareDatetime | None = None
    given_up_at: AwareDatetime | None = None


class AppliedRestriction(Frozen):
    """The restriction of access that a case applied: half-open, from `since` up to, and not including, `until`."""

    restriction: Restriction
    since: AwareDatetime
    until: AwareDatetime
    accounts: tuple[Account, ...]
    lifted_at: AwareDatetime | None = None
    lifted_for: LiftReason | None = None


class Appeal(Frozen):
    """An appeal of account `n`'s user (X3). It is open until it was answered or the restriction lifted."""

    n: int
    route: AppealRoute
    text: str
    made_at: AwareDatetime
    answered_at: AwareDatetime | None = None
    granted: bool | None = None


class WaitingMail(KeptMail):
    """A message that waits with a case for a person, and what its envelope says; empty once that is erased."""

    sender: str
    subject: str


class Production(Frozen):
    """What was produced: the package object, for which approved scope, and until when its link works, or worked."""

    scope: str
    package: str
    size: int
    records: int
    made_at: AwareDatetime
    link_expires_at: AwareDatetime
    revoked_at: AwareDatetime | None = None


class LedgerEvent(Frozen):
    """One link of the chain, as people read it. `detail` never holds personal data."""

    seq: int
    ref: str
    step: str
    kind: str
    at: AwareDatetime
    detail: dict[str, object]
    hash: str


class CaseFile(Frozen):
    """Everything the legal record knows of one case: one read, for every activity and for `dueprocess show`.

    `frozen_at` (UTC): its sender was blocked then, and no verifier has called back since (S1).
    """

    ref: str
    kind: RequestKind
    phase: Phase
    policy_version: str
    envelope: Envelope
    sender: SenderVerdict | None = None
    reasons: tuple[Reason, ...] = ()
    facts: tuple[Fact, ...] = ()
    documents: tuple[Document, ...] = ()
    missing: tuple[Clause, ...] = ()
    decisions: tuple[RecordedDecision, ...] = ()
    review: int = 1
    frozen_at: AwareDatetime | None = None
    approved: Scope | None = None
    approved_by: tuple[str, ...] = ()
    snapshot: StoredSnapshot | None = None
    hold: Hold | None = None
    orders: tuple[RecordedOrder, ...] = ()
    notices: tuple[NoticeState, ...] = ()
    mail: tuple[WaitingMail, ...] = ()
    certificates: tuple[CompletedCertificate, ...] = ()
    production: Production | None = None
    restriction: AppliedRestriction | None = None
    appeals: tuple[Appeal, ...] = ()
    outcome: Outcome | None = None
    retain_until: AwareDatetime | None = None
    events: tuple[LedgerEvent, ...] = ()

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Whose accounts the case concerns, as far as anything was copied or restricted."""
        found = self.restriction or self.snapshot
        return found.accounts if found else ()

    @property
    def open_appeals(self) -> tuple[Appeal, ...]:
        """The appeals that wait for an answer, in the order in which they were made (X3)."""
        return tuple(appeal for appeal in self.appeals if appeal.answered_at is None)


class CaseNotFound(LookupError):
    """No case bears this reference."""


class MessageNotFound(LookupError):
    """No message bears this id."""


class Conflict(RuntimeError):
    """The record already holds what this entry would add under another step: the same statement, a second disclosure of
    one scope, an approval by whom the database knows as the verifier. Nothing was added."""


class OwedLetter(Frozen):
    """A letter in the outbox that has not been handed to the relay yet."""

    id: int
    message_id: str
    written_at: AwareDatetime
    letter: Letter


class CaseLedger(Protocol):
    """The legal record, as the activities use it."""

    async def case(self, ref: str) -> CaseFile:
        """Everything known of a case.

        Raises:
            CaseNotFound: there is no such case.
        """

    async def reading(self, message_id: str) -> MessageReading:
        """What intake read in a message.

        Raises:
            MessageNotFound: there is no such message.
        """

    async def received_at(self, message_id: str) -> datetime:
        """When a message was answered 250 (UTC).

        Raises:
            MessageNotFound: there is no such message.
        """

    async def answered(self, header_ids: Sequence[str]) -> frozenset[str]:
        """The cases in which these Message-IDs are those of a letter of ours, or of one mail that came in.

        An id that several cases' mails bear names none: senders choose theirs freely.
        """

    async def unverified_process(self, ref: str, before: datetime) -> frozenset[str]:
        """Open requests of the hold's own agency, received before this instant, that name it and wait for a verifier:
        what a person finds genuine may claim it yet (P3)."""

    async def commit(self, entry: Entry, stored: Callable[[], Awaitable[None]] | None = None) -> bool:
        """Add a step's changes, events and letters in one transaction; False if this (ref, step) was added before.

        `stored` raises unless the objects that the entry relies on are there: nothing is destroyed between its looking
        and the end of the transaction, so what it has seen stays.

        Raises:
            Conflict: a rule of the record forbids it.
        """

    async def signer(self, roster_id: str) -> Signer | None:
        """The person on the roster, or None."""

    async def directory(self) -> AgencyDirectory:
        """The agencies that are known, with their domains and numbers, and the senders that are blocked (S1)."""

    async def known_sender(self, ref: str) -> bool:
        """Whether a verifier has found another request of the case's very address genuine, and none forged (G1)."""

    async def reason(self, sha256: str) -> str | None:
        """The free text that a statement's `reason` hash stands for, if it was kept."""

    async def used_elsewhere(self, ref: str, objects: Sequence[str]) -> frozenset[str]:
        """Those of the objects that the record relies on for anything but this case's own snapshot: equal bytes are one
        object, be they a recording, a document or a mail."""

    def destroying(self, ref: str, sha256: str) -> AbstractAsyncContextManager[bool]:
        """Whether the object is this case's own snapshot's and nothing else relies on it. While this lasts no step can
        come to rely on it, so that it may be destroyed here; once stored again, it is another's."""

    async def owed(self, ref: str, step: str) -> Sequence[OwedLetter]:
        """The letters of one step of the case that are still to be sent, in order.

        By step, so that two machines of one case never send the same letter at once. Letters to a sender that is
        blocked are held back, until a verifier has called (S1).
        """

    async def held_back(self, ref: str) -> Sequence[OwedLetter]:
        """The letters to the case's sender that have not gone, in order: what was held back, once that is over."""

    async def sent(self, letter_id: int, at: datetime) -> None:
        """Note that the relay has taken the letter. Noting it twice changes nothing."""

    async def refused(self, letter_id: int, at: datetime) -> None:
        """Note that the relay will never take the letter: it is owed no more. Noting it twice changes nothing."""

    async def came_back(self, ref: str, step: str) -> bool:
        """Whether a letter of this step was refused by the relay, or returned by a mail system."""

    async def unread_mail_before(self, instant: datetime) -> bool:
        """Whether a message received before this instant still waits to be routed.

        A deadline must not outrun the mail: what arrived in time counts, however long its reading took.
        """


class ObjectStore(Protocol):
    """Bytes by their SHA-256: created once, never overwritten, read back before they count as stored."""

    async def put(self, data: bytes) -> str:
        """Store and sync; returns the SHA-256 (hex). The same bytes again are the same object."""

    async def put_file(self, path: Path) -> str:
        """The same for a file, without reading it whole into memory."""

    async def get(self, sha256: str) -> bytes:
        """The bytes, checked against their hash.

        Raises:
            ObjectMissing: there is no such object.
            ObjectDamaged: its bytes do not have this hash.
        """

    async def has(self, sha256: str) -> bool:
        """Whether the object is there, without reading it."""

    async def delete(self, sha256: str) -> None:
        """Destroy the object (S1: refused mail; P3: purged snapshots). Deleting what is gone changes nothing."""


class ObjectMissing(LookupError):
    """No object bears this hash."""


class ObjectDamaged(RuntimeError):
    """An object's bytes do not have the hash that names them."""


class MailRelay(Protocol):
    """Hands letters to the mail relay."""

    async def send(self, owed: OwedLetter, attachments: Mapping[str, bytes]) -> None:
        """Send; `attachments` has the bytes of the letter's attachments by SHA-256.

        Raises:
            RelayRefused: the relay will never take this letter (5xx).
            OSError: the relay cannot be reached now, or deferred it (4xx).
        """


class RelayRefused(RuntimeError):
    """The relay refused the letter for good."""


class RecordSource(Protocol):
    """The provider's systems of record, read only."""

    async def resolve(self, identifiers: Sequence[Identifier]) -> Mapping[int, Sequence[Account]]:
        """Which accounts each identifier names, by its place in `identifiers` from 1; accounts are numbered from 1 and
        an account named twice keeps one number. An identifier that names nobody maps to an empty sequence (D5)."""

    async def collect(self, accounts: Sequence[Account]) -> Sequence[Record]:
        """All records of these accounts that exist now, every class (P1). Recordings' bytes come by `media_of`."""

    async def media_of(self, record: Record) -> bytes:
        """The bytes of a recording as the source has them now. Its `values["media_key"]` names it to the source."""


class AccessOrder(Frozen):
    """What the service is to do for a case: a measure against what the identifiers name, in a window of time (UTC)."""

    ref: str
    restriction: Restriction
    identifiers: tuple[Identifier, ...]
    since: AwareDatetime
    until: AwareDatetime


class AccessControl(Protocol):
    """The provider's service, where it can keep people out (X1, X2)."""

    async def restrict(self, order: AccessOrder, at: datetime) -> Sequence[Account]:
        """Apply an order, once for its case; returns the accounts concerned, numbered from 1: the users restricted or,
        of a meeting, its host. Empty: the identifiers name nothing, and nothing was done.

        The service itself stops restricting at the order's end. What another case restricts is left alone.
        """

    async def lift(self, ref: str, at: datetime) -> None:
        """Undo what was applied for this case, and nothing else. Lifting what is lifted changes nothing."""


class PackageRequest(Frozen):
    """What a production package is made of."""

    ref: str
    scope: Scope
    approved_by: tuple[str, ...]
    agency_name: str
    officer_name: str
    case_number: str
    process_sha256: tuple[str, ...]
    certificates: tuple[ReturnedCertificate, ...] = ()
    snapshot: Snapshot
    records: tuple[Record, ...]
    made_at: AwareDatetime


class Packager(Protocol):
    """Writes a production: .csv, .docx and .mp4 in a BagIt package with its certificate of authenticity (PR1, PR3)."""

    async def pack(self, request: PackageRequest, objects: Mapping[str, bytes], into: Path) -> Path:
        """Write the package as one file under `into` and return its path. `objects` has the recordings, and the
        certificates to return, by SHA-256. The same request gives the same bytes."""


class Certifier(Protocol):
    """Writes the certificate of destruction of a purged snapshot."""

    async def destruction(self, ref: str, objects: Sequence[str], held_since: date, purged_at: datetime) -> bytes:
        """The certificate, as a PDF. The same arguments give the same bytes."""


class LetterWriter(Protocol):
    """Fills the provider's letter templates."""

    def write(self, name: str, to: str, context: Mapping[str, object], language: str = "en") -> Letter:
        """The letter. A value that the template wants and `context` lacks is an error, never a blank."""
