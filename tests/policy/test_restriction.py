"""Restricting access: the scale of measures, the territories, who may uphold, and that every restriction ends."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policy.book import current_book
from policy.breadth import Breadth
from policy.completeness import missing_for_restriction
from policy.decisions import approvals_needed, judge
from policy.directory import Agency, AgencyDirectory
from policy.findings import Document, DocumentKind
from policy.measures import Restriction, exceeds, lies_within, restrictable
from policy.request import Gag, Identifier, IdentifierKind, RequestFacts
from policy.restriction import (
    begins,
    ends,
    least_measure,
    lifted_by_itself_at,
    necessity,
    unnecessary,
)
from policy.scope import Narrowing, Scope, ScopeError, scope_of
from policy.sender import judge_sender
from policy.statements import Check, Refusal, Ruling, Signer, Standing, Statement, Verdict
from policy.triage import Destination, Mail, NamedCase, Route, route
from policy.verification import Presented, checks_due
from policy.vocabulary import (
    EVERYWHERE,
    Clause,
    Measure,
    Phase,
    Purpose,
    RequestKind,
    Role,
    SenderVerdict,
    Violation,
)
from tests.policy.build import NOW, searched

M, V = Measure, Verdict
REF = "DP-2026-000001"
USER = Identifier(kind=IdentifierKind.USER_EMAIL, value="user@mail.example")
NAME = Identifier(kind=IdentifierKind.USER_NAME, value="Jordan Vale")
MEETING = Identifier(kind=IdentifierKind.MEETING, value="81000001111", host="host@mail.example", at=NOW)
REASON = "0" * 64
SIGNED = Document(sha256="a" * 64, name="order.pdf", kind=DocumentKind.PDF, pages=1, accepted=True)
WHOLE = RequestFacts(
    country="US",
    agency_name="Springfield Police Department",
    officer_name="Jordan Moreno",
    officer_email="j.moreno@police.springfield.gov.example",
    measure=M.LIMIT_PARTICIPATION,
    territory="US-IL",
    basis="Springfield Code, section 12-4",
    relation="The user has threatened witnesses in meetings.",
    identifiers=(USER,),
)

measures = st.sampled_from(Measure)
territories = st.sampled_from(["US", "US-IL", "US-CA", "VN", "VN-SG", EVERYWHERE])
violations = st.none() | st.sampled_from(Violation)
targets = st.lists(st.sampled_from([USER, MEETING, NAME]), min_size=1, max_size=3).map(tuple)


def scope(measure: Measure = M.LIMIT_PARTICIPATION, territory: str = "US-IL", **other: Any) -> Scope:
    target = MEETING if measure in (M.KEEP_OUT, M.CLOSE_MEETING) else USER
    facts = WHOLE.model_copy(update={"measure": measure, "territory": territory, "identifiers": (target,)} | other)
    return scope_of(REF, facts, kind=RequestKind.RESTRICTION)


def rule(verdict: Verdict, on: Scope, by: str, *earlier: Statement, said: Any = None, **case: Any) -> Ruling:
    """A statement on a restriction made in the phase that it belongs to."""
    phase = Phase.LEGAL_REVIEW if verdict in (V.APPROVE, V.NARROW) else Phase.APPEALED
    standing = {
        "ref": REF,
        "phase": phase,
        "now": NOW,
        "scope": on,
        "kind": RequestKind.RESTRICTION,
        "accepted": earlier,
        "appealed_at": NOW,
    }
    signer = Signer(id=by, public_key="", roles=frozenset(Role))
    about = Standing.model_validate(standing | case)
    return judge(stated(verdict, on, by, **(said or {})), about, signer, signature_holds=True)


def stated(verdict: Verdict, on: Scope, by: str, **said: Any) -> Statement:
    whole = {
        "ref": REF,
        "by": by,
        "verdict": verdict,
        "scope": on.digest(),
        "at": NOW,
        "nonce": f"{by}{verdict}".ljust(16),
    }
    return Statement.model_validate(whole | said)


# X1: within the agency's jurisdiction, and complete


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        ("US-IL", "US", True),
        ("US", "US", True),
        ("US", "US-IL", False),
        ("US-IL", "US-ILX", False),
        ("USX", "US", False),
        ("VN", "US", False),
        ("US", EVERYWHERE, True),
        (EVERYWHERE, "US", False),
    ],
)
def test_X1_a_territory_lies_within_itself_its_country_and_everywhere(inner: str, outer: str, within: bool) -> None:
    assert lies_within(inner, outer) == within


@pytest.mark.parametrize(
    ("without", "clause"),
    [
        ("agency_name", Clause.X1),
        ("officer_name", Clause.X1),
        ("officer_email", Clause.X1),
        ("measure", Clause.X1),
        ("territory", Clause.X1),
        ("basis", Clause.X1),
        ("relation", Clause.X1),
        ("identifiers", Clause.R1),
    ],
)
def test_X1_each_missing_item_is_asked_for_by_its_clause(without: str, clause: Clause) -> None:
    assert missing_for_restriction(WHOLE, (SIGNED,), NOW, current_book()) == ()
    lacking = WHOLE.model_copy(update={without: () if without == "identifiers" else None})
    assert [reason.clause for reason in missing_for_restriction(lacking, (SIGNED,), NOW, current_book())] == [clause]


def test_X1_S2_the_request_is_a_signed_document() -> None:
    assert [reason.clause for reason in missing_for_restriction(WHOLE, (), NOW, current_book())] == [Clause.S2]


def test_X2_R1_a_name_or_an_address_that_several_people_share_is_not_enough() -> None:
    shared = WHOLE.model_copy(update={"identifiers": (NAME,)})
    assert [reason.clause for reason in missing_for_restriction(shared, (SIGNED,), NOW, current_book())] == [Clause.R1]
    assert not any(restrictable(NAME.kind, measure) for measure in Measure)


@searched
@given(measures, territories, territories, st.booleans())
def test_X1_X2_nobody_is_restricted_beyond_the_jurisdiction_but_for_a_violation(
    measure: Measure, territory: str, home: str, found: bool
) -> None:
    on = scope(measure, territory, country=home)
    assert on.restriction is not None
    allowed = unnecessary(on, NOW, violation_found=found) == ""
    assert allowed == (found or lies_within(on.restriction.reach, home))


def test_X1_an_agency_of_unknown_jurisdiction_restricts_nobody() -> None:
    assert unnecessary(scope(country=None), NOW, violation_found=True).startswith("X1: ")


def test_X1_what_names_no_measure_or_territory_cannot_be_approved() -> None:
    vague = scope_of(REF, WHOLE.model_copy(update={"territory": None}), kind=RequestKind.RESTRICTION)
    assert not rule(V.APPROVE, vague, "rita").accepted
    assert unnecessary(vague, NOW, violation_found=True).startswith("X1: ")


# X2: the least measure


@searched
@given(measures, targets, violations)
def test_X2_the_proposed_measure_is_never_more_than_what_is_asked_for_unless_nothing_so_small_fits(
    asked: Measure, named: tuple[Identifier, ...], violation: Violation | None
) -> None:
    fitting = [m for m in Measure if any(restrictable(i.kind, m) for i in named)]
    least = least_measure(asked, named, violation)
    assume(bool(fitting))
    assert least in fitting
    if violation is None:
        assert Restriction(measure=least, territory="US").reach == "US"
    assert not exceeds(least, asked) or all(exceeds(m, asked) for m in fitting)


@pytest.mark.parametrize(
    ("asked", "named", "violation", "least"),
    [
        (M.CLOSE_MEETING, MEETING, None, M.KEEP_OUT),
        (M.SUSPEND_ACCOUNT, MEETING, None, M.KEEP_OUT),
        (M.CLOSE_MEETING, MEETING, Violation.CHILD_SEXUAL_ABUSE, M.CLOSE_MEETING),
        (M.SUSPEND_ACCOUNT, MEETING, Violation.DANGER_TO_LIFE, M.CLOSE_MEETING),
        (M.SUSPEND_ACCOUNT, USER, None, M.LIMIT_PARTICIPATION),
        (M.LIMIT_HOSTING, USER, None, M.LIMIT_HOSTING),
        (M.SUSPEND_ACCOUNT, USER, Violation.OTHER, M.SUSPEND_ACCOUNT),
    ],
)
def test_X2_the_least_measure_that_serves_is_proposed(
    asked: Measure, named: Identifier, violation: Violation | None, least: Measure
) -> None:
    assert least_measure(asked, (named,), violation) is least


def test_X2_a_reviewer_can_take_the_proposal_and_it_can_be_approved() -> None:
    facts = WHOLE.model_copy(update={"measure": M.CLOSE_MEETING, "territory": EVERYWHERE, "identifiers": (MEETING,)})
    found = necessity(facts, current_book())
    assert {flag.clause for flag in found.flags} == {Clause.X1, Clause.X2}
    lesser = found.narrowing
    assert lesser == Narrowing(measure=M.KEEP_OUT, territory="US")
    asked = scope_of(REF, facts, kind=RequestKind.RESTRICTION)
    assert rule(V.APPROVE, asked, "rita").refusal is Refusal.UNNECESSARY
    assert rule(V.NARROW, asked, "rita", said={"narrowing": lesser}).accepted


def test_X2_what_is_necessary_is_not_flagged() -> None:
    modest = WHOLE.model_copy(update={"until": date(2026, 6, 1)})
    assert necessity(modest, current_book()) == Breadth()


@searched
@given(measures, territories, measures, territories)
def test_X2_a_narrowing_never_adds_a_measure_or_a_territory(
    measure: Measure, territory: str, to: Measure, within: str
) -> None:
    whole = scope(measure, territory)
    try:
        part = whole.narrow(Narrowing(measure=to, territory=within)).restriction
    except ScopeError as error:
        assert str(error).startswith("X2: ")  # noqa: PT017 - whether it is raised is what is tested
        assert exceeds(to, measure) or not lies_within(within, territory)
        return
    assert part == Restriction(measure=to, territory=within)
    assert not exceeds(to, measure)
    assert lies_within(within, territory)


def test_X2_a_request_for_data_has_no_measure_to_narrow() -> None:
    data = scope_of(REF, WHOLE)
    assert data.restriction is None
    with pytest.raises(ScopeError, match=r"^X2: "):
        data.model_copy(update={"classes": ("D1",)}).narrow(Narrowing(measure=M.KEEP_OUT))


@pytest.mark.parametrize("measure", [M.CLOSE_MEETING, M.SUSPEND_ACCOUNT])
@pytest.mark.parametrize(
    ("grounds", "reason", "accepted"),
    [((), None, False), ((Clause.N4,), None, False), ((Clause.X2,), REASON, False), ((Clause.N4,), REASON, True)],
)
def test_X2_N4_a_meeting_is_closed_or_an_account_suspended_only_for_a_violation_with_its_reason(
    measure: Measure, grounds: tuple[Clause, ...], reason: str | None, accepted: bool
) -> None:
    on = scope(measure, "US", violation=Violation.CHILD_SEXUAL_ABUSE)
    ruling = rule(V.APPROVE, on, "rita", said={"grounds": grounds, "reason": reason})
    assert ruling.accepted == accepted
    if not accepted:
        assert ruling.refusal is Refusal.UNNECESSARY
        assert ruling.sentence.startswith("X2: ")
        assert "--ground N4" in ruling.sentence


def test_N4_the_second_approver_must_find_the_violation_too() -> None:
    on = scope(M.CLOSE_MEETING, "US")
    first = stated(V.APPROVE, on, "rita", grounds=(Clause.N4,), reason=REASON)
    assert not rule(V.APPROVE, on, "ravi", first).accepted
    found = {"grounds": (Clause.N4,), "reason": REASON}
    assert rule(V.APPROVE, on, "ravi", first, said=found).settled


def test_X2_a_measure_is_not_taken_against_what_it_does_not_fit() -> None:
    on = scope(identifiers=(USER, MEETING))
    assert "identifier 2" in rule(V.APPROVE, on, "rita").sentence
    assert rule(V.NARROW, on, "rita", said={"narrowing": Narrowing(identifiers=(1,))}).accepted


def test_X1_two_different_people_approve_and_the_requester_is_called_back() -> None:
    on = scope()
    first = rule(V.APPROVE, on, "rita")
    assert (first.accepted, first.settled) == (True, False)
    assert rule(V.APPROVE, on, "rita", stated(V.APPROVE, on, "rita")).refusal is Refusal.ALREADY_APPROVED
    assert rule(V.APPROVE, on, "ravi", stated(V.APPROVE, on, "rita")).settled
    assert approvals_needed(RequestKind.RESTRICTION, on, closer=False) == 2
    assert Check.CALLED_BACK in checks_due(Presented(kind=RequestKind.RESTRICTION, sender=SenderVerdict.ACCEPT))


@pytest.mark.parametrize("change", [{"measure": M.LIMIT_HOSTING}, {"territory": "US"}, {"violation": Violation.OTHER}])
def test_X1_what_is_signed_holds_the_measure_the_territory_and_the_violation(change: dict[str, object]) -> None:
    assert scope(**change).digest() != scope().digest()  # type: ignore[arg-type]  # each value is of its field


# X2: no restriction without an end


@searched
@given(
    st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    st.integers(-9000, 9000).map(lambda days: NOW + timedelta(days=days, hours=days % 24)),
)
def test_X2_every_restriction_ends_and_none_outlasts_what_was_asked_or_the_longest(
    until: date | None, applied_at: datetime
) -> None:
    book = current_book()
    end = lifted_by_itself_at(scope(until=until), applied_at, book)
    assert end <= applied_at + timedelta(days=book.longest_restriction_days)
    assert until is None or end <= ends(until)
    assert until is not None or end == applied_at + timedelta(days=90)


def test_X2_a_restriction_until_a_day_ends_with_that_day() -> None:
    assert ends(date(2026, 6, 30)) == datetime(2026, 7, 1, tzinfo=UTC)
    assert begins(None, NOW) == NOW
    assert begins(date(2026, 1, 1), NOW) == NOW, "a day that has begun"
    assert begins(date(2026, 6, 30), NOW) == datetime(2026, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(("until", "accepted"), [(NOW.date() - timedelta(days=1), False), (NOW.date(), True)])
def test_X2_nothing_is_approved_whose_end_lies_behind(until: date, accepted: bool) -> None:
    assert rule(V.APPROVE, scope(until=until), "rita").accepted == accepted


# X3: appeals


@pytest.mark.parametrize("part", [V.AUTHENTIC, V.APPROVE, V.NARROW])
def test_X3_who_had_a_part_in_a_restriction_does_not_uphold_it(part: Verdict) -> None:
    on = scope()
    said = {"reason": REASON}
    assert rule(V.UPHOLD, on, "ann", stated(part, on, "ann"), said=said).refusal is Refusal.APPROVED_IT
    assert rule(V.UPHOLD, on, "ann", said=said, amended_by=frozenset({"ann"})).refusal is Refusal.APPROVED_IT
    assert rule(V.UPHOLD, on, "bob", stated(part, on, "ann"), said=said).accepted


def test_X3_anyone_who_reviews_can_lift_at_any_time_and_lifting_needs_no_second_person() -> None:
    on = scope()
    for phase in (Phase.RESTRICTED, Phase.APPEALED):
        assert rule(V.LIFT, on, "rita", stated(V.APPROVE, on, "rita"), phase=phase).settled


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({}, Refusal.NO_REASON),
        ({"reason": REASON, "at": NOW - timedelta(seconds=1)}, Refusal.STALE_SCOPE),
        ({"reason": REASON}, None),
    ],
)
def test_X3_an_appeal_is_turned_down_with_a_reason_by_someone_who_can_have_read_it(
    said: dict[str, object], refusal: Refusal | None
) -> None:
    assert rule(V.UPHOLD, scope(), "bob", said=said).refusal is refusal


def test_X4_a_channel_that_is_closed_for_data_is_no_hindrance_to_a_restriction() -> None:
    assert rule(V.APPROVE, scope(), "rita", obstacle="F2: it needs letters rogatory").accepted


def test_X3_N2_a_gag_order_reaches_a_restriction() -> None:
    author = "j.moreno@police.springfield.gov.example"
    case = NamedCase(ref=REF, kind=RequestKind.RESTRICTION, sender=author)
    order = Mail(author=author, purpose=Purpose.NON_DISCLOSURE, proven=True, listed=True)
    assert route(order, (case,)) == Route(to=Destination.GAG_ORDER, ref=REF)
    assert rule(V.APPROVE, scope(), "rita", gag=Gag.UNDATED).refusal is Refusal.NO_END


# X4: the same address and the same officials' addresses for everyone


@pytest.mark.parametrize(
    ("domain", "verdict"),
    [
        ("cybercrime.example.vn", SenderVerdict.HOLD),
        ("congan.gov.vn", SenderVerdict.HOLD),
        ("gmail.com", SenderVerdict.REFUSE),
    ],
)
def test_X4_an_official_from_abroad_writes_from_an_official_address(domain: str, verdict: SenderVerdict) -> None:
    listed = Agency(
        name="Department of Cybersecurity",
        domains=("cybercrime.example.vn",),
        country="VN",
        numbers=("+84 24 5550 0101",),
    )
    judged = judge_sender(f"a@{domain}", domain, AgencyDirectory(agencies=(listed,)))
    assert judged.verdict is verdict
    if verdict is not SenderVerdict.REFUSE:
        assert judged.country == "VN"
        opened = route(Mail(author=f"a@{domain}", purpose=Purpose.RESTRICTION), ())
        assert opened == Route(to=Destination.NEW_CASE, opens=RequestKind.RESTRICTION)
