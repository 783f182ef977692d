"""What may happen to a few requests at once, as hypothesis draws it: mail, people's words, users', and time."""

from dataclasses import dataclass
from enum import StrEnum

from hypothesis import strategies as st


class Sent(StrEnum):
    """The mails that open a case, and one that must not."""

    SUBPOENA = "subpoena"
    GAGGED = "gagged"
    ENDLESS_GAG = "endless_gag"
    WARRANT = "warrant"
    GAGGED_WARRANT = "gagged_warrant"
    INCOMPLETE = "incomplete"
    NOBODY = "nobody"
    EMERGENCY = "emergency"
    PRESERVATION = "preservation"
    CLAIM = "claim"
    FREE_MAIL = "free_mail"


class Flaw(StrEnum):
    """What can be wrong with a statement, whoever makes it."""

    NONE = "none"
    FORGED = "forged"
    STALE = "stale"
    OF_ANOTHER_CASE = "of_another_case"
    FROM_THE_FUTURE = "from_the_future"


@dataclass(frozen=True)
class Open:
    """A mail is sent. A claim names the first preservation that nothing has claimed."""

    sent: Sent


@dataclass(frozen=True)
class Due:
    """Somebody does the next thing that is properly theirs to do, twice if `again` (the same statement)."""

    case: int
    again: bool = False


@dataclass(frozen=True)
class Word:
    """Somebody says something, fitting or not."""

    case: int
    by: str
    verdict: str
    flaw: Flaw


@dataclass(frozen=True)
class Order:
    """An order of silence about a case; `days` None states no end; a stranger is another agency."""

    case: int
    days: int | None
    stranger: bool


@dataclass(frozen=True)
class Longer:
    """A request to extend a hold; with `edge` it is received so many seconds from the hold's end, and read after it."""

    case: int
    stranger: bool
    edge: int | None


@dataclass(frozen=True)
class Amend:
    """A person corrects a fact."""

    case: int
    by: str


@dataclass(frozen=True)
class Object:
    """The user objects."""

    case: int


@dataclass(frozen=True)
class SameMail:
    """A case's first mail comes again."""

    case: int


@dataclass(frozen=True)
class Leap:
    """Time passes: to so many seconds from what falls due next in a case, or so many days where nothing does."""

    case: int
    seconds: int
    days: int


Step = Open | Due | Word | Order | Longer | Amend | Object | SameMail | Leap

_cases = st.integers(0, 3)
_people = st.sampled_from(["vera", "rita", "ravi", "both"])
_ordinary = ["authentic", "not_authentic", "reject", "challenge", "withdraw", "ask", "date_gag", "tell_user"]
_verdicts = st.sampled_from([*3 * ["approve"], *_ordinary])
_opens = st.builds(Open, st.sampled_from(Sent))
_due = st.builds(Due, _cases, st.booleans())
_words = st.builds(Word, _cases, _people, _verdicts, st.sampled_from([Flaw.NONE, Flaw.NONE, *Flaw]))
_orders = st.builds(Order, _cases, st.sampled_from([None, 10, 40, 200]), st.sampled_from([False, False, True]))
_longer = st.builds(Longer, _cases, st.booleans(), st.sampled_from([None, None, -1, 0, 1]))
_amends = st.builds(Amend, _cases, _people)
_objects = st.builds(Object, _cases)
_same = st.builds(SameMail, _cases)
_leaps = st.builds(Leap, _cases, st.sampled_from([-8, 2, 86_400]), st.sampled_from([1, 20]))
_steps = st.one_of(*5 * [_due], *3 * [_words], *2 * [_orders], _longer, _amends, _objects, _same, *2 * [_leaps])


@st.composite
def plans(draw: st.DrawFn) -> list[Step]:
    """Some mails, then anything, in which what is due happens often enough for requests to get far."""
    opens = draw(st.lists(_opens, min_size=3, max_size=4))
    later = draw(st.lists(st.one_of(*8 * [_steps], _opens), min_size=12, max_size=30))
    return [*opens, *later]
