"""The letters we write, and what each must be told. The wording is in `letters` of the provider folder, one file each.

A letter's file is its name with `.txt`, in a folder named after its language: the first line is the subject, the
second says which clauses it carries out. `words.toml` beside them has the words for dates, processes and clauses.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AwareDatetime, Field

from policy.certificates import CertificatesReturned
from policy.costs import Costs
from policy.findings import Reason
from policy.frozen import Frozen
from policy.vocabulary import Clause, DataClass, LegalProcess, Measure


class LetterName(StrEnum):
    """Every letter there is, in the order in which a case meets them."""

    ACKNOWLEDGEMENT = "acknowledgement"
    EMERGENCY_ACKNOWLEDGEMENT = "emergency_acknowledgement"
    EMERGENCY_UNCLEAR = "emergency_unclear"
    ON_CALL = "on_call"
    ENGLISH_NEEDED = "english_needed"
    ITEMS_MISSING = "items_missing"
    EMERGENCY_ITEMS_MISSING = "emergency_items_missing"
    ITEMS_REMINDER = "items_reminder"
    ASK_MORE = "ask_more"
    ASK_REMINDER = "ask_reminder"
    UNANSWERED = "unanswered"
    REJECTED = "rejected"
    INTERCEPTION_REFUSED = "interception_refused"
    CONSENT_POINTED = "consent_pointed"
    TESTIMONY_REFUSED = "testimony_refused"
    CHALLENGED = "challenged"
    SILENCE_REFUSED = "silence_refused"
    WITHDRAWN_CONFIRMED = "withdrawn_confirmed"
    PRESERVATION_STARTED = "preservation_started"
    PRESERVATION_WARNING = "preservation_warning"
    PRESERVATION_EXTENDED = "preservation_extended"
    PRESERVATION_CONFIRMED = "preservation_confirmed"
    EXTENSION_REFUSED = "extension_refused"
    EXTENSION_INCOMPLETE = "extension_incomplete"
    PRESERVATION_EXPIRED = "preservation_expired"
    PRESERVATION_CLAIMED = "preservation_claimed"
    PRODUCTION_READY = "production_ready"
    EMERGENCY_PRODUCTION = "emergency_production"
    PROCESS_OWED = "process_owed"
    NO_RESPONSIVE_RECORDS = "no_responsive_records"
    ACCOUNT_NOT_FOUND = "account_not_found"
    USER_NOTICE = "user_notice"
    USER_NOTICE_AFTER_GAG = "user_notice_after_gag"
    USER_NOTICE_AFTER_EMERGENCY = "user_notice_after_emergency"
    RESTRICTION_APPLIED = "restriction_applied"
    RESTRICTED_NOTICE = "restricted_notice"
    APPEAL_DISMISSED = "appeal_dismissed"
    APPEAL_GRANTED = "appeal_granted"
    RESTRICTION_ENDED = "restriction_ended"
    RESTRICTION_ENDED_USER = "restriction_ended_user"


#: Letters that go to a user. Their answers must not go where only governments may write: S1 deletes what others send.
TO_USERS = frozenset(
    {
        LetterName.USER_NOTICE,
        LetterName.USER_NOTICE_AFTER_GAG,
        LetterName.USER_NOTICE_AFTER_EMERGENCY,
        LetterName.RESTRICTED_NOTICE,
        LetterName.APPEAL_DISMISSED,
        LetterName.APPEAL_GRANTED,
        LetterName.RESTRICTION_ENDED_USER,
    }
)

#: Letters to an agency whose document a person has found genuine. Every other may go to whoever wrote from an official
#: domain, or seems to: it repeats nothing of the request, and is the same whether an account exists or not.
TO_VERIFIED = frozenset(
    {
        LetterName.ASK_MORE,
        LetterName.ASK_REMINDER,
        LetterName.CHALLENGED,
        LetterName.SILENCE_REFUSED,
        LetterName.PRODUCTION_READY,
        LetterName.EMERGENCY_PRODUCTION,
        LetterName.PROCESS_OWED,
        LetterName.NO_RESPONSIVE_RECORDS,
        LetterName.ACCOUNT_NOT_FOUND,
        LetterName.RESTRICTION_APPLIED,
        LetterName.RESTRICTION_ENDED,
    }
)

#: Letters that go to our own people.
TO_US = frozenset({LetterName.ON_CALL})

Ref = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class AboutCase(Frozen):
    """What every letter is told: the case's reference, the only thing of a case that a subject ever shows."""

    ref: Ref


