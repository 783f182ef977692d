"""Which machine a message reaches: only the agency that wrote first can touch a running case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.request import RequestFacts
from policy.triage import Destination, NamedCase, Route, route, takes_facts
from policy.vocabulary import Clause, Phase, Purpose, RequestKind
from tests.policy.build import identifiers, searched

D = Destination
HOLD = NamedCase(ref="DP-2026-000001", kind=RequestKind.PRESERVATION, sender="jo@lakeland.example")
REQUEST = NamedCase(ref="DP-2026-000002", kind=RequestKind.DISCLOSURE, sender="jo@lakeland.example")
FOREIGN = HOLD.model_copy(update={"ref": "DP-2026-000003", "sender": "al@seaport.example"})


def opened(kind: RequestKind) -> Route:
    return Route(to=D.NEW_CASE, opens=kind)


@pytest.mark.parametrize("named", [(), (HOLD,), (HOLD, REQUEST)])
@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        (Purpose.DISCLOSURE, RequestKind.DISCLOSURE),
        (None, RequestKind.DISCLOSURE),
        (Purpose.PRESERVATION, RequestKind.PRESERVATION),
        (Purpose.EMERGENCY, RequestKind.EMERGENCY),
        (Purpose.RESTRICTION, RequestKind.RESTRICTION),
    ],
)
def test_S1_a_request_or_preservation_always_opens_its_own_case(
    purpose: Purpose | None, kind: RequestKind, named: tuple[NamedCase, ...]
) -> None:
    assert route(purpose, "jo@lakeland.example", named) == opened(kind)


def test_P3_an_extension_reaches_the_hold_that_it_names() -> None:
    reached = route(Purpose.PRESERVATION_EXTENSION, "al@lakeland.example", (REQUEST, HOLD))
    assert reached == Route(to=D.EXTENSION, ref=HOLD.ref)


def test_N2_a_further_order_reaches_the_request_that_it_names() -> None:
    reached = route(Purpose.NON_DISCLOSURE, "al@lakeland.example", (HOLD, REQUEST))
    assert reached == Route(to=D.GAG_ORDER, ref=REQUEST.ref)


@pytest.mark.parametrize(
    ("purpose", "named"),
    [
        (Purpose.PRESERVATION_EXTENSION, ()),
        (Purpose.PRESERVATION_EXTENSION, (REQUEST,)),
        (Purpose.NON_DISCLOSURE, ()),
        (Purpose.NON_DISCLOSURE, (HOLD,)),
    ],
)
def test_P3_N2_what_names_no_fitting_case_opens_one_so_that_a_person_sees_it(
    purpose: Purpose, named: tuple[NamedCase, ...]
) -> None:
    assert route(purpose, "jo@lakeland.example", named) == opened(RequestKind.DISCLOSURE)


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
@pytest.mark.parametrize("purpose", [Purpose.PRESERVATION_EXTENSION, Purpose.NON_DISCLOSURE])
def test_P3_N2_another_domain_cannot_lengthen_a_hold_or_a_gag(author: str, purpose: Purpose) -> None:
    assert route(purpose, author, (HOLD, REQUEST)) == opened(RequestKind.DISCLOSURE)


def test_P3_the_case_of_the_address_does_not_matter() -> None:
    assert route(Purpose.PRESERVATION_EXTENSION, "JO@Lakeland.EXAMPLE", (HOLD,)).ref == HOLD.ref


def test_P3_of_several_cases_the_agencys_own_is_reached() -> None:
    assert route(Purpose.PRESERVATION_EXTENSION, "jo@lakeland.example", (FOREIGN, HOLD)).ref == HOLD.ref


@searched
@given(
    st.none() | st.sampled_from(Purpose),
    st.sampled_from(["jo@lakeland.example", "al@seaport.example", "eve@evil.example"]),
    st.lists(st.sampled_from([HOLD, REQUEST, FOREIGN]), max_size=4).map(tuple),
)
def test_S1_a_running_case_is_reached_only_from_its_own_agency(
    purpose: Purpose | None, author: str, named: tuple[NamedCase, ...]
) -> None:
    reached = route(purpose, author, named)
    assert (reached.ref is None) == (reached.to is D.NEW_CASE)
    if reached.ref is not None:
        (case,) = {case for case in named if case.ref == reached.ref}
        assert case.sender.partition("@")[2] == author.partition("@")[2]


OPEN_REQUEST = REQUEST.model_copy(update={"takes_facts": True})
OPEN_HOLD = HOLD.model_copy(update={"takes_facts": True})
COMPELLED = OPEN_REQUEST.model_copy(update={"has_process": True})
ANN = "ann@lakeland.example"


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
def test_R4_a_reply_completes_the_case_that_it_answers(purpose: Purpose | None, case: NamedCase) -> None:
    assert route(purpose, ANN, (case,), is_reply=True) == Route(to=D.REPLY, ref=case.ref)


def test_R4_a_reply_may_bring_the_process_that_was_missing() -> None:
    reached = route(Purpose.DISCLOSURE, ANN, (OPEN_REQUEST,), is_reply=True, brings_process=True)
    assert reached == Route(to=D.REPLY, ref=REQUEST.ref)


@pytest.mark.parametrize(
    ("purpose", "author", "case", "is_reply", "kind"),
    [
        (None, ANN, REQUEST, True, RequestKind.DISCLOSURE),
        (None, ANN, OPEN_REQUEST, False, RequestKind.DISCLOSURE),
        (None, "eve@evil.example", OPEN_REQUEST, True, RequestKind.DISCLOSURE),
        (Purpose.DISCLOSURE, ANN, OPEN_HOLD, True, RequestKind.DISCLOSURE),
        (Purpose.PRESERVATION, ANN, OPEN_REQUEST, True, RequestKind.PRESERVATION),
    ],
)
def test_U1_what_is_no_answer_to_an_open_case_of_its_kind_opens_its_own(
    purpose: Purpose | None, author: str, case: NamedCase, is_reply: bool, kind: RequestKind
) -> None:
    assert route(purpose, author, (case,), is_reply=is_reply) == opened(kind)


def test_U1_a_second_legal_process_is_reviewed_by_itself() -> None:
    """A warrant that answered a subpoena's case would be given under what was verified of the subpoena."""
    reached = route(Purpose.DISCLOSURE, ANN, (COMPELLED,), is_reply=True, brings_process=True)
    assert reached == opened(RequestKind.DISCLOSURE)


