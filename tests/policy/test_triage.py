"""Which machine a message reaches: only what is proven, or vouched for, of the agency that wrote first can touch it."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.request import RequestFacts
from policy.triage import CONFIRMABLE, Destination, Kept, Mail, NamedCase, Route, route, takes_facts
from policy.vocabulary import Automatic, Clause, Phase, Purpose, RequestKind
from tests.policy.build import identifiers, searched

D = Destination
HOLD = NamedCase(ref="DP-2026-000001", kind=RequestKind.PRESERVATION, sender="jo@lakeland.example", verified=True)
REQUEST = NamedCase(ref="DP-2026-000002", kind=RequestKind.DISCLOSURE, sender="jo@lakeland.example", verified=True)
FOREIGN = HOLD.model_copy(update={"ref": "DP-2026-000003", "sender": "al@seaport.example"})
OPEN_HOLD = HOLD.model_copy(update={"takes_facts": True})
OPEN_REQUEST = REQUEST.model_copy(update={"takes_facts": True})
COMPELLED = OPEN_REQUEST.model_copy(update={"has_process": True})
ANN = "ann@lakeland.example"


def mail(purpose: Purpose | None = None, author: str = ANN, **values: object) -> Mail:
    """A message that is proven, unless something else is said."""
    return Mail.model_validate({"author": author, "purpose": purpose, "proven": True, **values})


def having(case: NamedCase, **values: object) -> NamedCase:
    return case.model_copy(update=values)


def opened(kind: RequestKind) -> Route:
    return Route(to=D.NEW_CASE, opens=kind)


def kept(case: NamedCase, why: Kept, *also: NamedCase) -> Route:
    return Route(to=D.PERSON, ref=case.ref, kept=why, also=tuple(other.ref for other in also))


@pytest.mark.parametrize("named", [(), (HOLD,), (HOLD, REQUEST)])
@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        (Purpose.DISCLOSURE, RequestKind.DISCLOSURE),
        (Purpose.PRESERVATION, RequestKind.PRESERVATION),
        (Purpose.EMERGENCY, RequestKind.EMERGENCY),
        (Purpose.RESTRICTION, RequestKind.RESTRICTION),
    ],
)
def test_S1_a_request_or_preservation_always_opens_its_own_case(
    purpose: Purpose | None, kind: RequestKind, named: tuple[NamedCase, ...]
) -> None:
    assert route(mail(purpose, has_document=True, brings_process=True), named) == opened(kind)


def test_S1_what_concerns_no_case_opens_one_so_that_a_person_sees_it() -> None:
    assert route(mail(), ()) == opened(RequestKind.DISCLOSURE)


def test_P3_an_extension_reaches_the_hold_that_it_names() -> None:
    assert route(mail(Purpose.PRESERVATION_EXTENSION), (REQUEST, HOLD)) == Route(to=D.EXTENSION, ref=HOLD.ref)
    assert route(mail(Purpose.PRODUCTION_CONFIRMED), (REQUEST, HOLD)) == Route(to=D.EXTENSION, ref=HOLD.ref)


def test_N2_a_further_order_reaches_the_request_that_it_names() -> None:
    assert route(mail(Purpose.NON_DISCLOSURE), (HOLD, REQUEST)) == Route(to=D.GAG_ORDER, ref=REQUEST.ref)


def test_N2_a_further_order_reaches_a_closed_request_while_a_user_is_still_to_be_told() -> None:
    closed = having(REQUEST, is_open=False)
    assert route(mail(Purpose.NON_DISCLOSURE), (having(closed, untold=True),)).to is D.GAG_ORDER
    assert route(mail(Purpose.NON_DISCLOSURE), (closed,)) == kept(closed, Kept.FOR_READING)


def test_U2_a_withdrawal_reaches_its_request_and_a_hold_is_ended_by_a_person_only() -> None:
    assert route(mail(Purpose.WITHDRAWAL), (REQUEST,)) == Route(to=D.WITHDRAWAL, ref=REQUEST.ref)
    assert route(mail(Purpose.WITHDRAWAL), (HOLD,)) == kept(HOLD, Kept.HOLD_WITHDRAWN)
    in_force = having(REQUEST, kind=RequestKind.RESTRICTION, in_force=True)
    for proven in (True, False):
        lifted_by_a_reviewer = kept(in_force, Kept.FOR_READING)
        assert route(mail(Purpose.WITHDRAWAL, proven=proven), (in_force,)) == lifted_by_a_reviewer
    closed = having(REQUEST, is_open=False)
    assert route(mail(Purpose.WITHDRAWAL), (closed,)) == kept(closed, Kept.FOR_READING)


@pytest.mark.parametrize(
    ("purpose", "named"),
    [
        (Purpose.PRESERVATION_EXTENSION, ()),
        (Purpose.PRESERVATION_EXTENSION, (REQUEST,)),
        (Purpose.NON_DISCLOSURE, ()),
        (Purpose.NON_DISCLOSURE, (HOLD,)),
        (Purpose.WITHDRAWAL, ()),
    ],
)
def test_P3_N2_what_names_no_fitting_case_opens_one_so_that_a_person_sees_it(
    purpose: Purpose, named: tuple[NamedCase, ...]
) -> None:
    assert route(mail(purpose), named) == opened(RequestKind.DISCLOSURE)


@pytest.mark.parametrize(
    "author",
    [
        "jo@seaport.example",
        "jo@lakeland.example.evil.example",
        "jo@evil-lakeland.example",
        "jo@sub.lakeland.example",
        "jo@example",
        "lakeland.example@evil.example",
    ],
)
@pytest.mark.parametrize(
    "purpose",
    [
        Purpose.PRESERVATION_EXTENSION,
        Purpose.PRODUCTION_CONFIRMED,
        Purpose.NON_DISCLOSURE,
        Purpose.WITHDRAWAL,
    ],
)
def test_P3_N2_another_domain_cannot_lengthen_a_hold_or_a_gag_or_withdraw(author: str, purpose: Purpose) -> None:
    assert route(mail(purpose, author), (HOLD, REQUEST)) == opened(RequestKind.DISCLOSURE)


def test_P3_the_case_of_the_address_does_not_matter() -> None:
    assert route(mail(Purpose.PRESERVATION_EXTENSION, "JO@Lakeland.EXAMPLE"), (HOLD,)).ref == HOLD.ref


def test_P3_of_several_cases_the_agencys_own_is_reached() -> None:
    assert route(mail(Purpose.PRESERVATION_EXTENSION), (FOREIGN, HOLD)).ref == HOLD.ref


@dataclass(frozen=True)
class Wanting:
    """A message that would reach a case, and the case."""

    purpose: Purpose | None
    case: NamedCase


WANTING = [
    Wanting(None, OPEN_REQUEST),
    Wanting(Purpose.PRESERVATION_EXTENSION, HOLD),
    Wanting(Purpose.NON_DISCLOSURE, REQUEST),
    Wanting(Purpose.WITHDRAWAL, REQUEST),
]


@pytest.mark.parametrize("wanting", WANTING)
def test_S1_mail_that_is_not_proven_waits_for_a_verifier_and_counts_once_vouched_for(wanting: Wanting) -> None:
    unproven = mail(wanting.purpose, proven=False)
    assert route(unproven, (wanting.case,)) == kept(wanting.case, Kept.NOT_PROVEN)
    vouched = route(unproven, (having(wanting.case, vouched=True),))
    assert vouched == route(mail(wanting.purpose), (wanting.case,))
    assert vouched.ref == wanting.case.ref


@pytest.mark.parametrize("wanting", WANTING[1:])
def test_S1_G1_proven_mail_of_an_unlisted_agency_acts_once_its_case_was_verified(wanting: Wanting) -> None:
    unverified = having(wanting.case, verified=False)
    assert route(mail(wanting.purpose), (unverified,)) == kept(unverified, Kept.NOT_VERIFIED)
    assert route(mail(wanting.purpose, listed=True), (unverified,)).ref == unverified.ref
    assert route(mail(wanting.purpose), (wanting.case,)).to is not D.PERSON


def test_R4_a_reply_of_an_unlisted_agency_is_verified_with_its_case() -> None:
    unverified = having(OPEN_REQUEST, verified=False)
    assert route(mail(), (unverified,)) == Route(to=D.REPLY, ref=unverified.ref)


@pytest.mark.parametrize("phase", Phase)
def test_U2_a_case_takes_in_facts_only_until_it_is_approved(phase: Phase) -> None:
    taken = takes_facts(phase, (), RequestFacts(), RequestFacts())
    assert taken == (phase in (Phase.RECEIVED, Phase.VERIFICATION, Phase.LEGAL_REVIEW))


def test_P2_a_hold_takes_in_what_is_missing_and_nobody_new() -> None:
    known, more = RequestFacts(identifiers=identifiers(1)), RequestFacts(identifiers=identifiers(2))
    assert takes_facts(Phase.HELD, (Clause.P2,), known, known)
    assert takes_facts(Phase.HELD, (Clause.P2,), known, RequestFacts(officer_name="Jo Park"))
    assert not takes_facts(Phase.HELD, (Clause.P2,), known, more), "another name is another preservation"
    assert not takes_facts(Phase.HELD, (), known, known), "nothing is missing"


@pytest.mark.parametrize(
    ("purpose", "case"),
    [
        (None, OPEN_REQUEST),
        (Purpose.DISCLOSURE, OPEN_REQUEST),
        (None, OPEN_HOLD),
        (Purpose.PRESERVATION, OPEN_HOLD),
        (None, COMPELLED),
    ],
)
@pytest.mark.parametrize("answered", [True, False])
def test_R4_words_about_an_open_case_complete_it_whether_or_not_they_answer_a_letter(
    purpose: Purpose | None, case: NamedCase, answered: bool
) -> None:
    assert route(mail(purpose), (having(case, answered=answered),)) == Route(to=D.REPLY, ref=case.ref)


def test_R4_a_reply_may_bring_the_process_that_was_missing() -> None:
    brings = mail(Purpose.DISCLOSURE, has_document=True, brings_process=True)
    assert route(brings, (having(OPEN_REQUEST, answered=True),)) == Route(to=D.REPLY, ref=REQUEST.ref)
    assert route(brings, (OPEN_REQUEST,)) == opened(RequestKind.DISCLOSURE), "it only mentions the case"


@pytest.mark.parametrize(
    ("purpose", "author", "case", "kind"),
    [
        (None, "eve@evil.example", OPEN_REQUEST, RequestKind.DISCLOSURE),
        (Purpose.DISCLOSURE, ANN, OPEN_HOLD, RequestKind.DISCLOSURE),
        (Purpose.PRESERVATION, ANN, OPEN_REQUEST, RequestKind.PRESERVATION),
    ],
)
def test_U1_what_is_no_answer_to_an_open_case_of_its_kind_opens_its_own(
    purpose: Purpose | None, author: str, case: NamedCase, kind: RequestKind
) -> None:
    assert route(mail(purpose, author), (having(case, answered=True),)) == opened(kind)


def test_R4_words_about_a_case_that_takes_nothing_in_any_more_open_nothing_and_a_person_reads_them() -> None:
    for case in (REQUEST, having(REQUEST, is_open=False), HOLD):
        assert route(mail(), (case,)) == kept(case, Kept.FOR_READING)
        assert route(mail(proven=False), (case,)) == kept(case, Kept.FOR_READING)


def test_U1_a_second_legal_process_is_reviewed_by_itself() -> None:
    """A warrant that answered a subpoena's case would be given under what was verified of the subpoena."""
    brings = mail(Purpose.DISCLOSURE, has_document=True, brings_process=True)
    assert route(brings, (having(COMPELLED, answered=True),)) == opened(RequestKind.DISCLOSURE)


