"""What a restriction of access does and where: measures from the least to the most, and territories (X1, X2)."""

from policy.frozen import Frozen
from policy.request import IdentifierKind
from policy.vocabulary import EVERYWHERE, Measure, Violation

#: Measures that hold in a territory; the others hold wherever the user or the participants are.
_IN_A_TERRITORY = frozenset({Measure.KEEP_OUT, Measure.LIMIT_HOSTING, Measure.LIMIT_PARTICIPATION})
_ABOUT_A_MEETING = frozenset({Measure.KEEP_OUT, Measure.CLOSE_MEETING})
_MEETINGS = frozenset({IdentifierKind.MEETING, IdentifierKind.REGISTRATION_URL})
#: A display name and an IP address can be several people's, and a restriction must not fall on the wrong one (X2).
_USERS = frozenset({IdentifierKind.USER_EMAIL, IdentifierKind.OWNER_EMAIL, IdentifierKind.ACCOUNT_NUMBER})


def exceeds(one: Measure, other: Measure) -> bool:
    """Whether the first measure is more than the second, in the order in which `Measure` names them."""
    return list(Measure).index(one) > list(Measure).index(other)


def about_a_meeting(measure: Measure) -> bool:
    """Whether the measure is taken against a meeting; the others are taken against a user."""
    return measure in _ABOUT_A_MEETING


def restrictable(kind: IdentifierKind, measure: Measure) -> bool:
    """Whether a measure can be taken against what is named in this way."""
    return kind in (_MEETINGS if about_a_meeting(measure) else _USERS)


def lies_within(inner: str, outer: str) -> bool:
    """Whether one territory is another or a part of it: US-IL lies within US, and everything lies within everywhere."""
    return outer in (EVERYWHERE, inner) or inner.startswith(f"{outer}-")


class Restriction(Frozen):
    """A measure, the territory it is asked for (ISO 3166-1 or 3166-2, or `EVERYWHERE`), and the violation of the terms
    of service that the request speaks of, if any (N4)."""

    measure: Measure
    territory: str
    violation: Violation | None = None

    @property
    def reach(self) -> str:
        """Where it is felt: the territory or, of a measure that knows no territory, everywhere."""
        return self.territory if self.measure in _IN_A_TERRITORY else EVERYWHERE
