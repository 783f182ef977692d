"""Who may say what."""

from dataclasses import dataclass
from datetime import datetime

REVIEWERS = frozenset({"rita", "ravi", "both"})
VERIFIERS = frozenset({"vera", "both"})
_OF_VERIFIERS = frozenset({"authentic", "not_authentic", "vouch", "set_aside"})

#: What ends a case at once, and how it has ended then.
ENDS = {"reject": "rejected", "challenge": "challenged", "withdraw": "withdrawn", "not_authentic": "not_authentic"}


@dataclass
class Says:
    """What a person says. `valid`: signed with their own key, about this case as it stands, and never said before.

    `until` is the end that they give an order of silence, `order` the number of the one that they speak of.
    """

    by: str
    verdict: str
    valid: bool = True
    until: datetime | None = None
    order: int | None = None

    @property
    def theirs(self) -> bool:
        """Whether it is this person's to say: verifiers look at papers and mail, reviewers decide."""
        return self.by in (VERIFIERS if self.verdict in _OF_VERIFIERS else REVIEWERS)
