"""What mail of those who were told does: it objects (N1), appeals (X3), or waits for a person.

An objection only has a reviewer look again, so the account's address in From is enough. An appeal is answered at that
address, so its domain must be proven to have sent it: nobody gets answers to what somebody else wrote in their name.
"""

from collections.abc import Sequence
from enum import StrEnum

from policy.frozen import Frozen


class UserWord(StrEnum):
    """What a user's message does."""

    OBJECTS = "objects"
    APPEALS = "appeals"
    IS_READ = "is_read"


class ToldUser(Frozen):
    """A user whom a message concerns. `n` is the number of their account in the case `ref`, None where the message
    comes from another address than the one that was told.

    `may_object`: the objection window was open when the message was received, or stood still. `may_appeal`: the
    restriction was in force.
    """

    ref: str
    n: int | None = None
    may_object: bool = False
    may_appeal: bool = False


def user_of(concerned: Sequence[ToldUser]) -> ToldUser | None:
    """Of those whom a message concerns, in the order in which it names their cases, the one who wrote it; else the
    first, for whom somebody else may write."""
    return next((user for user in concerned if user.n is not None), concerned[0] if concerned else None)


def is_from_user(user: ToldUser, *, official: bool, to_users: bool) -> bool:
    """Whether a message that concerns a told user is theirs to write, rather than an agency's: they wrote it, or it
    came to the address for users (`to_users`) from no authority. An authority's mail to the one address for requests is
    a request, even where somebody there was told about their own account (S1)."""
    if official:
        return to_users and user.n is not None
    return to_users or user.n is not None


def word_of(user: ToldUser, *, proven: bool, says_something: bool) -> UserWord:
    """What the message does; `says_something` is whether it has words of its own."""
    if user.n is not None and user.may_object:
        return UserWord.OBJECTS
    if user.n is not None and user.may_appeal and proven and says_something:
        return UserWord.APPEALS
    return UserWord.IS_READ
