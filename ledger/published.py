"""What of each change stands in the chain in plain words. Everything else stands there as a hash only.

Only ids, hashes, enums, dates and numbers: the chain can never be erased. The match is exhaustive, so that a new kind
of change does not compile until someone has decided what of it is public.
"""

import re
from datetime import date, datetime
from typing import assert_never

from activities.record import (
    AgencyReminded,
    AppealMade,
    AppealsAnswered,
    CaseClosed,
    CaseFrozen,
    CertificateCompleted,
    Change,
    CostsClaimed,
    DecisionRecorded,
    DocumentTaken,
    ExtensionIncomplete,
    ExtensionRefused,
    FactsAmended,
    FactsRead,
    FollowUpEnded,
    HoldClaimed,
    HoldConfirmed,
    HoldExtended,
    HoldPutOff,
    HoldReleased,
    HoldReviewSet,
    HoldStarted,
    HoldWarned,
    ItemsMissing,
    LinkRevoked,
    MailAdmitted,
    MailKept,
    MailNoted,
    MailUnconfirmed,
    NoticeDelayed,
    NoticeGivenUp,
    NoticeReturned,
    ObjectionMade,
    OwedProcessArrived,
    PackageFetched,
    ProductionMade,
    RequestWithdrawn,
    RestrictionApplied,
    RestrictionLifted,
    ReviewReopened,
    ScopeApproved,
    SenderSuspected,
    SilenceOrdered,
    SnapshotPurged,
    SnapshotTaken,
    UserTold,
    WindowMoved,
)
from ledger.events import Detail
from policy.facts import Fact
from policy.findings import Reason

_ROSTER_ID = re.compile(r"r-[0-9a-f]{16}")


