"""Whatever a change holds of people, the chain's plain words hold none of it."""

from datetime import timedelta
from typing import get_args

import pytest

from activities.record import (
    AgencyReminded,
    AppealMade,
    AppealsAnswered,
    CaseFrozen,
    CertificateCompleted,
    Change,
    CostsClaimed,
    DocumentTaken,
    ExtensionIncomplete,
    ExtensionRefused,
    FactsAmended,
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
    RequestWithdrawn,
    RestrictionLifted,
    ReviewReopened,
    SenderSuspected,
    SilenceOrdered,
    SnapshotPurged,
    UserTold,
    WindowMoved,
)
from ledger.events import canonical_json
from ledger.published import kind, public
from policy.costs import CostBasis, Costs
from policy.findings import Reason
from policy.patience import Asked
from policy.statements import Refusal, SignedStatement, Statement, Verdict
from policy.triage import Destination, Kept
from policy.vocabulary import AppealRoute, Automatic, Clause, LiftReason
from tests.ledger.build import (
    CANARY,
    NOW,
    approved,
    closed,
    decision,
    facts_read,
    produced,
    restriction_applied,
    sha,
    snapshot_taken,
)

_REF = "DP-2026-000001"
_FORGED = decision(_REF, "r-1", Verdict.APPROVE, nonce="n", refusal=Refusal.MALFORMED).model_copy(
    update={
        "sentence": CANARY,
        "signed": SignedStatement(
            statement=Statement(
                ref=CANARY, by=CANARY, verdict=Verdict.APPROVE, scope=CANARY, reason=CANARY, at=NOW, nonce=CANARY
            ),
            signature=CANARY,
        ),
    }
)
_EVERY: tuple[Change, ...] = (
    facts_read(),
    FactsAmended(by="r-1", facts=facts_read().facts, signature=CANARY),
    ItemsMissing(clauses=(Clause.R4,)),
    AgencyReminded(about=Asked.MISSING_ITEMS, days=14),
    decision(_REF, "r-0123456789abcdef", Verdict.APPROVE, nonce="n"),
    _FORGED,
    DocumentTaken(sha256=sha("scan"), by="r-1"),
    approved(_REF),
    AgencyReminded(about=Asked.MISSING_ITEMS, days=14),
    CaseFrozen(by="r-0123456789abcdef", round=2),
    LinkRevoked(scope=sha("scope"), by="r-0123456789abcdef"),
    MailKept(message_id=sha("m"), why=Kept.NOT_PROVEN, proven=False, received_at=NOW),
    MailAdmitted(message_id=sha("m"), to=Destination.REPLY),
    MailNoted(message_id=sha("m"), automatic=Automatic.BOUNCE, letter=f"<{CANARY}@example.org>", status="5.1.1"),
    MailUnconfirmed(message_ids=(sha("m"),)),
    RequestWithdrawn(message_id=sha("m")),
    ReviewReopened(round=2),
    snapshot_taken(),
    HoldStarted(until=NOW),
    HoldExtended(until=NOW, message_id=sha("m")),
    HoldConfirmed(review_at=NOW, message_id=sha("m"), late=True),
    HoldReviewSet(review_at=NOW),
    ExtensionIncomplete(message_id=sha("m"), reason=Reason(clause=Clause.P3, detail=CANARY)),
    ExtensionRefused(message_id=sha("m"), reason=Reason(clause=Clause.P3, detail=CANARY)),
    HoldWarned(days_left=14),
    HoldClaimed(by_ref=_REF, process_received_at=NOW),
    HoldReleased(by_ref=_REF),
    HoldPutOff(until=NOW),
    SnapshotPurged(objects=(sha("s"),), certificate=sha("c")),
    SilenceOrdered(n=2, message_id=sha("m"), until=NOW),
    NoticeDelayed(n=1, until=NOW + timedelta(days=1)),
    UserTold(n=1, objection_until=None),
    NoticeReturned(n=1),
    NoticeGivenUp(n=1),
    WindowMoved(n=1, until=NOW),
    ObjectionMade(n=1),
    CostsClaimed(by="r-1", costs=Costs(amount="250.00", currency="USD", basis=CostBasis.AGREED), signature=CANARY),
    CertificateCompleted(form=sha("form"), completed=sha("completed"), by="r-1", signature=CANARY),
    produced(_REF),
    PackageFetched(package=sha("package")),
    restriction_applied(),
    RestrictionLifted(reason=LiftReason.APPEAL),
    AppealMade(n=1, route=AppealRoute.LINK, text=CANARY),
    AppealsAnswered(granted=True, made_until=NOW),
    closed(),
    SenderSuspected(message_id=sha("m"), by="r-1"),
    OwedProcessArrived(message_id=sha("m")),
    FollowUpEnded(),
)


def test_every_kind_of_change_is_tried_here() -> None:
    assert {type(change) for change in _EVERY} == set(get_args(Change))


@pytest.mark.parametrize("change", _EVERY, ids=kind)
def test_no_person_stands_in_the_chain(change: Change) -> None:
    published = canonical_json(public(change))
    assert "canary" not in published
    assert "A-77" not in published


def test_a_refused_statement_publishes_only_closed_sets() -> None:
    assert public(_FORGED) == {"accepted": False, "refusal": "malformed", "verdict": "approve", "by": None}


def test_an_accepted_statement_can_be_checked_from_the_chain() -> None:
    published = public(decision(_REF, "r-0123456789abcdef", Verdict.APPROVE, nonce="n"))
    assert published["by"] == "r-0123456789abcdef"
    assert {"scope", "nonce", "signature", "signed_at"} <= set(published)