class WithItems(AboutCase):
    """What R1 to R4, P2, E2 or S2 still ask for; each detail names the thing that is missing."""

    items: tuple[Reason, ...] = Field(min_length=1)


class WithGrounds(AboutCase):
    """A reviewer's verdict: the clauses it rests on (G3), and their own words where they gave any.

    The sentence for each clause is in `words.toml`.
    """

    grounds: tuple[Clause, ...] = Field(min_length=1)
    reason: str | None = None


class WithItemsAndEnd(WithItems):
    """The same again, and when we stop waiting (UTC); None where nothing but the hold's own end is waited for (P3)."""

    until: AwareDatetime | None = None


class WithGroundsAndEnd(WithGrounds):
    """A reviewer's question again, and when we stop waiting for the answer (UTC)."""

    until: AwareDatetime


class HoldRuns(AboutCase):
    """A hold and its end (UTC), which is the first instant at which nothing is held any more (P3)."""

    until: AwareDatetime


class HoldStarts(HoldRuns):
    """The same, and the days of the one extension that can be asked for; None where it was given (P3)."""

    more_days: int | None = Field(ge=1)


class HoldEndsSoon(HoldStarts):
    """The same, and how many days are left."""

    days_left: int = Field(ge=1)


class ExtensionDenied(AboutCase):
    """Why P3 does not allow the extension, and the end of the hold where it still runs (UTC), or else the requests that
    it serves."""

    reason: Reason
    until: AwareDatetime | None = None
    by_refs: tuple[Ref, ...] = ()


class HoldPurged(AboutCase):
    """When the snapshot was destroyed (UTC). The certificate of destruction is attached."""

    purged_at: AwareDatetime


class HoldServes(AboutCase):
    """The reference of the request that the held records now serve."""

    by_ref: Ref


class PackageWaits(AboutCase):
    """Where a production can be fetched and until when (UTC); its size in bytes and hash, by which it is checked; the
    costs that are claimed for it (PR2); and how the certificates that the agency sent in come back with it (PR3)."""

    link: str = Field(pattern=r"^https?://[!-~]+$")
    expires_at: AwareDatetime
    size: int = Field(ge=1)
    sha256: Sha256
    costs: Costs | None = None
    certificates: CertificatesReturned | None = None


class ProcessOwed(AboutCase):
    """When records were given in an emergency (UTC), for which legal process has not come yet (E1)."""

    disclosed_at: AwareDatetime


class NoticeToUser(AboutCase):
    """Who asked, by which process, for which classes, and until when an objection is heard (UTC; N1)."""

    agency: str = Field(min_length=1)
    process: LegalProcess
    classes: tuple[DataClass, ...] = Field(min_length=1)
    objection_until: AwareDatetime


class LateNoticeToUser(AboutCase):
    """The same after a gag has ended (N2): what the law kept us from saying, and whether data was given meanwhile."""

    agency: str = Field(min_length=1)
    process: LegalProcess
    classes: tuple[DataClass, ...] = Field(min_length=1)
    disclosed: bool


class EmergencyNoticeToUser(AboutCase):
    """Who was given which classes in an emergency, and when (UTC): the law asks for no process and no copy (E1, N1)."""

    agency: str = Field(min_length=1)
    classes: tuple[DataClass, ...] = Field(min_length=1)
    disclosed_at: AwareDatetime


class Errand(StrEnum):
    """What the people on call are called for."""

    VERIFY = "verify"
    COMPLETE = "complete"
    REVIEW = "review"
    UNCLEAR = "unclear"
    URGENT = "urgent"
    JUDGE = "judge"
    PROCESS = "process"


class CallToDesk(AboutCase):
    """What somebody on call is to do. Nothing else of the case: a pager is nobody's private place."""

    errand: Errand


class AccessRestricted(AboutCase):
    """What is restricted, where (ISO 3166, or everywhere), and from when until when (UTC; X1, X2)."""

    measure: Measure
    territory: str = Field(min_length=1)
    since: AwareDatetime
    until: AwareDatetime


class RestrictionAnnounced(AccessRestricted):
    """The same for the agency; `silent`: the user must not be told, and may notice (N4)."""

    silent: bool = False