def kind(change: Change) -> str:
    """The event's kind: the change's name in snake case, such as `hold_started`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(change).__name__).lower()


def public(change: Change) -> Detail:
    """The part of a change that holds no personal data."""
    match change:
        case FactsRead():
            return {
                "message_id": change.message_id,
                "sender": change.sender.value,
                "clauses": _clauses(change.reasons),
                "fields": _fields(change.facts),
                "documents": [
                    {"sha256": d.sha256, "kind": d.kind.value, "pages": d.pages, "accepted": d.accepted}
                    for d in change.documents
                ],
            }
        case FactsAmended():
            # Not the signature: with the public key, it would let a guesser confirm a value that has been erased.
            return {"by": change.by, "fields": _fields(change.facts)}
        case ItemsMissing():
            return {"clauses": [clause.value for clause in change.clauses]}
        case AgencyReminded():
            return {"about": change.about.value, "days": change.days}
        case MailKept():
            received = _iso(change.received_at)
            return {"message_id": change.message_id, "why": change.why.value, "received_at": received}
        case MailAdmitted():
            return {"message_id": change.message_id, "to": change.to.value}
        case MailNoted():
            # Not the letter's Message-ID: senders choose what they say came back.
            return {"message_id": change.message_id, "automatic": change.automatic.value, "status": change.status}
        case MailUnconfirmed():
            return {"message_ids": list(change.message_ids)}
        case RequestWithdrawn():
            return {"message_id": change.message_id}
        case DecisionRecorded():
            return _decision(change)
        case DocumentTaken():
            return {"sha256": change.sha256, "by": change.by}
        case ScopeApproved():
            scope = change.scope
            return {
                "scope": scope.digest(),
                "round": scope.round,
                "process": scope.process.value if scope.process else None,
                "classes": [c.value for c in scope.classes],
                "identifiers": len(scope.identifiers),
                "since": _iso(scope.since),
                "until": _iso(scope.until),
                "restriction": scope.restriction.model_dump(mode="json") if scope.restriction else None,
                "approved_by": list(change.approved_by),
            }
        case ReviewReopened():
            return {"round": change.round}
        case CaseFrozen():
            return {"by": change.by, "round": change.round}
        case LinkRevoked():
            return {"scope": change.scope, "by": change.by}
        case SnapshotTaken():
            return {
                "object": change.object,
                "media": list(change.media),
                "accounts": len(change.accounts),
                "records": change.records,
                "taken_at": _iso(change.taken_at),
            }
        case HoldStarted():
            return {"until": _iso(change.until)}
        case HoldExtended():
            return {"until": _iso(change.until), "message_id": change.message_id, **_late(change)}
        case HoldConfirmed():
            return {"review_at": _iso(change.review_at), "message_id": change.message_id, **_late(change)}
        case HoldReviewSet():
            return {"review_at": _iso(change.review_at)}
        case ExtensionRefused() | ExtensionIncomplete():
            return {"message_id": change.message_id, "clause": change.reason.clause.value}
        case HoldWarned():
            return {"days_left": change.days_left}
        case HoldClaimed():
            return {"by_ref": change.by_ref, "process_received_at": _iso(change.process_received_at)}
        case HoldReleased():
            return {"by_ref": change.by_ref}
        case HoldPutOff():
            return {"until": _iso(change.until)}
        case SnapshotPurged():
            return {"objects": list(change.objects), "certificate": change.certificate}
        case SilenceOrdered():
            return {
                "n": change.n,
                "message_id": change.message_id,
                "until": _iso(change.until),
                "ordered": change.ordered,
            }
        case NoticeDelayed():
            return {"n": change.n, "until": _iso(change.until)}
        case UserTold():
            return {
                "n": change.n,
                "objection_until": _iso(change.objection_until),
                "appeal_token": change.appeal_token,
            }
        case WindowMoved():
            return {"n": change.n, "until": _iso(change.until)}
        case NoticeReturned() | NoticeGivenUp():
            return {"n": change.n}
        case ObjectionMade():
            return {"n": change.n}
        case PackageFetched():
            return {"package": change.package}
        case CostsClaimed():
            return {"by": change.by, **change.costs.model_dump(mode="json")}
        case CertificateCompleted():
            return {"form": change.form, "completed": change.completed, "by": change.by}
        case ProductionMade():
            return {
                "scope": change.scope,
                "package": change.package,
                "size": change.size,
                "records": change.records,
                "token_sha256": change.token_sha256,
                "link_expires_at": _iso(change.link_expires_at),
                "certificates": list(change.certificates),
            }
        case SenderSuspected():
            return {"message_id": change.message_id, "by": change.by}
        case OwedProcessArrived():
            return {"message_id": change.message_id}
        case FollowUpEnded():
            return {}
        case RestrictionApplied():
            return {
                **change.restriction.model_dump(mode="json"),
                "since": _iso(change.since),
                "until": _iso(change.until),
                "accounts": len(change.accounts),
            }
        case RestrictionLifted():
            return {"reason": change.reason.value}
        case AppealMade():
            return {"n": change.n, "route": change.route.value, "by": change.by}
        case AppealsAnswered():
            return {"granted": change.granted, "made_until": _iso(change.made_until)}
        case CaseClosed():
            return {"outcome": change.outcome.value, "retain_until": _iso(change.retain_until)}
        case _:
            assert_never(change)


def _decision(change: DecisionRecorded) -> Detail:
    statement = change.signed.statement
    known: Detail = {
        "accepted": change.accepted,
        "refusal": change.refusal.value if change.refusal else None,
        "verdict": statement.verdict.value,
        "by": statement.by if _ROSTER_ID.fullmatch(statement.by) else None,
    }
    if not change.accepted:
        # Anyone can write anything into a statement that is refused: only its closed sets are safe to publish.
        return known
    return known | {
        "scope": statement.scope,
        "checks": [check.value for check in statement.checks],
        "called": statement.called,
        "grounds": [clause.value for clause in statement.grounds],
        "reason": statement.reason,
        "until": _iso(statement.until),
        "message": statement.message,
        "signed_at": _iso(statement.at),
        "nonce": statement.nonce,
        "signature": change.signed.signature,
    }


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None


def _fields(facts: tuple[Fact, ...]) -> list[str]:
    return [fact.field.value for fact in facts]


def _clauses(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.clause.value for reason in reasons]


def _late(change: HoldExtended | HoldConfirmed) -> Detail:
    return {"late": True} if change.late else {}
