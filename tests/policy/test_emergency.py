"""Emergencies (E1, E2): what makes one, what is missing from one, and what its disclosure rests on."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.book import current_book
from policy.completeness import missing_for_emergency, missing_from_emergency, missing_items
from policy.decisions import judge
from policy.emergency import SUBJECT, Recognition, recognise, settles, unfounded, until_next_page
from policy.facts import FactField, SourceKind
from policy.process import excess
from policy.request import EmergencyFacts, Gag, Identifier, IdentifierKind, RequestFacts, request_facts
from policy.scope import Narrowing, scope_of
from policy.statements import Check, Refusal, Signer, Standing, Statement, Verdict
from policy.verification import Presented, checks_due
from policy.vocabulary import Clause, LegalProcess, Phase, RequestKind, Role, SenderVerdict
from tests.policy.build import D1, D2, D3, NOW, fact, identifiers, searched

REF = "DP-2026-000001"
DANGER = EmergencyFacts(
    nature="A man has announced in a meeting that he will shoot his family tonight.",
    known="The caller's recording of the meeting, link attached.",
    person="His wife and two children.",
    when="Tonight, before 23:00 UTC.",
    averts="His address of sign-in shows where he is.",
)
WHOLE = RequestFacts(
    agency_name="Springfield Police Department",
    officer_name="Jordan Moreno",
    officer_badge="4471",
    officer_email="j.moreno@police.springfield.gov.example",
    identifiers=identifiers(1),
    requested=(D2,),
    emergency=DANGER,
)
SCOPE = scope_of(REF, WHOLE, kind=RequestKind.EMERGENCY)


# E2: what makes an emergency


@pytest.mark.parametrize(
    ("subject", "stated", "expected"),
    [
        (SUBJECT, DANGER, Recognition.EMERGENCY),
        ("URGENT: Emergency Disclosure Request - SPD-2026-1", DANGER, Recognition.EMERGENCY),
        ("Re: emergency-disclosure request", EmergencyFacts(person="a child"), Recognition.EMERGENCY),
        (SUBJECT, EmergencyFacts(), Recognition.SUBJECT_ONLY),
        (SUBJECT, EmergencyFacts(when="now", averts="it helps", known="we know"), Recognition.SUBJECT_ONLY),
        ("Please help", EmergencyFacts(nature="a threat to life"), Recognition.CONTENT_ONLY),
        ("Subpoena - case 1", EmergencyFacts(), Recognition.NOT_ONE),
        ("Emergency", EmergencyFacts(), Recognition.NOT_ONE),
    ],
)
def test_E2_neither_the_subject_nor_the_content_alone_makes_an_emergency(
    subject: str, stated: EmergencyFacts, expected: Recognition
) -> None:
    assert recognise(subject, stated) is expected


# E2: what it says


def test_E2_a_whole_emergency_request_lacks_nothing_and_needs_no_document() -> None:
    assert missing_for_emergency(WHOLE) == ()
    assert missing_items(RequestKind.EMERGENCY, WHOLE, (), NOW, current_book()) == ()


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"agency_name": None}, "agency's name"),
        ({"officer_name": None}, "agent's name"),
        ({"officer_badge": None}, "badge"),
        ({"officer_email": None}, "employer-issued"),
        ({"emergency": DANGER.model_copy(update={"nature": None})}, "nature of the emergency"),
        ({"emergency": DANGER.model_copy(update={"known": None})}, "how the emergency is known"),
        ({"emergency": DANGER.model_copy(update={"person": None})}, "person at risk"),
        ({"emergency": DANGER.model_copy(update={"when": None})}, "deadline for the data"),
        ({"emergency": DANGER.model_copy(update={"averts": None})}, "helps avert"),
        ({"requested": ()}, "specific data"),
    ],
)
def test_E2_each_item_that_is_missing_is_named(lacking: dict[str, object], named: str) -> None:
    (reason,) = missing_for_emergency(WHOLE.model_copy(update=lacking))
    assert reason.clause is Clause.E2
    assert named in reason.detail


@pytest.mark.parametrize("found", [(), (Identifier(kind=IdentifierKind.MEETING, value="123456789"),)])
def test_E2_identifiers_are_those_of_R1(found: tuple[Identifier, ...]) -> None:
    (reason,) = missing_for_emergency(WHOLE.model_copy(update={"identifiers": found}))
    assert reason.clause is Clause.R1


def test_E2_who_may_mean_an_emergency_is_told_of_the_subject_line_as_well() -> None:
    assert [r.detail for r in missing_from_emergency("Help", WHOLE)] == [f"the subject line {SUBJECT}"]
    assert missing_from_emergency(SUBJECT, WHOLE) == ()


# E1: what its disclosure rests on


def test_E1_an_emergency_is_called_back_whoever_sent_it_and_has_no_signature_without_a_document() -> None:
    for sender in SenderVerdict:
        bare = Presented(kind=RequestKind.EMERGENCY, sender=sender, has_document=False)
        assert checks_due(bare) == {Check.CALLED_BACK, Check.BADGE_CHECKED}
        signed = bare.model_copy(update={"has_document": True})
        assert checks_due(signed) == {Check.CALLED_BACK, Check.BADGE_CHECKED, Check.SIGNATURE_SEEN}
    request = Presented(kind=RequestKind.DISCLOSURE, sender=SenderVerdict.ACCEPT, has_document=False)
    assert Check.SIGNATURE_SEEN in checks_due(request)


def test_E1_content_may_be_given_in_an_emergency_and_process_does_not_count_for_it() -> None:
    asked = WHOLE.model_copy(update={"requested": (D1, D2, D3), "process": LegalProcess.SUBPOENA, "country": "US"})
    emergency = scope_of(REF, asked, kind=RequestKind.EMERGENCY)
    assert emergency.process is None
    assert excess(emergency) == ""
    assert excess(scope_of(REF, asked)).startswith("U3")
    assert emergency.digest() != scope_of(REF, asked.model_copy(update={"process": None})).digest()


def said(verdict: Verdict, by: str = "rita", **changed: object) -> Statement:
    whole: dict[str, object] = {
        "ref": REF,
        "by": by,
        "verdict": verdict,
        "scope": SCOPE.digest(),
        "checks": (Check.CALLED_BACK,) if verdict is Verdict.AUTHENTIC else (),
        "called": "0123456789abcdef" if verdict is Verdict.AUTHENTIC else None,
        "reason": "ab" * 32 if verdict in (Verdict.APPROVE, Verdict.NARROW, Verdict.GENUINE) else None,
        "at": NOW,
        "nonce": f"{by}-{verdict}".ljust(16, "0"),
    }
    return Statement.model_validate(whole | changed)


def standing(phase: Phase = Phase.LEGAL_REVIEW, *accepted: Statement, **changed: object) -> Standing:
    whole: dict[str, object] = {
        "ref": REF,
        "phase": phase,
        "now": NOW,
        "scope": SCOPE,
        "kind": RequestKind.EMERGENCY,
        "checks_due": {Check.CALLED_BACK},
        "numbers": {"0123456789abcdef"},
        "accepted": accepted,
    }
    return Standing.model_validate(whole | changed)


def signer(by: str) -> Signer:
    return Signer(id=by, public_key="", roles=frozenset(Role))


def test_E1_two_people_approve_each_with_a_reason_and_one_approval_is_not_enough() -> None:
    first = said(Verdict.APPROVE)
    ruling = judge(first, standing(), signer("rita"), signature_holds=True)
    assert (ruling.accepted, ruling.settled, ruling.approvals_needed) == (True, False, 2)
    second = judge(
        said(Verdict.APPROVE, "ravi"), standing(Phase.LEGAL_REVIEW, first), signer("ravi"), signature_holds=True
    )
    assert second.settled


@pytest.mark.parametrize(("reason", "kept"), [(None, True), ("ab" * 32, False)])
def test_E1_an_approval_without_a_reason_that_the_ledger_keeps_is_refused(reason: str | None, kept: bool) -> None:
    ruling = judge(
        said(Verdict.APPROVE, reason=reason), standing(reason_kept=kept), signer("rita"), signature_holds=True
    )
    assert ruling.refusal is Refusal.NO_REASON
    assert ruling.sentence.startswith("E1: ")


def test_E1_a_reviewer_narrows_an_emergency_to_what_averts_the_harm() -> None:
    wide = scope_of(REF, WHOLE.model_copy(update={"requested": (D1, D2, D3)}), kind=RequestKind.EMERGENCY)
    narrowed = said(Verdict.NARROW, scope=wide.digest(), narrowing=Narrowing(classes=(D2,)))
    ruling = judge(narrowed, standing(scope=wide), signer("rita"), signature_holds=True)
    assert ruling.accepted
    assert ruling.scope == wide.narrow(Narrowing(classes=(D2,))).digest()


def test_E1_a_gag_without_an_end_does_not_hold_up_an_emergency() -> None:
    """Nobody is told before the disclosure; the notice afterwards waits for a person."""
    ruling = judge(said(Verdict.APPROVE), standing(gag=Gag.UNDATED), signer("rita"), signature_holds=True)
    assert ruling.accepted


@pytest.mark.parametrize("verdict", [Verdict.GENUINE, Verdict.NOT_GENUINE, Verdict.WAIVE_PROCESS])
def test_E1_what_is_stated_afterwards_is_a_reviewers_and_has_a_reason(verdict: Verdict) -> None:
    after = standing(Phase.FOLLOW_UP)
    assert judge(said(verdict, reason="ab" * 32), after, signer("rita"), signature_holds=True).accepted
    assert judge(said(verdict, reason=None), after, signer("rita"), signature_holds=True).refusal is Refusal.NO_REASON
    verifier = Signer(id="vera", public_key="", roles=frozenset({Role.VERIFIER}))
    stated = said(verdict, "vera", reason="ab" * 32)
    assert judge(stated, after, verifier, signature_holds=True).refusal is Refusal.WRONG_ROLE


_PEOPLE = st.sampled_from(["vera", "both", "rita", "ravi"])
_ACTS = st.lists(
    st.builds(
        said,
        st.sampled_from([Verdict.AUTHENTIC, Verdict.APPROVE, Verdict.APPROVE, Verdict.NARROW]),
        _PEOPLE,
        checks=st.sets(st.sampled_from(Check)).map(tuple),
        reason=st.sampled_from([None, "ab" * 32, "cd" * 32]),
    ),
    max_size=12,
)


@settings(searched, max_examples=400)
@given(acts=_ACTS, phases=st.lists(st.sampled_from([Phase.VERIFICATION, Phase.LEGAL_REVIEW]), min_size=12, max_size=12))
def test_E1_nothing_is_disclosed_without_a_call_back_and_two_other_people_whatever_is_signed_in_which_order(
    acts: list[Statement], phases: list[Phase]
) -> None:
    """Even where the phases come in an order that no machine gives them."""
    accepted: list[Statement] = []
    for n, (act, phase) in enumerate(zip(acts, phases, strict=False)):
        signed = act.model_copy(update={"nonce": f"nonce-{n:012}"})
        case = standing(phase, *accepted, nonces=frozenset(s.nonce for s in accepted))
        ruling = judge(signed, case, signer(signed.by), signature_holds=True)
        if not ruling.accepted:
            continue
        accepted.append(signed)
        if signed.verdict is Verdict.AUTHENTIC or not ruling.settled:
            continue
        approvers = {s.by for s in accepted if s.verdict in (Verdict.APPROVE, Verdict.NARROW)}
        callers = {s.by for s in accepted if s.verdict is Verdict.AUTHENTIC}
        assert len(approvers) >= 2
        assert all(s.reason for s in accepted if s.verdict is not Verdict.AUTHENTIC)
        carried = unfounded(accepted, sorted(approvers)) == ""
        assert carried == bool(callers - approvers and not callers & approvers)


@searched
@given(
    called=st.sets(_PEOPLE),
    saw=st.sets(_PEOPLE),
    believed=st.sets(_PEOPLE),
    approved=st.sets(_PEOPLE),
)
def test_E1_the_record_is_asked_again_before_the_package_leaves(
    called: set[str], saw: set[str], believed: set[str], approved: set[str]
) -> None:
    record = [
        *(said(Verdict.AUTHENTIC, by) for by in called),
        *(said(Verdict.AUTHENTIC, by, checks=(Check.SIGNATURE_SEEN,)) for by in saw),
        *(said(Verdict.APPROVE, by) for by in believed),
        *(said(Verdict.APPROVE, by, reason=None) for by in approved - believed),
    ]
    sentence = unfounded(record, sorted(approved))
    carried = bool(called) and len(approved) > 1 and approved <= believed and not approved & called
    assert (sentence == "") == carried
    assert sentence == "" or sentence.startswith("E1: ")


# Afterwards, and the people on call


@pytest.mark.parametrize(
    ("process", "kind", "author", "expected"),
    [
        ("search_warrant", SourceKind.PDF, "judge@police.springfield.gov.example", True),
        ("subpoena", SourceKind.PDF, "j.moreno@police.springfield.gov.example", True),
        ("search_warrant", SourceKind.MAIL, "j.moreno@police.springfield.gov.example", False),
        ("preservation_letter", SourceKind.PDF, "j.moreno@police.springfield.gov.example", False),
        ("epoc", SourceKind.PDF, "j.moreno@police.springfield.gov.example", True),
        ("epoc_pr", SourceKind.PDF, "j.moreno@police.springfield.gov.example", False),
        ("search_warrant", SourceKind.PDF, "a.stranger@police.shelbyville.gov.example", False),
    ],
)
def test_E1_only_process_in_a_document_of_the_same_agency_settles_what_it_owes(
    process: str, kind: SourceKind, author: str, expected: bool
) -> None:
    facts = (fact(FactField.PROCESS, process, kind),)
    assert settles("j.moreno@police.springfield.gov.example", author, facts) is expected


def test_E1_calls_come_quickly_at_first_and_never_end() -> None:
    book = current_book()
    spans = [until_next_page(n, book) for n in range(1, 200)]
    assert spans[0] == timedelta(minutes=15)
    assert spans == sorted(spans)
    assert (spans[38], spans[-1]) == (timedelta(hours=1), timedelta(days=1))


def test_E2_the_facts_of_an_emergency_are_read_by_field() -> None:
    stated = {name: f"words of {name}" for name in EmergencyFacts.model_fields}
    facts = [fact(FactField(f"emergency.{name}"), value) for name, value in stated.items()]
    assert request_facts(facts).emergency == EmergencyFacts(**stated)
