"""Sample values for each letter: what `dueprocess letters` shows, what its agreed texts are made with, and what a
provider's wording is tried with before it is used. Every name is made up."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from policy.certificates import CertificatesReturned
from policy.costs import CostBasis, Costs
from policy.findings import Reason
from policy.letters import (
    AboutCase,
    AccessRestored,
    AppealDenied,
    CallToDesk,
    EmergencyNoticeToUser,
    Errand,
    ExtensionDenied,
    HoldEndsSoon,
    HoldPurged,
    HoldRuns,
    HoldServes,
    HoldStarts,
    LateNoticeToUser,
    LetterName,
    NoticeToUser,
    PackageWaits,
    ProcessOwed,
    RestrictionAnnounced,
    UserRestricted,
    WithGrounds,
    WithGroundsAndEnd,
    WithItems,
    WithItemsAndEnd,
)
from policy.vocabulary import EVERYWHERE, Clause, DataClass, LegalProcess, Measure

REF = "DP-2026-000123"
_UNTIL = datetime(2026, 4, 9, 14, 3, 59, tzinfo=UTC)
_SINCE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
_APPEAL = "https://provider.example/appeal/Zm9yIHRoZSBkZXRlY3RpdmUgb25seSwgYW5kIG5vIG9uZSBlbHNlIGF0IGFsbA"
_AGENCY = "Springfield Police Department, Detective Bureau"


_PACKAGE = PackageWaits(
    ref=REF,
    link="https://provider.example/d/Zm9yIHRoZSBkZXRlY3RpdmUgb25seSwgYW5kIG5vIG9uZSBlbHNlIGF0IGFsbA",
    expires_at=_UNTIL,
    size=1467392,
    sha256="0123456789abcdef" * 4,
)


def _late(*, disclosed: bool) -> LateNoticeToUser:
    return LateNoticeToUser(
        ref=REF,
        agency=_AGENCY,
        process=LegalProcess.SEARCH_WARRANT,
        classes=tuple(DataClass),
        disclosed=disclosed,
    )


def _restricted(measure: Measure, territory: str, link: str | None) -> UserRestricted:
    return UserRestricted(
        ref=REF,
        agency=_AGENCY,
        basis="Springfield Code, section 12-4; order of the Circuit Court of 2 March 2026",
        measure=measure,
        territory=territory,
        since=_SINCE,
        until=_UNTIL,
        link=link,
    )


#: Each letter with what it could be told, by the name of its agreed text. One that can read in two ways is there twice.
SAMPLES: Mapping[str, tuple[LetterName, AboutCase]] = MappingProxyType(
    {
        "acknowledgement": (LetterName.ACKNOWLEDGEMENT, AboutCase(ref=REF)),
        "emergency_acknowledgement": (LetterName.EMERGENCY_ACKNOWLEDGEMENT, AboutCase(ref=REF)),
        "emergency_unclear": (
            LetterName.EMERGENCY_UNCLEAR,
            WithItems(
                ref=REF,
                items=(
                    Reason(clause=Clause.E2, detail="the subject line EMERGENCY DISCLOSURE REQUEST"),
                    Reason(clause=Clause.E2, detail="the person at risk"),
                ),
            ),
        ),
        **{f"on_call_{errand}": (LetterName.ON_CALL, CallToDesk(ref=REF, errand=errand)) for errand in Errand},
        "english_needed": (LetterName.ENGLISH_NEEDED, AboutCase(ref=REF)),
        "items_missing": (
            LetterName.ITEMS_MISSING,
            WithItems(
                ref=REF,
                items=(
                    Reason(clause=Clause.R1, detail="at least one identifier of a user, an account or a meeting"),
                    Reason(clause=Clause.R4, detail="the agent's badge or id number"),
                ),
            ),
        ),
        "emergency_items_missing": (
            LetterName.EMERGENCY_ITEMS_MISSING,
            WithItems(ref=REF, items=(Reason(clause=Clause.E2, detail="the agent's badge or id number"),)),
        ),
        "items_reminder": (
            LetterName.ITEMS_REMINDER,
            WithItemsAndEnd(
                ref=REF,
                items=(Reason(clause=Clause.R4, detail="the agent's badge or id number"),),
                until=_UNTIL,
            ),
        ),
        "items_reminder_of_a_hold": (
            LetterName.ITEMS_REMINDER,
            WithItemsAndEnd(ref=REF, items=(Reason(clause=Clause.P2, detail="the officer's name"),)),
        ),
        "ask_more": (
            LetterName.ASK_MORE,
            WithGrounds(ref=REF, grounds=(Clause.U1,), reason="Which offence is investigated?"),
        ),
        "ask_reminder": (
            LetterName.ASK_REMINDER,
            WithGroundsAndEnd(ref=REF, grounds=(Clause.U1,), reason="Which offence is investigated?", until=_UNTIL),
        ),
        "unanswered": (LetterName.UNANSWERED, AboutCase(ref=REF)),
        "rejected": (
            LetterName.REJECTED,
            WithGrounds(
                ref=REF,
                grounds=(Clause.R3, Clause.U3),
                reason="All meetings of all accounts of the company are asked for, without a period.\n\n"
                "Please name the accounts and the days.",
            ),
        ),
        "rejected_without_reason": (LetterName.REJECTED, WithGrounds(ref=REF, grounds=(Clause.R3,))),
        "interception_refused": (LetterName.INTERCEPTION_REFUSED, WithGrounds(ref=REF, grounds=(Clause.U5,))),
        "consent_pointed": (
            LetterName.CONSENT_POINTED,
            WithGrounds(ref=REF, grounds=(Clause.C1,), reason="The form that you sent is signed by the user."),
        ),
        "testimony_refused": (LetterName.TESTIMONY_REFUSED, WithGrounds(ref=REF, grounds=(Clause.PR3,))),
        "challenged": (LetterName.CHALLENGED, WithGrounds(ref=REF, grounds=(Clause.N2,))),
        "silence_refused": (LetterName.SILENCE_REFUSED, WithGrounds(ref=REF, grounds=(Clause.N2, Clause.N3))),
        "withdrawn_confirmed": (LetterName.WITHDRAWN_CONFIRMED, AboutCase(ref=REF)),
        "preservation_started": (LetterName.PRESERVATION_STARTED, HoldStarts(ref=REF, until=_UNTIL, more_days=90)),
        "preservation_warning": (
            LetterName.PRESERVATION_WARNING,
            HoldEndsSoon(ref=REF, until=_UNTIL, more_days=90, days_left=14),
        ),
        "preservation_warning_one_day": (
            LetterName.PRESERVATION_WARNING,
            HoldEndsSoon(ref=REF, until=_UNTIL, more_days=None, days_left=1),
        ),
        "preservation_extended": (LetterName.PRESERVATION_EXTENDED, HoldRuns(ref=REF, until=_UNTIL)),
        "preservation_confirmed": (LetterName.PRESERVATION_CONFIRMED, AboutCase(ref=REF)),
        "extension_refused": (
            LetterName.EXTENSION_REFUSED,
            ExtensionDenied(
                ref=REF,
                reason=Reason(clause=Clause.P3, detail="the hold has been extended once, and a second is not given"),
                until=_UNTIL,
            ),
        ),
        "extension_refused_too_late": (
            LetterName.EXTENSION_REFUSED,
            ExtensionDenied(
                ref=REF,
                reason=Reason(clause=Clause.P3, detail="the request for extension arrived after the hold had ended"),
            ),
        ),
        "extension_refused_claimed": (
            LetterName.EXTENSION_REFUSED,
            ExtensionDenied(
                ref=REF,
                reason=Reason(clause=Clause.P3, detail="the request for extension arrived after the hold had ended"),
                by_refs=("DP-2026-000124", "DP-2026-000125"),
            ),
        ),
        "extension_incomplete": (
            LetterName.EXTENSION_INCOMPLETE,
            WithItemsAndEnd(
                ref=REF,
                items=(Reason(clause=Clause.P3, detail="a formal request of its own on letterhead, signed, as a PDF"),),
                until=_UNTIL,
            ),
        ),
        "preservation_expired": (LetterName.PRESERVATION_EXPIRED, HoldPurged(ref=REF, purged_at=_UNTIL)),
        "preservation_claimed": (LetterName.PRESERVATION_CLAIMED, HoldServes(ref=REF, by_ref="DP-2026-000124")),
        "production_ready": (LetterName.PRODUCTION_READY, _PACKAGE),
        "production_ready_with_costs": (
            LetterName.PRODUCTION_READY,
            _PACKAGE.model_copy(update={"costs": Costs(amount="250.00", currency="USD", basis=CostBasis.AGREED)}),
        ),
        **{
            f"production_ready_certificates_{how}": (
                LetterName.PRODUCTION_READY,
                _PACKAGE.model_copy(update={"certificates": how}),
            )
            for how in CertificatesReturned
        },
        "emergency_production": (LetterName.EMERGENCY_PRODUCTION, _PACKAGE),
        "process_owed": (LetterName.PROCESS_OWED, ProcessOwed(ref=REF, disclosed_at=_UNTIL)),
        "no_responsive_records": (LetterName.NO_RESPONSIVE_RECORDS, AboutCase(ref=REF)),
        "account_not_found": (LetterName.ACCOUNT_NOT_FOUND, AboutCase(ref=REF)),
        "user_notice": (
            LetterName.USER_NOTICE,
            NoticeToUser(
                ref=REF,
                agency=_AGENCY,
                process=LegalProcess.SEARCH_WARRANT,
                classes=tuple(DataClass),
                objection_until=_UNTIL,
            ),
        ),
        "user_notice_after_gag": (LetterName.USER_NOTICE_AFTER_GAG, _late(disclosed=True)),
        "user_notice_after_gag_nothing_given": (LetterName.USER_NOTICE_AFTER_GAG, _late(disclosed=False)),
        "user_notice_after_emergency": (
            LetterName.USER_NOTICE_AFTER_EMERGENCY,
            EmergencyNoticeToUser(ref=REF, agency=_AGENCY, classes=tuple(DataClass), disclosed_at=_UNTIL),
        ),
        "restriction_applied": (
            LetterName.RESTRICTION_APPLIED,
            RestrictionAnnounced(
                ref=REF, measure=Measure.LIMIT_PARTICIPATION, territory="US-IL", since=_SINCE, until=_UNTIL
            ),
        ),
        "restriction_applied_in_silence": (
            LetterName.RESTRICTION_APPLIED,
            RestrictionAnnounced(
                ref=REF, measure=Measure.LIMIT_HOSTING, territory="US", since=_SINCE, until=_UNTIL, silent=True
            ),
        ),
        "restricted_notice": (LetterName.RESTRICTED_NOTICE, _restricted(Measure.LIMIT_PARTICIPATION, "US-IL", _APPEAL)),
        "restricted_notice_meeting_closed": (
            LetterName.RESTRICTED_NOTICE,
            _restricted(Measure.CLOSE_MEETING, EVERYWHERE, _APPEAL),
        ),
        "restricted_notice_over": (LetterName.RESTRICTED_NOTICE, _restricted(Measure.LIMIT_HOSTING, "US", None)),
        "appeal_dismissed": (
            LetterName.APPEAL_DISMISSED,
            AppealDenied(
                ref=REF,
                reason="The order names your account and this period. What you write does not concern it.",
                until=_UNTIL,
            ),
        ),
        "appeal_granted": (LetterName.APPEAL_GRANTED, AccessRestored(ref=REF, lifted_at=_UNTIL)),
        "restriction_ended": (LetterName.RESTRICTION_ENDED, AccessRestored(ref=REF, lifted_at=_UNTIL)),
        "restriction_ended_user": (LetterName.RESTRICTION_ENDED_USER, AccessRestored(ref=REF, lifted_at=_UNTIL)),
    }
)
