"""Which checks are due is one table; a call counts on the directory's numbers only (G1, S1, S2, R4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.countries import HOME
from policy.directory import number_id
from policy.statements import Check, Refusal, Verdict
from policy.verification import Presented, call_back_reasons, checks_due
from policy.vocabulary import Clause, DataClass, LegalProcess, Phase, RequestKind, SenderVerdict
from tests.policy.test_decisions import rule, standing, statement

_SIGNED = frozenset({Check.SIGNATURE_SEEN})
_CALL = frozenset({Check.CALLED_BACK, Check.BADGE_CHECKED})
_LETTER = _SIGNED | {Check.LETTERHEAD_SEEN}
_USUAL = Presented(kind=RequestKind.DISCLOSURE, sender=SenderVerdict.ACCEPT)
_THEIRS, _OTHER = number_id("+12025550100"), number_id("+12025550199")

_presented = st.builds(
    Presented,
    kind=st.sampled_from(RequestKind),
    sender=st.none() | st.sampled_from(SenderVerdict),
    process=st.none() | st.sampled_from(LegalProcess),
    country=st.none() | st.sampled_from((HOME, "GB")),
    classes=st.lists(st.sampled_from(DataClass), unique=True).map(tuple),
    has_document=st.booleans(),
    first_time=st.booleans(),
    frozen=st.booleans(),
)


@pytest.mark.parametrize(
    ("changed", "due", "clause"),
    [
        ({}, _SIGNED, None),
        ({"sender": SenderVerdict.HOLD}, _SIGNED | _CALL, Clause.G1),
        ({"sender": None}, _SIGNED | _CALL, Clause.G1),
        ({"first_time": True}, _SIGNED | _CALL, Clause.G1),
        ({"classes": (DataClass.CONTENT,)}, _SIGNED | _CALL, Clause.U4),
        ({"classes": (DataClass.BASIC, DataClass.RECORDS)}, _SIGNED, None),
        ({"country": "GB"}, _SIGNED | _CALL, Clause.F1),
        ({"country": None}, _SIGNED | _CALL, Clause.F1),
        ({"frozen": True}, _SIGNED | _CALL, Clause.S1),
        ({"kind": RequestKind.EMERGENCY, "has_document": False}, _CALL, Clause.E1),
        ({"kind": RequestKind.EMERGENCY}, _SIGNED | _CALL, Clause.E1),
        ({"kind": RequestKind.RESTRICTION}, _SIGNED | _CALL, Clause.X1),
        ({"kind": RequestKind.PRESERVATION}, _LETTER, None),
        ({"kind": RequestKind.PRESERVATION, "classes": (DataClass.CONTENT,)}, _LETTER, None),
        ({"kind": RequestKind.PRESERVATION, "frozen": True}, _LETTER | {Check.CALLED_BACK}, Clause.S1),
        ({"process": LegalProcess.EPOC, "country": "DE"}, {*_SIGNED, *_CALL, Check.CERTIFICATE_CHECKED}, "F1"),
        ({"process": LegalProcess.CLOUD_ACT_ORDER, "country": "GB"}, {*_SIGNED, *_CALL, Check.TARGET_CHECKED}, "F1"),
    ],
)
def test_G1_S2_R4_what_a_verifier_must_have_done_is_one_table(
    changed: dict[str, object], due: frozenset[Check], clause: Clause | None
) -> None:
    case = _USUAL.model_copy(update=changed)
    assert checks_due(case) == due
    assert [reason.clause for reason in call_back_reasons(case)] == ([clause] if clause else [])


@given(_presented)
def test_G1_R4_a_call_is_due_exactly_where_a_clause_says_why_and_its_badge_with_it(case: Presented) -> None:
    due, reasons = checks_due(case), call_back_reasons(case)
    assert (Check.CALLED_BACK in due) == bool(reasons)
    assert (Check.BADGE_CHECKED in due) == (bool(reasons) and case.kind is not RequestKind.PRESERVATION)


@given(_presented)
def test_S1_to_block_a_sender_never_takes_a_check_away(case: Presented) -> None:
    free, blocked = (case.model_copy(update={"frozen": frozen}) for frozen in (False, True))
    assert checks_due(free) <= checks_due(blocked)
    assert Check.CALLED_BACK in checks_due(blocked)


@pytest.mark.parametrize(
    ("numbers", "called", "reason", "refusal"),
    [
        ({_THEIRS}, _THEIRS, None, None),
        ({_THEIRS, _OTHER}, _OTHER, None, None),
        ({_THEIRS}, _OTHER, "a" * 64, Refusal.WRONG_NUMBER),
        ({_THEIRS}, None, None, Refusal.WRONG_NUMBER),
        (set(), _OTHER, "a" * 64, Refusal.WRONG_NUMBER),
        (None, _OTHER, None, Refusal.NO_REASON),
        (None, _OTHER, "a" * 64, None),
        (None, _THEIRS, "a" * 64, Refusal.WRONG_NUMBER),
    ],
)
def test_G1_a_call_counts_on_a_verified_number_and_elsewhere_only_where_it_is_said_where(
    numbers: set[str] | None, called: str | None, reason: str | None, refusal: Refusal | None
) -> None:
    """`None` numbers: the agency is not listed, and the request itself gives the first of the two."""
    case = standing(
        Phase.VERIFICATION,
        checks_due=_SIGNED | _CALL,
        numbers=None if numbers is None else frozenset(numbers),
        numbers_in_mail=frozenset({_THEIRS}),
        reason_kept=True,
    )
    seen = (Check.SIGNATURE_SEEN, Check.CALLED_BACK, Check.BADGE_CHECKED)
    ruling = rule(statement(Verdict.AUTHENTIC, checks=seen, called=called, reason=reason), case)
    assert (ruling.accepted, ruling.refusal) == (refusal is None, refusal)


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.NARROW])
def test_S1_nothing_is_approved_while_a_case_is_frozen(verdict: Verdict) -> None:
    ruling = rule(statement(verdict), standing(Phase.LEGAL_REVIEW, frozen=True))
    assert (ruling.accepted, ruling.refusal, ruling.sentence[:3]) == (False, Refusal.FROZEN, "S1:")


_SCAN, _OTHER_SCAN = "5" * 64, "6" * 64


@pytest.mark.parametrize("kind", RequestKind)
def test_S2_a_scan_alone_must_have_been_read_but_for_an_emergency_which_needs_no_document(kind: RequestKind) -> None:
    scanned = Presented(kind=kind, sender=SenderVerdict.ACCEPT, has_document=False, scanned=True)
    assert (Check.DOCUMENT_READ in checks_due(scanned)) == (kind is not RequestKind.EMERGENCY)
    assert Check.DOCUMENT_READ not in checks_due(Presented(kind=kind, sender=SenderVerdict.ACCEPT))


@pytest.mark.parametrize(
    ("checks", "documents", "refusal"),
    [
        ((Check.SIGNATURE_SEEN, Check.DOCUMENT_READ), (_SCAN,), None),
        ((Check.SIGNATURE_SEEN,), (), Refusal.CHECKS_MISSING),
        ((Check.SIGNATURE_SEEN,), (_SCAN,), Refusal.CHECKS_MISSING),
        ((Check.DOCUMENT_READ,), (_SCAN,), Refusal.CHECKS_MISSING),
        ((Check.SIGNATURE_SEEN, Check.DOCUMENT_READ), (), Refusal.NO_SCAN),
        ((Check.SIGNATURE_SEEN, Check.DOCUMENT_READ), (_OTHER_SCAN,), Refusal.NO_SCAN),
        ((Check.SIGNATURE_SEEN, Check.DOCUMENT_READ), (_SCAN, _OTHER_SCAN), Refusal.NO_SCAN),
    ],
)
def test_S2_who_takes_a_scan_in_has_read_it_and_seen_its_signature_and_says_which_it_is(
    checks: tuple[Check, ...], documents: tuple[str, ...], refusal: Refusal | None
) -> None:
    due = frozenset({Check.SIGNATURE_SEEN, Check.DOCUMENT_READ})
    case = standing(Phase.VERIFICATION, checks_due=due, scans=frozenset({_SCAN}))
    ruling = rule(statement(Verdict.AUTHENTIC, checks=checks, documents=documents), case)
    assert (ruling.accepted, ruling.refusal) == (refusal is None, refusal)
    assert refusal is None or ruling.sentence.startswith("S2:")


def test_S2_a_scan_that_only_an_emergency_has_is_taken_in_with_its_signature_seen_or_not_at_all() -> None:
    case = standing(Phase.VERIFICATION, checks_due=frozenset(), scans=frozenset({_SCAN}))
    assert rule(statement(Verdict.AUTHENTIC), case).accepted
    unseen = statement(Verdict.AUTHENTIC, checks=(Check.DOCUMENT_READ,), documents=(_SCAN,))
    assert rule(unseen, case).refusal is Refusal.CHECKS_MISSING