class UserRestricted(AccessRestricted):
    """The same for the user, who is told at whose request, on what basis, and by which link to appeal (X3).

    Without a link it is over already: the user could not be told before.
    """

    agency: str = Field(min_length=1)
    basis: str = Field(min_length=1)
    link: str | None = Field(pattern=r"^https?://[!-~]+$")


class AppealDenied(AboutCase):
    """Why the restriction stays, in the reviewer's words, and until when (UTC; X3)."""

    reason: str = Field(min_length=1)
    until: AwareDatetime


class AccessRestored(AboutCase):
    """When access was given back (UTC; X2, X3)."""

    lifted_at: AwareDatetime


CONTEXTS: Mapping[LetterName, type[AboutCase]] = MappingProxyType(
    {
        LetterName.ACKNOWLEDGEMENT: AboutCase,
        LetterName.EMERGENCY_ACKNOWLEDGEMENT: AboutCase,
        LetterName.EMERGENCY_UNCLEAR: WithItems,
        LetterName.ON_CALL: CallToDesk,
        LetterName.ENGLISH_NEEDED: AboutCase,
        LetterName.ITEMS_MISSING: WithItems,
        LetterName.EMERGENCY_ITEMS_MISSING: WithItems,
        LetterName.ITEMS_REMINDER: WithItemsAndEnd,
        LetterName.ASK_MORE: WithGrounds,
        LetterName.ASK_REMINDER: WithGroundsAndEnd,
        LetterName.UNANSWERED: AboutCase,
        LetterName.REJECTED: WithGrounds,
        LetterName.INTERCEPTION_REFUSED: WithGrounds,
        LetterName.CONSENT_POINTED: WithGrounds,
        LetterName.TESTIMONY_REFUSED: WithGrounds,
        LetterName.CHALLENGED: WithGrounds,
        LetterName.SILENCE_REFUSED: WithGrounds,
        LetterName.WITHDRAWN_CONFIRMED: AboutCase,
        LetterName.PRESERVATION_STARTED: HoldStarts,
        LetterName.PRESERVATION_WARNING: HoldEndsSoon,
        LetterName.PRESERVATION_EXTENDED: HoldRuns,
        LetterName.PRESERVATION_CONFIRMED: AboutCase,
        LetterName.EXTENSION_REFUSED: ExtensionDenied,
        LetterName.EXTENSION_INCOMPLETE: WithItemsAndEnd,
        LetterName.PRESERVATION_EXPIRED: HoldPurged,
        LetterName.PRESERVATION_CLAIMED: HoldServes,
        LetterName.PRODUCTION_READY: PackageWaits,
        LetterName.EMERGENCY_PRODUCTION: PackageWaits,
        LetterName.PROCESS_OWED: ProcessOwed,
        LetterName.NO_RESPONSIVE_RECORDS: AboutCase,
        LetterName.ACCOUNT_NOT_FOUND: AboutCase,
        LetterName.USER_NOTICE: NoticeToUser,
        LetterName.USER_NOTICE_AFTER_GAG: LateNoticeToUser,
        LetterName.USER_NOTICE_AFTER_EMERGENCY: EmergencyNoticeToUser,
        LetterName.RESTRICTION_APPLIED: RestrictionAnnounced,
        LetterName.RESTRICTED_NOTICE: UserRestricted,
        LetterName.APPEAL_DISMISSED: AppealDenied,
        LetterName.APPEAL_GRANTED: AccessRestored,
        LetterName.RESTRICTION_ENDED: AccessRestored,
        LetterName.RESTRICTION_ENDED_USER: AccessRestored,
    }
)
"""What each letter is told. A value that is missing, of another type, or not listed here is an error."""


_REJECTIONS = {
    Clause.D4: LetterName.INTERCEPTION_REFUSED,
    Clause.U5: LetterName.INTERCEPTION_REFUSED,
    Clause.C1: LetterName.CONSENT_POINTED,
    Clause.PR3: LetterName.TESTIMONY_REFUSED,
}


def rejection(grounds: Iterable[Clause]) -> LetterName:
    """The letter of a rejection on these grounds: some explain what can be done instead (D4, U5, C1, PR3)."""
    return next((_REJECTIONS[clause] for clause in grounds if clause in _REJECTIONS), LetterName.REJECTED)


def clauses_in(purpose: str) -> tuple[Clause, ...]:
    """The clauses that a letter's own comment names, in the order of the guide."""
    words = set(re.findall(r"\w+", purpose))
    return tuple(clause for clause in Clause if clause in words)