def test_R4_P2_a_reply_that_concerns_two_cases_goes_to_the_one_whose_letter_it_answers() -> None:
    answers = having(OPEN_REQUEST, answered=True)
    assert route(mail(), (OPEN_HOLD, answers)) == Route(to=D.REPLY, ref=REQUEST.ref)
    assert route(mail(Purpose.PRESERVATION), (OPEN_REQUEST, OPEN_HOLD)) == Route(to=D.REPLY, ref=HOLD.ref)


def test_R4_P3_what_names_two_cases_that_it_fits_waits_in_both_for_a_person() -> None:
    assert route(mail(), (OPEN_HOLD, OPEN_REQUEST)) == kept(OPEN_HOLD, Kept.TWO_CASES, OPEN_REQUEST)
    other = having(HOLD, ref="DP-2026-000009")
    assert route(mail(Purpose.PRESERVATION_EXTENSION), (HOLD, other)) == kept(HOLD, Kept.TWO_CASES, other)


def test_R4_a_request_sent_again_is_no_second_request() -> None:
    again = mail(Purpose.DISCLOSURE, has_document=True, brings_process=True)
    assert route(again, (having(COMPELLED, same_documents=True),)) == Route(to=D.REPLY, ref=COMPELLED.ref)
    reviewed = having(REQUEST, has_process=True, same_documents=True)
    assert route(again, (reviewed,)) == kept(reviewed, Kept.FOR_READING)
    closed = having(reviewed, is_open=False)
    assert route(again, (closed,)) == opened(RequestKind.DISCLOSURE), "a closed request may be made anew"


