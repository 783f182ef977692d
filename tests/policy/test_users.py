"""What a told user's mail does: an objection only costs a look, an appeal is answered, all else a person reads."""

import pytest

from policy.users import ToldUser, UserWord, is_from_user, user_of, word_of

STRANGER = ToldUser(ref="DP-2026-000001")
TOLD = ToldUser(ref="DP-2026-000002", n=1)
CAN_OBJECT = ToldUser(ref="DP-2026-000002", n=1, may_object=True)
RESTRICTED = ToldUser(ref="DP-2026-000003", n=1, may_appeal=True)


@pytest.mark.parametrize(
    ("user", "proven", "says_something", "word"),
    [
        (CAN_OBJECT, True, True, UserWord.OBJECTS),
        (CAN_OBJECT, False, True, UserWord.OBJECTS),
        (CAN_OBJECT, False, False, UserWord.OBJECTS),
        (RESTRICTED, True, True, UserWord.APPEALS),
        (RESTRICTED, False, True, UserWord.IS_READ),
        (RESTRICTED, True, False, UserWord.IS_READ),
        (TOLD, True, True, UserWord.IS_READ),
        (STRANGER, True, True, UserWord.IS_READ),
        (STRANGER.model_copy(update={"may_object": True, "may_appeal": True}), True, True, UserWord.IS_READ),
    ],
)
def test_N1_X3_what_a_users_message_does(user: ToldUser, proven: bool, says_something: bool, word: UserWord) -> None:
    assert word_of(user, proven=proven, says_something=says_something) is word


def test_N1_X3_of_several_cases_it_is_the_one_whose_user_wrote() -> None:
    assert user_of([STRANGER, TOLD]) == TOLD
    assert user_of([STRANGER, STRANGER.model_copy(update={"ref": "DP-2026-000009"})]) == STRANGER
    assert user_of([]) is None


@pytest.mark.parametrize(
    ("user", "official", "to_users", "taken"),
    [
        (TOLD, False, False, True),
        (TOLD, False, True, True),
        (TOLD, True, True, True),
        (TOLD, True, False, False),
        (STRANGER, False, True, True),
        (STRANGER, False, False, False),
        (STRANGER, True, True, False),
    ],
)
def test_S1_N1_an_authority_writes_requests_and_a_user_does_not(
    user: ToldUser, official: bool, to_users: bool, taken: bool
) -> None:
    assert is_from_user(user, official=official, to_users=to_users) is taken
