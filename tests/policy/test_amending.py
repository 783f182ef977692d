"""What people correct: one value more, one fewer, or all anew. The record says who, and a slip does not stay (R1)."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.amending import Amended, amendment
from policy.facts import Change, Confidence, Fact, FactError, FactField, SourceKind
from policy.request import current, request_facts, taken_away
from policy.scope import scope_of
from tests.policy.build import NOW, fact, searched

F = FactField
READ = (fact(F.USER_EMAIL, "a@b.example"), fact(F.USER_EMAIL, "c@d.example", SourceKind.PDF))
MEETINGS = (fact(F.MEETING_ID, "123456781"), fact(F.MEETING_ID, "123456782"))


def amended(facts: Sequence[Fact], *words: str, by: str = "r-1") -> list[Fact]:
    """The facts with an amendment, typed as at the command."""
    wanted = []
    for word in words:
        name, _, text = word.partition("=")
        change = {"+": Change.ADDS, "-": Change.TAKES_AWAY}.get(name[-1], Change.STATES)
        wanted.append(Amended(field=F(name.rstrip("+-")), change=change, text=text))
    return [*facts, *amendment(wanted, facts, by)]


def emails(facts: Sequence[Fact]) -> list[str]:
    return [held.value for held in current(facts) if held.field is F.USER_EMAIL]


def test_R1_a_person_adds_one_value_and_takes_one_away() -> None:
    facts = amended(READ, "user.email+=E@F.example", "user.email-=A@b.example")
    assert emails(facts) == ["c@d.example", "e@f.example"]
    assert [held.source.kind for held in current(facts)] == [SourceKind.PDF, SourceKind.PERSON]


def test_R1_a_slip_is_overwritten_and_the_record_says_by_whom() -> None:
    slip = amended(READ, "user.email=worng@b.example", "user.email=right@b.example", by="r-1")
    assert emails(slip) == ["worng@b.example", "right@b.example"]
    corrected = amended(slip, "user.email=wrong@b.example", "user.email=right@b.example", by="r-2")
    assert emails(corrected) == ["right@b.example", "wrong@b.example"]
    ((taken, by),) = [(gone.value, gone.source.by) for gone in taken_away(corrected)]
    assert (taken, by) == ("worng@b.example", "r-2")
    assert corrected[: len(slip)] == slip, "nothing is lost"
    assert {held.source.by for held in corrected if held.source.by} == {"r-1", "r-2"}


def test_R1_what_a_person_took_away_is_not_read_again_until_one_states_it() -> None:
    facts = amended(READ, "user.email-=a@b.example")
    again = [*facts, fact(F.USER_EMAIL, "a@b.example", SourceKind.PDF), fact(F.USER_EMAIL, "new@b.example")]
    assert emails(again) == ["c@d.example", "new@b.example"]
    assert emails(amended(again, "user.email+=a@b.example")) == ["c@d.example", "new@b.example", "a@b.example"]
    assert taken_away(amended(again, "user.email+=a@b.example")) == []


def test_R1_the_last_value_can_be_taken_away_and_nothing_stands_in_its_place() -> None:
    facts = amended(amended(READ, "user.email=x@b.example"), "user.email-=x@b.example")
    assert emails(facts) == []
    assert request_facts(facts).identifiers == ()


def test_R1_a_change_of_what_was_only_found_leaves_the_rest_found() -> None:
    found = [fact(F.USER_IP, f"192.0.2.{n}").model_copy(update={"confidence": Confidence.FOUND}) for n in (1, 2)]
    fewer = amended(found, "user.ip-=192.0.2.1")
    assert [held.value for held in current(fewer)] == ["192.0.2.2"]
    assert [held.value for held in current(amended(found, "user.email+=a@b.example"))] == [
        "a@b.example",
        "192.0.2.1",
        "192.0.2.2",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["officer.badge+=1"], "officer.badge (R4): has one value; officer.badge=VALUE puts another in its place"),
        (["gag-=yes"], "gag (N2): has one value; gag=VALUE puts another in its place"),
        (
            ["user.email-=x@y.example"],
            "user.email (R1): has no value x@y.example; it has a@b.example, c@d.example",
        ),
        (["user.ip-=192.0.2.1"], "user.ip (R1): has no value 192.0.2.1; it has none"),
        (["user.email+=A@b.example"], "user.email (R1): has the value a@b.example already"),
        (["user.email=x@y.example", "user.email-=a@b.example"], "has no value a@b.example; it has x@y.example"),
        (["user.email-=a@b.example", "user.email-=a@b.example"], "has no value a@b.example; it has c@d.example"),
        (["user.email-=nobody"], "user.email (R1): is not an email address"),
        (["meeting.host_email=a@b.example of 123"], "meeting.host_email (R1): a meeting id has 9 to 12 digits"),
        (
            ["meeting.host_email=a@b.example of 123456789"],
            "meeting.host_email (R1): the request names no meeting 123456789",
        ),
        (["meeting.host_email-=a@b.example"], "has one value"),
    ],
)
def test_R1_a_change_that_cannot_be_made_is_refused_by_field_and_clause(words: list[str], sentence: str) -> None:
    with pytest.raises(FactError) as refused:
        amended(READ, *words)
    assert sentence in str(refused.value)


def test_R1_a_person_states_the_host_and_time_of_one_of_several_meetings() -> None:
    facts = [*MEETINGS, fact(F.MEETING_HOST, "read@b.example", SourceKind.PDF)]
    one = amended(
        facts, "meeting.host_email=Own@b.example of 123-456-782", f"meeting.at={NOW.isoformat()} of 123456782"
    )
    assert [(i.value, i.host, i.at) for i in request_facts(one).identifiers] == [
        ("123456781", "read@b.example", None),
        ("123456782", "own@b.example", NOW),
    ]
    corrected = amended(one, "meeting.host_email=other@b.example of 123456782")
    assert [i.host for i in request_facts(corrected).identifiers] == ["read@b.example", "other@b.example"]
    assert [i.host for i in request_facts(amended(facts, "meeting.host_email=h@b.example")).identifiers] == [
        "h@b.example",
        "h@b.example",
    ]


def test_R1_a_meeting_and_its_host_can_be_stated_at_once() -> None:
    facts = amended((), "meeting.id=123456781", "meeting.id=123456782", "meeting.host_email=h@b.example of 123456782")
    assert [i.host for i in request_facts(facts).identifiers] == [None, "h@b.example"]


@pytest.mark.parametrize(
    "words",
    [
        ["user.email-=a@b.example"],
        ["user.email+=e@f.example"],
        ["user.email=a@b.example"],
        ["meeting.host_email=h@b.example of 123456781"],
        [f"meeting.at={NOW.isoformat()} of 123456782"],
    ],
)
def test_U2_each_amendment_makes_another_scope_so_that_no_earlier_approval_counts(words: list[str]) -> None:
    facts = [*READ, *MEETINGS]
    before, after = (scope_of("DP-2026-000001", request_facts(each)) for each in (facts, amended(facts, *words)))
    assert before.digest() != after.digest()


_VALUES = st.sampled_from([f"{name}@b.example" for name in "abc"])
_STEPS = st.lists(
    st.tuples(st.sampled_from(("read", *Change)), st.lists(_VALUES, min_size=1, max_size=2, unique=True)), max_size=8
)


@searched
@given(_STEPS)
def test_R1_what_holds_is_what_the_last_word_left(steps: list[tuple[str, list[str]]]) -> None:
    """The model: a set of values, closed to readings once a person has stated it."""
    facts: list[Fact] = []
    expected: set[str] = set()
    gone: set[str] = set()
    closed = False
    for step, values in steps:
        if step == "read":
            facts += [fact(F.USER_EMAIL, value) for value in values]
            expected |= set() if closed else set(values) - gone
            continue
        sign = {Change.STATES: "", Change.ADDS: "+", Change.TAKES_AWAY: "-"}[Change(step)]
        possible = [v for v in values if not sign or (v in expected) == (sign == "-")]
        facts = amended(facts, *(f"user.email{sign}={value}" for value in possible))
        if sign == "-":
            expected -= set(possible)
            gone |= set(possible)
            continue
        if not sign:
            expected, closed = set(), True
        expected |= set(possible)
        gone -= set(possible)
    assert set(emails(facts)) == expected
