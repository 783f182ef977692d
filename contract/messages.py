"""What travels through Temporal: one frozen model for each input, signal, update and result.

References, hashes, enums and dates only. A new field always has a default, so that old histories still replay.
"""

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict

from policy.decisions import Ruling, SignedStatement
from policy.request import Gag
from policy.vocabulary import Clause, Jurisdiction, LegalProcess, Outcome, Phase

__all__ = ["Ruling", "SignedStatement"]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# Inputs of workflows


class RequestInput(_Message):
    """Starts a request's machine. `received_at` is when its message was answered 250 (UTC)."""

    ref: str
    received_at: AwareDatetime
    policy: str


class PreservationInput(_Message):
    """Starts a preservation's machine."""

    ref: str
    received_at: AwareDatetime
    policy: str


class NoticeInput(_Message):
    """Starts the notice to one account's user. `at` is the parent's business time (UTC)."""

    ref: str
    n: int
    at: AwareDatetime
    policy: str
    gag: Gag
    gag_until: AwareDatetime | None = None
    response_due: date | None = None
    jurisdiction: Jurisdiction = Jurisdiction.US


# Signals and updates


class FactsChanged(_Message):
    """The record of the case has new facts (a person amended it, or a reply came): look again."""

    message_id: str | None = None


class GagOrder(_Message):
    """A further non-disclosure order for the case. `until` is None where the order states no end (N2)."""

    message_id: str
    until: AwareDatetime | None


class ExtensionRequest(_Message):
    """A message asking for the extension of a hold (P3)."""

    message_id: str
    received_at: AwareDatetime


class ProcessArrived(_Message):
    """Formal process for the held records was received in time; the ledger has given it the hold."""

    by_ref: str
    at: AwareDatetime


class ProcessEnded(_Message):
    """The request that claimed a hold has ended."""

    by_ref: str
    produced: bool
    at: AwareDatetime


class Objection(_Message):
    """The user of this notice's account objects."""

    recorded_at: AwareDatetime


# Inputs and results of activities


class Step(_Message):
    """One step of a case: `step` is its name in the record, where it happens once; `at` its business time (UTC)."""

    ref: str
    step: str
    at: AwareDatetime
    policy: str = ""


class Assessment(_Message):
    """What the record says of a request now: all that its machine needs to choose its way."""

    missing: tuple[Clause, ...]
    flags: tuple[Clause, ...] = ()
    process: LegalProcess | None = None
    jurisdiction: Jurisdiction = Jurisdiction.OTHER
    gag: Gag = Gag.NONE
    gag_until: AwareDatetime | None = None
    response_due: date | None = None
    scope: str
    claimed: str | None = None


class DecideInput(_Message):
    """A statement, and where its case stands as its machine knows it."""

    signed: SignedStatement
    step: str
    ref: str
    phase: Phase
    at: AwareDatetime


class SnapshotResult(_Message):
    """Whose records were copied (opaque numbers) and how many there were."""

    accounts: tuple[int, ...]
    records: int


class NoticeStep(_Message):
    """One step of one account's notice."""

    ref: str
    n: int
    step: str
    at: AwareDatetime
    until: AwareDatetime | None = None


class NoticeResult(_Message):
    """How the notice went: when the user was told, whether they objected, and when the notice ended."""

    told_at: AwareDatetime
    ended_at: AwareDatetime
    objected: bool = False


class ExtensionStep(_Message):
    """One extension request to be ruled on."""

    ref: str
    step: str
    at: AwareDatetime
    policy: str
    message_id: str
    received_at: AwareDatetime


class HoldResult(_Message):
    """The hold as the record has it after a step."""

    until: AwareDatetime
    extended: bool = False
    granted: bool = False


class WarnStep(_Message):
    """A warning that a hold ends in so many days."""

    ref: str
    step: str
    at: AwareDatetime
    days_left: int


class PurgeStep(_Message):
    """The destruction of a hold's copy, at its end or because a person ordered it."""

    ref: str
    at: AwareDatetime
    until: AwareDatetime
    ordered: bool = False


class PurgeResult(_Message):
    """Whether the copy is gone; deferred while mail from before the deadline is unread, or claimed by legal process."""

    purged: bool
    deferred: bool = False
    claimed_by: str | None = None


class CloseStep(_Message):
    """The end of a case."""

    ref: str
    at: AwareDatetime
    policy: str
    outcome: Outcome


class CaseResult(_Message):
    """How a case ended: what its workflow returns."""

    ref: str
    outcome: Outcome