@pytest.mark.parametrize("named", [(OPEN_HOLD, OPEN_REQUEST), (OPEN_REQUEST, OPEN_HOLD)])
def test_R4_P2_a_reply_that_names_two_cases_completes_the_one_that_it_fits(named: tuple[NamedCase, ...]) -> None:
    """A request names the hold that it builds on, so an answer about it quotes both references, in either order."""
    assert route(Purpose.DISCLOSURE, ANN, named, is_reply=True) == Route(to=D.REPLY, ref=REQUEST.ref)
    assert route(Purpose.PRESERVATION, ANN, named, is_reply=True) == Route(to=D.REPLY, ref=HOLD.ref)
    assert route(None, ANN, named, is_reply=True) == Route(to=D.REPLY, ref=named[0].ref)


@pytest.mark.parametrize(
    "passed_over",
    [
        REQUEST,
        COMPELLED,
        OPEN_HOLD,
        OPEN_REQUEST.model_copy(update={"sender": "al@seaport.example"}),
    ],
)
def test_R4_a_case_that_the_reply_does_not_fit_is_passed_over(passed_over: NamedCase) -> None:
    """It is past review, has its process, is a hold, or is another agency's."""
    other = passed_over.model_copy(update={"ref": "DP-2026-000009"})
    reached = route(Purpose.DISCLOSURE, ANN, (other, OPEN_REQUEST), is_reply=True, brings_process=True)
    assert reached == Route(to=D.REPLY, ref=REQUEST.ref)