def test_R4_another_message_under_a_used_message_id_goes_to_a_person() -> None:
    other = mail(Purpose.DISCLOSURE, has_document=True, brings_process=True)
    used = having(COMPELLED, same_id=True)
    assert route(other, (used,)) == kept(used, Kept.SENT_AGAIN)


@pytest.mark.parametrize("kind", Automatic)
@pytest.mark.parametrize("author", [ANN, "mailer-daemon@relay.example"])
def test_S1_no_machine_ever_answers_or_opens_anything(kind: Automatic, author: str) -> None:
    for purpose in (None, *Purpose):
        automatic = mail(purpose, author, automatic=kind)
        assert route(automatic, ()) == Route(to=D.REFUSED)
        assert route(automatic, (OPEN_REQUEST,)) == Route(to=D.NOTE, ref=OPEN_REQUEST.ref)
        answers = route(automatic, (OPEN_HOLD, having(OPEN_REQUEST, answered=True)))
        assert answers == Route(to=D.BOUNCE if kind is Automatic.BOUNCE else D.NOTE, ref=OPEN_REQUEST.ref)


def test_S1_an_order_that_a_courts_system_sends_by_itself_is_read_like_any_other() -> None:
    order = mail(Purpose.DISCLOSURE, has_document=True, brings_process=True, automatic=Automatic.ANSWER)
    assert route(order, ()) == opened(RequestKind.DISCLOSURE)


