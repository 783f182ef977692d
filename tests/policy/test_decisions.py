"""Who may decide what: every way in which a statement changes nothing, and the few in which it counts."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.decisions import CLOCK_TOLERANCE, approvals_needed, judge, phases_for, role_for
from policy.epoc import Certificate
from policy.request import Gag
from policy.scope import Narrowing, Scope, ScopeError
from policy.statements import Check, Refusal, Ruling, Signer, Standing, Statement, Verdict
from policy.triage import Kept, KeptMail
from policy.verification import Presented, checks_due
from policy.vocabulary import (
    Clause,
    DataClass,
    Judicial,
    LegalProcess,
    Phase,
    RequestKind,
    Role,
    SenderVerdict,
    Threshold,
)
from tests.policy.build import D1, D2, D3, NOW, class_sets, scope, scopes, searched

V = Verdict
P = Phase
REF = "DP-2026-000001"
CONTENT = scope(LegalProcess.SEARCH_WARRANT, (D1, D2, D3), count=2)
BASIC = scope()
ANYONE = frozenset(Role)

#: Who states what, and when: the rules of the design, written out.
VERIFIERS = (V.AUTHENTIC, V.NOT_AUTHENTIC, V.VOUCH, V.SET_ASIDE)
ROLE = {verdict: Role.VERIFIER if verdict in VERIFIERS else Role.REVIEWER for verdict in Verdict}
#: Where a restriction is in force, a verifier is asked again only if its sender was blocked.
IN_FORCE = {P.RESTRICTED, P.APPEALED}
PHASES = {
    V.AUTHENTIC: {P.VERIFICATION, P.HELD, *IN_FORCE},
    V.NOT_AUTHENTIC: {P.VERIFICATION, P.HELD, *IN_FORCE},
    V.APPROVE: {P.LEGAL_REVIEW},
    V.NARROW: {P.LEGAL_REVIEW},
    V.CHALLENGE: {P.LEGAL_REVIEW},
    V.ASK: {P.LEGAL_REVIEW},
    V.REJECT: {P.VERIFICATION, P.LEGAL_REVIEW, P.OBJECTION_WINDOW, P.HELD},
    V.WITHDRAW: {P.VERIFICATION, P.LEGAL_REVIEW, P.OBJECTION_WINDOW, P.HELD},
    V.DATE_GAG: {P.LEGAL_REVIEW, P.GAGGED},
    V.TELL_USER: {P.LEGAL_REVIEW, P.GAGGED},
    V.GENUINE: {P.FOLLOW_UP},
    V.NOT_GENUINE: {P.FOLLOW_UP},
    V.WAIVE_PROCESS: {P.FOLLOW_UP},
    V.UPHOLD: {P.APPEALED},
    V.LIFT: {P.RESTRICTED, P.APPEALED},
    V.LIFT_GAG: {P.LEGAL_REVIEW, P.GAGGED},
    V.KEEP: {P.HELD},
    V.SUSPEND: {P.VERIFICATION, P.LEGAL_REVIEW, P.OBJECTION_WINDOW, P.HELD, P.GAGGED},
    V.RESUME: {P.SUSPENDED},
    V.READDRESS: {P.RETURNED},
    V.CANNOT_TELL: {P.RETURNED},
    V.VOUCH: set(P),
    V.SET_ASIDE: set(P),
}
ABOUT_MAIL = (V.VOUCH, V.SET_ASIDE)
WAITING = KeptMail(message_id="ab" * 32, why=Kept.NOT_PROVEN, proven=False, received_at=NOW)
APPROVALS = (V.APPROVE, V.NARROW)


def signer(by: str = "ann", roles: frozenset[Role] = ANYONE, *, revoked: bool = False) -> Signer:
    return Signer(id=by, public_key="", roles=roles, revoked_at=NOW if revoked else None)


def statement(verdict: Verdict, on: Scope = BASIC, by: str = "ann", **said: Any) -> Statement:
    """A statement that lacks nothing its verdict needs."""
    whole: dict[str, Any] = {
        "ref": on.ref,
        "by": by,
        "verdict": verdict,
        "scope": on.digest(),
        "checks": tuple(_TICKS),
        "called": "0123456789abcdef",
        "grounds": (Clause.G2,),
        "reason": "ab" * 32,
        "until": NOW + timedelta(days=90) if verdict is V.DATE_GAG else None,
        "message": WAITING.message_id if verdict in ABOUT_MAIL else None,
        "narrowing": Narrowing(identifiers=(1,)) if verdict is V.NARROW else None,
        "at": NOW,
        "nonce": f"{by}-{verdict.value}".ljust(16, "0"),
    }
    return Statement.model_validate(whole | said)


def standing(phase: Phase = P.LEGAL_REVIEW, on: Scope = BASIC, *accepted: Statement, **case: Any) -> Standing:
    nonces = frozenset(s.nonce for s in accepted)
    known: dict[str, Any] = {
        "ref": on.ref,
        "phase": phase,
        "now": NOW,
        "scope": on,
        "nonces": nonces,
        "appealed_at": NOW,
        "mail": (WAITING,),
        "confirmed": True,
    }
    return Standing.model_validate(known | case | {"accepted": accepted})


def rule(said: Statement, case: Standing, *, holds: bool = True) -> Ruling:
    return judge(said, case, signer(said.by), signature_holds=holds)


def a_phase(verdict: Verdict) -> Phase:
    return min(PHASES[verdict], key=lambda phase: (phase in IN_FORCE, phase))


def in_turn(verdict: Verdict) -> tuple[Statement, Standing]:
    """A statement that is accepted, and the case that it is about."""
    on = scope(count=2)
    return statement(verdict, on), standing(a_phase(verdict), on)


# The table


def test_every_combination_of_verdict_phase_role_signer_and_signature_is_ruled_as_the_design_says() -> None:
    role_sets = [
        frozenset(role for role, has in zip(Role, row, strict=True) if has) for row in product((0, 1), repeat=3)
    ]
    two = scope(count=2)
    accepted = 0
    for verdict, phase, gag, amended in product(Verdict, Phase, Gag, (True, False)):
        said = statement(verdict, two)
        case = standing(phase, two, gag=gag, amended_by=frozenset({said.by} if amended else ()))
        has_end = verdict in (V.DATE_GAG, V.TELL_USER) and phase is P.LEGAL_REVIEW and gag is not Gag.UNDATED
        none_to_lift = verdict is V.LIFT_GAG and phase is P.LEGAL_REVIEW and gag is Gag.NONE
        barred = has_end or none_to_lift or (amended and verdict is V.UPHOLD)
        barred |= verdict in APPROVALS and (amended or gag is Gag.UNDATED)
        barred |= verdict in (V.AUTHENTIC, V.NOT_AUTHENTIC) and phase in IN_FORCE
        for roles, known, revoked, holds in product(role_sets, (True, False), (True, False), (True, False)):
            who = signer(roles=roles, revoked=revoked) if known else None
            ruling = judge(said, case, who, signature_holds=holds)
            valid = known and not revoked and holds and ROLE[verdict] in roles
            expected = valid and phase in PHASES[verdict] and not barred
            assert ruling.accepted == expected, (verdict, phase, gag, amended, roles, known, revoked, holds)
            assert (ruling.refusal is None) == expected
            assert bool(ruling.sentence) != expected, "a refusal says why"
            accepted += expected
    assert accepted > 0


@pytest.mark.parametrize("verdict", Verdict)
def test_each_verdict_has_one_role_and_its_phases(verdict: Verdict) -> None:
    assert role_for(verdict) is ROLE[verdict]
    assert phases_for(verdict) == PHASES[verdict]


@pytest.mark.parametrize("verdict", Verdict)
def test_an_auditor_states_nothing(verdict: Verdict) -> None:
    said, case = in_turn(verdict)
    ruling = judge(said, case, signer(roles=frozenset({Role.AUDITOR})), signature_holds=True)
    assert ruling.refusal is Refusal.WRONG_ROLE


# Refused, whatever the verdict


@pytest.mark.parametrize("verdict", Verdict)
def test_a_statement_without_a_valid_signature_counts_for_nothing(verdict: Verdict) -> None:
    said, case = in_turn(verdict)
    assert rule(said, case).accepted
    assert rule(said, case, holds=False).refusal is Refusal.BAD_SIGNATURE


@pytest.mark.parametrize("verdict", Verdict)
def test_a_stranger_and_someone_taken_off_the_roster_decide_nothing(verdict: Verdict) -> None:
    said, case = in_turn(verdict)
    assert judge(said, case, None, signature_holds=True).refusal is Refusal.UNKNOWN_SIGNER
    assert judge(said, case, signer(revoked=True), signature_holds=True).refusal is Refusal.SIGNER_REVOKED


@pytest.mark.parametrize("verdict", Verdict)
def test_a_statement_counts_once(verdict: Verdict) -> None:
    said, case = in_turn(verdict)
    again = case.model_copy(update={"nonces": frozenset({said.nonce})})
    assert rule(said, again).refusal is Refusal.REPEATED


@pytest.mark.parametrize("verdict", Verdict)
def test_a_statement_about_another_case_counts_for_nothing(verdict: Verdict) -> None:
    said, case = in_turn(verdict)
    assert rule(said.model_copy(update={"ref": "DP-2026-000002"}), case).refusal is Refusal.WRONG_CASE


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict not in ABOUT_MAIL])
def test_a_statement_on_facts_that_have_changed_counts_for_nothing(verdict: Verdict) -> None:
    said, case = in_turn(verdict)
    changed = case.model_copy(update={"scope": case.scope.model_copy(update={"classes": (D2,)})})
    assert rule(said, changed).refusal is Refusal.STALE_SCOPE
    reopened = case.model_copy(update={"scope": case.scope.model_copy(update={"round": 2})})
    assert rule(said, reopened).refusal is Refusal.STALE_SCOPE


@pytest.mark.parametrize(
    ("ahead", "refusal"),
    [
        (CLOCK_TOLERANCE, None),
        (CLOCK_TOLERANCE + timedelta(seconds=1), Refusal.FROM_THE_FUTURE),
        (timedelta(days=-30), None),
    ],
)
def test_a_signers_clock_may_be_ten_minutes_ahead(ahead: timedelta, refusal: Refusal | None) -> None:
    assert timedelta(minutes=10) == CLOCK_TOLERANCE
    assert rule(statement(V.APPROVE, at=NOW + ahead), standing()).refusal is refusal


@searched
@given(
    st.sampled_from(Verdict),
    st.sampled_from(Phase),
    scopes,
    st.frozensets(st.sampled_from(Role)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_nothing_that_is_accepted_was_forged_unknown_revoked_stale_or_repeated(
    verdict: Verdict,
    phase: Phase,
    on: Scope,
    roles: frozenset[Role],
    holds: bool,
    revoked: bool,
    old: bool,
    again: bool,
) -> None:
    said = statement(verdict, on)
    now = on.model_copy(update={"round": 2}) if old else on
    case = standing(phase, now, nonces=frozenset({said.nonce}) if again else frozenset())
    if judge(said, case, signer(roles=roles, revoked=revoked), signature_holds=holds).accepted:
        assert holds
        assert (revoked, old and verdict not in ABOUT_MAIL, again) == (False, False, False)
        assert ROLE[verdict] in roles
        assert phase in PHASES[verdict]


@pytest.mark.parametrize("phase", [P.LEGAL_REVIEW, P.NOTICE, P.OBJECTION_WINDOW])
@pytest.mark.parametrize("verdict", [*APPROVALS, V.AUTHENTIC, V.NOT_AUTHENTIC])
def test_S1_a_machine_that_has_not_heard_of_the_freeze_is_told_by_a_refusal(verdict: Verdict, phase: Phase) -> None:
    refused = rule(statement(verdict), standing(phase, frozen=True))
    assert refused.refusal is Refusal.FROZEN
    assert refused.sentence.startswith("S1: ")
    known = rule(statement(V.AUTHENTIC), standing(P.VERIFICATION, frozen=True))
    assert known.accepted, "once it has gone back, a verifier's finding is taken"


# What a verdict needs


def test_S2_a_document_is_authentic_only_if_someone_saw_the_signature() -> None:
    case = standing(P.VERIFICATION)
    unseen = statement(V.AUTHENTIC, checks=(Check.LETTERHEAD_SEEN, Check.CALLED_BACK))
    refused = rule(unseen, case)
    assert refused.refusal is Refusal.CHECKS_MISSING
    assert refused.sentence.startswith("S2: ")
    assert rule(statement(V.AUTHENTIC), case).accepted
    assert rule(statement(V.NOT_AUTHENTIC, checks=()), case).accepted


@pytest.mark.parametrize("sender", [*SenderVerdict, None])
@pytest.mark.parametrize("kind", RequestKind)
def test_S2_P2_G1_what_a_verifier_must_have_seen_depends_on_kind_and_sender(
    kind: RequestKind, sender: SenderVerdict | None
) -> None:
    due = checks_due(Presented(kind=kind, sender=sender))
    assert Check.SIGNATURE_SEEN in due
    assert (Check.LETTERHEAD_SEEN in due) == (kind is RequestKind.PRESERVATION)
    forged = kind in (RequestKind.EMERGENCY, RequestKind.RESTRICTION)
    assert (Check.CALLED_BACK in due) == (forged or sender is not SenderVerdict.ACCEPT), "unlisted, or often forged"


#: To have read a scan is more than a tick: it names the scan, and has tests of its own.
_TICKS = [check for check in Check if check is not Check.DOCUMENT_READ]
_check_sets = [
    frozenset(c for c, has in zip(_TICKS, row, strict=True) if has) for row in product((0, 1), repeat=len(_TICKS))
]


@pytest.mark.parametrize("done", _check_sets)
@pytest.mark.parametrize("due", _check_sets)
def test_S2_P2_G1_a_document_is_authentic_only_when_all_that_is_due_was_done(
    due: frozenset[Check], done: frozenset[Check]
) -> None:
    case = standing(P.VERIFICATION, checks_due=due)
    ruling = rule(statement(V.AUTHENTIC, checks=tuple(done)), case)
    assert ruling.accepted == (due <= done)
    if not ruling.accepted:
        assert ruling.refusal is Refusal.CHECKS_MISSING
        named = {
            Check.SIGNATURE_SEEN: "S2: ",
            Check.LETTERHEAD_SEEN: "P2: ",
            Check.CALLED_BACK: "G1: ",
            Check.BADGE_CHECKED: "R4: ",
            Check.TARGET_CHECKED: "F2: an order under",
            Check.CERTIFICATE_CHECKED: "F2: who issued",
        }
        assert {check for check, clause in named.items() if clause in ruling.sentence} == due - done
    assert rule(statement(V.NOT_AUTHENTIC, checks=tuple(done)), case).accepted, "turning down is always safe"


UNLISTED = Presented(kind=RequestKind.DISCLOSURE, sender=SenderVerdict.HOLD)


def test_G1_a_sender_outside_the_directory_is_called_back_before_the_document_counts() -> None:
    unlisted = standing(P.VERIFICATION, checks_due=checks_due(UNLISTED))
    seen = statement(V.AUTHENTIC, checks=(Check.SIGNATURE_SEEN,))
    assert rule(seen, unlisted).refusal is Refusal.CHECKS_MISSING
    called = statement(V.AUTHENTIC, checks=(Check.SIGNATURE_SEEN, Check.CALLED_BACK, Check.BADGE_CHECKED))
    assert rule(called, unlisted).accepted


def test_P2_a_preservation_letter_without_letterhead_is_not_authentic() -> None:
    case = standing(
        P.HELD, checks_due=checks_due(Presented(kind=RequestKind.PRESERVATION, sender=SenderVerdict.ACCEPT))
    )
    refused = rule(statement(V.AUTHENTIC, checks=(Check.SIGNATURE_SEEN, Check.CALLED_BACK)), case)
    assert refused.sentence.startswith("P2: ")


@pytest.mark.parametrize("verdict", Verdict)
def test_G3_turning_a_request_down_needs_the_clause_it_rests_on(verdict: Verdict) -> None:
    said, case = in_turn(verdict)
    ruling = rule(said.model_copy(update={"grounds": ()}), case)
    if verdict in (V.REJECT, V.CHALLENGE, V.ASK, V.NOT_AUTHENTIC, V.SET_ASIDE):
        assert ruling.refusal is Refusal.NO_GROUNDS
        assert ruling.sentence.startswith("G3: ")
    else:
        assert ruling.accepted


@pytest.mark.parametrize(
    ("until", "accepted"),
    [(None, False), (NOW - timedelta(days=1), False), (NOW, False), (NOW + timedelta(seconds=1), True)],
)
def test_N2_a_gag_is_given_an_end_that_lies_ahead(until: datetime | None, accepted: bool) -> None:
    for phase in (P.LEGAL_REVIEW, P.GAGGED):
        ruling = rule(statement(V.DATE_GAG, until=until), standing(phase, gag=Gag.UNDATED))
        assert ruling.accepted == accepted
        assert ruling.until == (until if accepted else None)
        assert accepted or ruling.sentence.startswith("N2: ")


@pytest.mark.parametrize("gag", [Gag.NONE, Gag.DATED])
@pytest.mark.parametrize("verdict", [V.DATE_GAG, V.TELL_USER])
def test_N2_no_person_sets_aside_a_gag_that_has_an_end(gag: Gag, verdict: Verdict) -> None:
    refused = rule(statement(verdict), standing(P.LEGAL_REVIEW, gag=gag))
    assert refused.refusal is Refusal.HAS_END
    assert refused.sentence.startswith("N2: ")


@pytest.mark.parametrize("approval", APPROVALS)
@pytest.mark.parametrize("ruled", [V.DATE_GAG, V.TELL_USER])
def test_N2_nothing_is_approved_under_an_order_without_an_end_until_a_person_ruled_on_it(
    approval: Verdict, ruled: Verdict
) -> None:
    on = scope(count=2)
    refused = rule(statement(approval, on), standing(P.LEGAL_REVIEW, on, gag=Gag.UNDATED))
    assert refused.refusal is Refusal.NO_END
    assert refused.sentence.startswith("N2: ")
    assert {"date_gag", "tell_user"} <= set(refused.sentence.replace("(", " ").replace(")", " ").split())
    gag_ruled = statement(ruled, on)
    assert rule(gag_ruled, standing(P.LEGAL_REVIEW, on, gag=Gag.UNDATED)).accepted
    for by in ("ann", "bob"):
        assert rule(statement(approval, on, by), standing(P.LEGAL_REVIEW, on, gag_ruled, gag=Gag.UNDATED)).settled


@pytest.mark.parametrize("ruled", [V.DATE_GAG, V.TELL_USER])
def test_N2_a_ruling_on_the_gag_does_not_outlive_the_scope_that_it_was_made_on(ruled: Verdict) -> None:
    reopened = BASIC.model_copy(update={"round": 2})
    case = standing(P.LEGAL_REVIEW, reopened, statement(ruled), gag=Gag.UNDATED)
    assert rule(statement(V.APPROVE, reopened, "bob"), case).refusal is Refusal.NO_END


@pytest.mark.parametrize("gag", [Gag.NONE, Gag.DATED])
def test_N2_without_an_endless_order_nobody_need_rule_on_the_gag(gag: Gag) -> None:
    assert rule(statement(V.APPROVE), standing(gag=gag)).settled


@pytest.mark.parametrize("earlier", [v for v in Verdict if v not in (V.DATE_GAG, V.TELL_USER, V.LIFT_GAG)])
def test_N2_no_other_statement_stands_in_for_a_ruling_on_the_gag(earlier: Verdict) -> None:
    case = standing(P.LEGAL_REVIEW, CONTENT, statement(earlier, CONTENT, "bob"), gag=Gag.UNDATED)
    assert rule(statement(V.APPROVE, CONTENT), case).refusal is Refusal.NO_END


@pytest.mark.parametrize("verdict", [v for v in Verdict if v not in (V.APPROVE, V.NARROW)])
def test_a_verdict_other_than_an_approval_settles_at_once(verdict: Verdict) -> None:
    ruling = rule(*in_turn(verdict))
    assert ruling.settled
    assert ruling.verdict is verdict


@pytest.mark.parametrize("verdict", [V.REJECT, V.CHALLENGE, V.ASK, V.WITHDRAW])
def test_G3_turning_a_request_down_never_depends_on_who_said_what_before(verdict: Verdict) -> None:
    """Stopping is always safe, so whoever verified or approved may still stop."""
    said = statement(verdict, CONTENT, nonce="one that is new here")
    for before in product((None, V.AUTHENTIC, V.APPROVE, V.ASK), (None, "ann", "bob")):
        earlier = [statement(before[0], CONTENT, before[1])] if before[0] and before[1] else []
        assert rule(said, standing(P.LEGAL_REVIEW, CONTENT, *earlier)).accepted


# Approvals


def test_U2_one_approval_settles_what_holds_no_content() -> None:
    ruling = rule(statement(V.APPROVE), standing())
    assert (ruling.approvals, ruling.approvals_needed, ruling.settled) == (1, 1, True)
    assert ruling.scope == BASIC.digest()


def test_U4_content_needs_two_distinct_approvers() -> None:
    first = statement(V.APPROVE, CONTENT)
    ruling = rule(first, standing(P.LEGAL_REVIEW, CONTENT))
    assert (ruling.accepted, ruling.approvals, ruling.approvals_needed, ruling.settled) == (True, 1, 2, False)
    case = standing(P.LEGAL_REVIEW, CONTENT, first)
    assert rule(statement(V.APPROVE, CONTENT, nonce="n" * 16), case).refusal is Refusal.ALREADY_APPROVED
    second = rule(statement(V.APPROVE, CONTENT, "bob"), case)
    assert (second.approvals, second.settled) == (2, True)


def test_U4_an_approval_counts_no_longer_once_its_signer_is_off_the_roster() -> None:
    first = statement(V.APPROVE, CONTENT, by="ann")
    case = standing(P.LEGAL_REVIEW, CONTENT, accepted=(first,), off_roster=frozenset({"ann"}))
    second = judge(statement(V.APPROVE, CONTENT, by="bob", nonce="n" * 16), case, signer("bob"), signature_holds=True)
    assert (second.accepted, second.approvals, second.settled) == (True, 1, False)


def test_U4_two_approvers_must_mean_the_same() -> None:
    narrow = Narrowing(identifiers=(2,))
    first = statement(V.NARROW, CONTENT, narrowing=narrow)
    case = standing(P.LEGAL_REVIEW, CONTENT, first)
    assert rule(statement(V.APPROVE, CONTENT, "bob"), case).refusal is Refusal.DISAGREES
    other = statement(V.NARROW, CONTENT, "bob", narrowing=Narrowing(identifiers=(1,)))
    assert rule(other, case).refusal is Refusal.DISAGREES
    same = rule(statement(V.NARROW, CONTENT, "bob", narrowing=narrow), case)
    assert same.settled
    assert same.scope == CONTENT.narrow(narrow).digest()


def test_U4_a_scope_narrowed_to_what_holds_no_content_needs_one_approver() -> None:
    ruling = rule(statement(V.NARROW, CONTENT, narrowing=Narrowing(classes=(D1,))), standing(P.LEGAL_REVIEW, CONTENT))
    assert ruling.settled
    assert approvals_needed(RequestKind.DISCLOSURE, CONTENT, closer=False) == 2


@searched
@given(scopes, st.sampled_from(["US", "GB", "VN", None]))
def test_U4_F3_content_and_foreign_process_each_need_two_approvers(on: Scope, country: str | None) -> None:
    on = on.model_copy(update={"country": country})
    grave = country != "US" or D3 in on.classes
    assert approvals_needed(RequestKind.DISCLOSURE, on, closer=False) == (2 if grave else 1)
    assert approvals_needed(RequestKind.DISCLOSURE, on, closer=True) == 2


@searched
@given(scopes, st.sampled_from(SenderVerdict))
def test_E1_X1_emergencies_and_restrictions_need_two_approvers_and_a_call_back(
    on: Scope, sender: SenderVerdict
) -> None:
    """However small the scope and however well known the sender: genuine mailboxes are stolen to forge these."""
    for kind in (RequestKind.EMERGENCY, RequestKind.RESTRICTION):
        assert approvals_needed(kind, on, closer=False) == 2
        assert Check.CALLED_BACK in checks_due(Presented(kind=kind, sender=sender))


@searched
@given(scopes, st.booleans())
def test_G1_who_asks_for_content_or_was_never_verified_before_is_called_back(on: Scope, known: bool) -> None:
    """A stolen mailbox of a listed agency passes every check of the mail itself."""
    asked = Presented(
        kind=RequestKind.DISCLOSURE, sender=SenderVerdict.ACCEPT, classes=on.classes, first_time=not known
    )
    assert (Check.CALLED_BACK in checks_due(asked)) == (D3 in on.classes or not known)
    kept = asked.model_copy(update={"kind": RequestKind.PRESERVATION})
    assert (Check.CALLED_BACK in checks_due(kept)) == (not known), "a preservation discloses nothing"


@pytest.mark.parametrize("verdict", APPROVALS)
def test_F3_foreign_process_needs_two_distinct_approvers_whatever_it_asks_for(verdict: Verdict) -> None:
    on = scope(LegalProcess.LOCAL_ORDER, country="VN", count=2)
    first = statement(verdict, on)
    once = rule(first, standing(P.LEGAL_REVIEW, on))
    assert (once.accepted, once.approvals, once.approvals_needed, once.settled) == (True, 1, 2, False)
    case = standing(P.LEGAL_REVIEW, on, first)
    assert rule(statement(verdict, on, nonce="n" * 16), case).refusal is Refusal.ALREADY_APPROVED
    assert rule(statement(verdict, on, "bob"), case).settled


def test_N1_approvals_from_before_the_users_objection_do_not_count_after_it() -> None:
    reopened = CONTENT.model_copy(update={"round": 2})
    case = standing(P.LEGAL_REVIEW, reopened, statement(V.APPROVE, CONTENT))
    ruling = rule(statement(V.APPROVE, reopened, "bob"), case)
    assert (ruling.accepted, ruling.approvals, ruling.settled) == (True, 1, False)


def test_G4_a_request_under_closer_scrutiny_needs_two_people_whatever_it_asks_for() -> None:
    on = scope()
    case = standing(P.LEGAL_REVIEW, on).model_copy(update={"closer": True})
    once = rule(statement(V.APPROVE, on), case)
    assert (once.approvals, once.approvals_needed, once.settled) == (1, 2, False)


def test_D4_U5_interception_is_never_approved_and_the_stored_part_only_by_narrowing() -> None:
    on = scope(count=2).model_copy(update={"live": True})
    refused = rule(statement(V.APPROVE, on), standing(P.LEGAL_REVIEW, on))
    assert (refused.refusal, refused.sentence[:3]) == (Refusal.EXCEEDS_PROCESS, "D4:")
    stored = rule(statement(V.NARROW, on, narrowing=Narrowing()), standing(P.LEGAL_REVIEW, on))
    assert stored.settled
    assert stored.scope == on.model_copy(update={"live": False}).digest()


def test_F2_a_process_that_its_country_cannot_use_is_not_approved() -> None:
    on = scope(LegalProcess.CLOUD_ACT_ORDER, country="VN")
    blocked = standing(P.LEGAL_REVIEW, on).model_copy(update={"obstacle": "F2: it needs letters rogatory"})
    refused = rule(statement(V.APPROVE, on), blocked)
    assert (refused.refusal, refused.sentence) == (Refusal.EXCEEDS_PROCESS, "F2: it needs letters rogatory")


@pytest.mark.parametrize("process", LegalProcess)
def test_F2_only_an_order_under_an_agreement_asks_the_verifier_at_whom_it_is_aimed(process: LegalProcess) -> None:
    order = Presented(kind=RequestKind.DISCLOSURE, sender=SenderVerdict.ACCEPT, process=process)
    assert (Check.TARGET_CHECKED in checks_due(order)) == (process is LegalProcess.CLOUD_ACT_ORDER)
    assert (Check.CERTIFICATE_CHECKED in checks_due(order)) == (process is LegalProcess.EPOC)


@pytest.mark.parametrize("kind", [RequestKind.EMERGENCY, RequestKind.RESTRICTION, RequestKind.PRESERVATION])
def test_F2_what_discloses_nothing_by_a_certificate_asks_nobody_to_compare_it(kind: RequestKind) -> None:
    assert Check.CERTIFICATE_CHECKED not in checks_due(
        Presented(kind=kind, sender=SenderVerdict.ACCEPT, process=LegalProcess.EPOC)
    )


def test_F2_content_that_a_prosecutor_alone_asks_for_is_not_approved_and_what_is_left_is() -> None:
    prosecutor = Certificate(issuer=Judicial.PROSECUTOR, ground=Threshold.THREE_YEARS)
    on = scope(LegalProcess.EPOC, (D1, D3), country="DE", certificate=prosecutor)
    refused = rule(statement(V.APPROVE, on), standing(P.LEGAL_REVIEW, on))
    assert refused.refusal is Refusal.EXCEEDS_PROCESS
    assert "art. 4(2)" in refused.sentence
    assert rule(statement(V.NARROW, on, narrowing=Narrowing(classes=(D1,))), standing(P.LEGAL_REVIEW, on)).accepted


def test_F2_an_approval_of_a_certificate_is_stale_once_somebody_amends_who_issued_it() -> None:
    on = scope(LegalProcess.EPOC, (D1,), country="DE")
    amended = scope(LegalProcess.EPOC, (D1,), country="DE", certificate=Certificate(issuer=Judicial.PROSECUTOR))
    assert rule(statement(V.APPROVE, on), standing(P.LEGAL_REVIEW, amended)).refusal is Refusal.STALE_SCOPE


def test_P3_only_a_hold_that_its_authority_has_confirmed_is_kept_on_and_with_a_reason() -> None:
    said, case = in_turn(V.KEEP)
    assert rule(said, case).accepted
    unconfirmed = case.model_copy(update={"confirmed": False})
    assert rule(said, unconfirmed).refusal is Refusal.NOT_CONFIRMED
    assert rule(said.model_copy(update={"reason": None}), case).refusal is Refusal.NO_REASON


def test_U3_an_approval_beyond_the_process_is_refused_with_the_clause() -> None:
    on = scope(LegalProcess.SUBPOENA, (D1, D3))
    refused = rule(statement(V.APPROVE, on), standing(P.LEGAL_REVIEW, on))
    assert refused.refusal is Refusal.EXCEEDS_PROCESS
    assert refused.sentence.startswith("U3: ")
    cured = statement(V.NARROW, on, narrowing=Narrowing(classes=(D1,)))
    assert rule(cured, standing(P.LEGAL_REVIEW, on)).settled


@searched
@given(scopes, st.sampled_from([V.APPROVE, V.NARROW]), class_sets)
def test_U3_U4_P1_what_is_approved_never_exceeds_what_the_process_compels(
    on: Scope, verdict: Verdict, classes: tuple[DataClass, ...]
) -> None:
    narrowing = Narrowing(classes=classes) if verdict is V.NARROW else None
    ruling = rule(statement(verdict, on, narrowing=narrowing), standing(P.LEGAL_REVIEW, on))
    if not ruling.accepted:
        return
    given_out = set(on.narrow(narrowing or Narrowing()).classes)
    assert on.process not in (None, LegalProcess.PRESERVATION_LETTER, LegalProcess.EPOC_PR)
    never_content = (LegalProcess.SUBPOENA, LegalProcess.COURT_ORDER, LegalProcess.LOCAL_ORDER)
    assert D3 not in given_out or on.process not in never_content
    assert ruling.approvals_needed == (2 if D3 in given_out else 1)


@pytest.mark.parametrize(
    ("by", "word"),
    [
        (Narrowing(), "leaves out nothing"),
        (None, "leaves out nothing"),
        (Narrowing(identifiers=(1, 2)), "leaves out nothing"),
        (Narrowing(identifiers=(3,)), "numbered 1 to 2"),
        (Narrowing(identifiers=()), "nothing would be left"),
    ],
)
def test_R3_a_narrowing_must_fit_and_leave_something_out(by: Narrowing | None, word: str) -> None:
    refused = rule(statement(V.NARROW, CONTENT, narrowing=by), standing(P.LEGAL_REVIEW, CONTENT))
    assert refused.refusal is Refusal.BAD_NARROWING
    assert refused.sentence.startswith("R3: ")
    assert word in refused.sentence


@searched
@given(scopes)
def test_U2_an_approval_of_nothing_is_none(on: Scope) -> None:
    ruling = rule(statement(V.APPROVE, on), standing(P.LEGAL_REVIEW, on))
    if not on.classes or not on.identifiers:
        assert ruling.refusal is Refusal.BAD_NARROWING
    if ruling.accepted:
        assert on.narrow(Narrowing()).digest() == ruling.scope


# Separation of duties


@pytest.mark.parametrize("verified", [V.AUTHENTIC, V.NOT_AUTHENTIC])
@pytest.mark.parametrize("approved", [V.APPROVE, V.NARROW])
def test_who_verifies_never_approves_and_who_approves_never_verifies(verified: Verdict, approved: Verdict) -> None:
    looked, agreed = statement(verified, CONTENT), statement(approved, CONTENT)
    assert rule(agreed, standing(P.LEGAL_REVIEW, CONTENT, looked)).refusal is Refusal.VERIFIED_IT
    assert rule(looked, standing(P.VERIFICATION, CONTENT, agreed)).refusal is Refusal.APPROVED_IT
    assert rule(statement(approved, CONTENT, "bob"), standing(P.LEGAL_REVIEW, CONTENT, looked)).accepted
    assert rule(statement(verified, CONTENT, "bob"), standing(P.VERIFICATION, CONTENT, agreed)).accepted


def test_who_verified_an_earlier_state_of_the_facts_does_not_approve_a_later_one() -> None:
    looked = statement(V.AUTHENTIC, CONTENT)
    later = CONTENT.model_copy(update={"round": 2})
    assert rule(statement(V.APPROVE, later), standing(P.LEGAL_REVIEW, later, looked)).refusal is Refusal.VERIFIED_IT


@pytest.mark.parametrize("approval", APPROVALS)
def test_who_amended_the_facts_does_not_approve_them(approval: Verdict) -> None:
    on = scope(count=2)
    case = standing(P.LEGAL_REVIEW, on, amended_by=frozenset({"ann"}))
    assert rule(statement(approval, on), case).refusal is Refusal.AMENDED_IT
    assert rule(statement(approval, on, "bob"), case).settled


def test_an_approval_no_longer_counts_once_its_signer_has_amended_the_facts() -> None:
    """Not every fact is part of the scope, so the digest alone does not see to it."""
    first = statement(V.APPROVE, CONTENT)
    case = standing(P.LEGAL_REVIEW, CONTENT, first, amended_by=frozenset({"ann"}))
    second = statement(V.APPROVE, CONTENT, "bob")
    assert (rule(second, case).approvals, rule(second, case).settled) == (1, False)
    both = standing(P.LEGAL_REVIEW, CONTENT, first, second, amended_by=frozenset({"ann"}))
    assert rule(statement(V.APPROVE, CONTENT, "cem"), both).settled
    other = statement(V.NARROW, CONTENT, "bob", narrowing=Narrowing(classes=(D3,)))
    assert rule(other, case).accepted, "nor does it bind the others"


@pytest.mark.parametrize("verdict", [v for v in Verdict if v not in (*APPROVALS, V.UPHOLD)])
def test_who_amended_the_facts_may_say_all_but_yes(verdict: Verdict) -> None:
    said, case = in_turn(verdict)
    assert rule(said, case.model_copy(update={"amended_by": frozenset({"ann"})})).accepted


def test_the_same_statement_in_the_same_case_is_always_ruled_the_same() -> None:
    for verdict in Verdict:
        said, case = in_turn(verdict)
        assert rule(said, case) == rule(said, case)


def test_a_refusal_is_worded_for_every_person() -> None:
    """ScopeError's sentence reaches the person who signed; it must name its clause."""
    with pytest.raises(ScopeError, match=r"^R3: "):
        BASIC.narrow(Narrowing(classes=(D3,)))
