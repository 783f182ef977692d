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
    UNPROVEN_CLAIM = "unproven_claim"
    CLOUD_ACT = "cloud_act"
    LOCAL_ORDER = "local_order"
    RESTRICTION = "restriction"
    GAGGED_RESTRICTION = "gagged_restriction"
    FREE_MAIL = "free_mail"


class Flaw(StrEnum):
    """What can be wrong with a statement, whoever makes it. Unchecked: a verifier has not done all that is due."""

    NONE = "none"
    FORGED = "forged"
    STALE = "stale"
    OF_ANOTHER_CASE = "of_another_case"
    FROM_THE_FUTURE = "from_the_future"
    UNCHECKED = "unchecked"


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
    """Somebody says something, fitting or not; with `order`, about the order of silence with this number."""

    case: int
    by: str
    verdict: str
    flaw: Flaw = Flaw.NONE
    order: int | None = None


@dataclass(frozen=True)
class OnMail:
    """Somebody says something of the oldest mail that waits with a case."""

    case: int
    by: str
    verdict: str
    flaw: Flaw = Flaw.NONE


@dataclass(frozen=True)
class Order:
    """An order of silence about a case; `days` None states no end; a stranger is another agency."""

    case: int
    days: int | None
    stranger: bool = False
    proven: bool = True


@dataclass(frozen=True)
class Longer:
    """A request to extend a hold; with `edge` it is received so many seconds from the hold's end, and read after it."""

    case: int
    stranger: bool
    edge: int | None
    proven: bool = True


@dataclass(frozen=True)
class Reply:
    """The agency answers what it was asked."""

    case: int
    proven: bool = True


@dataclass(frozen=True)
class Withdraw:
    """The agency withdraws its request by mail."""

    case: int
    proven: bool = True


@dataclass(frozen=True)
class Block:
    """A case's sender is blocked, or no longer."""

    case: int
    ends: bool = False


@dataclass(frozen=True)
class Amend:
    """A person corrects a fact."""

    case: int
    by: str


@dataclass(frozen=True)
class Object:
    """The user objects to a production, or appeals against a restriction."""

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


Step = Open | Due | Word | OnMail | Order | Longer | Reply | Withdraw | Block | Amend | Object | SameMail | Leap

_cases = st.integers(0, 3)
_people = st.sampled_from(["vera", "rita", "ravi", "both"])
_ordinary = ["authentic", "not_authentic", "reject", "challenge", "withdraw", "ask", "uphold", "lift"]
_of_clocks = ["suspend", "suspend", "resume"]
_of_silence = ["date_gag", "tell_user", "lift_gag"]
_verdicts = st.sampled_from([*4 * ["approve"], *_ordinary, *_of_clocks])
_flaws = st.sampled_from([*4 * [Flaw.NONE], *Flaw])
_proven = st.sampled_from([True, True, False])
_opens = st.builds(Open, st.sampled_from(Sent))
_due = st.builds(Due, _cases, st.booleans())
_words = st.builds(Word, _cases, _people, _verdicts, _flaws)
_numbers = st.sampled_from([None, None, 1, 2, 3])
_of_orders = st.builds(Word, _cases, _people, st.sampled_from(_of_silence), _flaws, _numbers)
_on_mail = st.builds(OnMail, _cases, _people, st.sampled_from(["vouch", "vouch", "set_aside"]), _flaws)
_days = st.sampled_from([None, 10, 40, 200])
_orders = st.builds(Order, _cases, _days, st.sampled_from([False, False, True]), _proven)
_longer = st.builds(Longer, _cases, st.booleans(), st.sampled_from([None, None, -1, 0, 1]), _proven)
_letters = st.one_of(st.builds(Reply, _cases, _proven), st.builds(Withdraw, _cases, _proven))
_blocks = st.builds(Block, _cases, st.booleans())
_amends = st.builds(Amend, _cases, _people)
_objects = st.builds(Object, _cases)
_same = st.builds(SameMail, _cases)
_leaps = st.builds(Leap, _cases, st.sampled_from([-8, 2, 86_400]), st.sampled_from([1, 20]))
_mail = st.one_of(*2 * [_orders], _longer, _letters, _same)
_steps = st.one_of(
    *6 * [_due], *3 * [_words], _of_orders, _on_mail, *3 * [_mail], _blocks, _amends, _objects, *2 * [_leaps]
)


@st.composite
def plans(draw: st.DrawFn) -> list[Step]:
    """Some mails, then anything, in which what is due happens often enough for requests to get far."""
    opens = draw(st.lists(_opens, min_size=3, max_size=4))
    later = draw(st.lists(st.one_of(*8 * [_steps], _opens), min_size=12, max_size=30))
    return [*opens, *later]