flags = st.booleans()
cases = st.builds(
    NamedCase,
    ref=st.sampled_from(["DP-2026-000001", "DP-2026-000002", "DP-2026-000003"]),
    kind=st.sampled_from(RequestKind),
    sender=st.sampled_from(["jo@lakeland.example", "al@seaport.example"]),
    is_open=flags,
    takes_facts=flags,
    has_process=flags,
    verified=flags,
    untold=flags,
    answered=flags,
    same_id=flags,
    same_documents=flags,
    vouched=flags,
)
mails = st.builds(
    Mail,
    author=st.sampled_from(["jo@lakeland.example", "al@seaport.example", "eve@evil.example"]),
    purpose=st.none() | st.sampled_from(Purpose),
    proven=flags,
    listed=flags,
    has_document=flags,
    brings_process=flags,
    automatic=st.none() | st.sampled_from(Automatic),
)
ACTS = frozenset({D.EXTENSION, D.GAG_ORDER, D.WITHDRAWAL, D.REPLY})


@searched
@given(mails, st.lists(cases, max_size=4, unique_by=lambda case: case.ref))
def test_S1_a_running_case_is_changed_only_by_its_own_agency_proven_or_vouched_for(
    message: Mail, named: list[NamedCase]
) -> None:
    reached = route(message, named)
    assert (reached.ref is None) == (reached.to in (D.NEW_CASE, D.REFUSED))
    assert (reached.kept is not None) == (reached.to is D.PERSON)
    if reached.to in ACTS:
        (case,) = (case for case in named if case.ref == reached.ref)
        assert case.sender.partition("@")[2] == message.author.partition("@")[2]
        assert message.proven or case.vouched
        assert reached.to is D.REPLY or message.listed or case.verified or case.vouched
        assert not (reached.to is D.WITHDRAWAL and case.kind is RequestKind.PRESERVATION)
        assert message.automatic is None or message.has_document


@searched
@given(mails, cases)
def test_S1_what_a_verifier_can_vouch_for_then_counts(message: Mail, case: NamedCase) -> None:
    reached = route(message, [case])
    if reached.kept in CONFIRMABLE and not (case.same_id or case.same_documents):
        assert route(message, [having(case, vouched=True)]).to in ACTS
