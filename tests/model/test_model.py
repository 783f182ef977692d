"""Any order of events leaves every request as the policy, told a second time, says that it must be left.

A few plans here; many with `python -m tests.model`.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.model.plan import (
    Amend,
    Block,
    Due,
    Flaw,
    Leap,
    Longer,
    Object,
    OnMail,
    Open,
    Order,
    Reply,
    Sent,
    Step,
    Withdraw,
    Word,
    plans,
)
from tests.model.player import Player
from tests.world import World

_MANY = int(os.environ.get("MODEL_EXAMPLES", "0"))
_IN_ONE_WORLD = int(os.environ.get("MODEL_IN_ONE_WORLD", "10"))
_phases = (Phase.explicit, Phase.generate, Phase.shrink) if _MANY else (Phase.explicit, Phase.generate)

#: Orders of events that were once gone through wrongly, or nearly.
_TRAPS: dict[str, list[Step]] = {
    "a shorter order during the review does not end a longer one": [
        *(Open(Sent.GAGGED_WARRANT), Due(0), Order(0, 10, False), Due(0), Due(0), Leap(0, -8, 1), Leap(0, 2, 1)),
    ],
    "a further order without an end waits for a person": [
        *(Open(Sent.ENDLESS_GAG), Due(0), Word(0, "rita", "tell_user", Flaw.NONE), Order(0, None, False)),
        *(Word(0, "rita", "approve", Flaw.NONE), Leap(0, 2, 20), Due(0)),
    ],
    "an extension in time that is vouched for after the end": [
        *(Open(Sent.PRESERVATION), Due(0), Longer(0, False, -1, proven=False), OnMail(0, "vera", "vouch")),
    ],
    "an emergency's user is told after the delay and after the order": [
        *(Open(Sent.EMERGENCY), Due(0), Due(0), Due(0, True), Order(0, 200, False)),
        *(Word(0, "rita", "tell_user", Flaw.NONE), Leap(0, -8, 1), Leap(0, 2, 1)),
    ],
    "what comes while clocks stand still counts when they go on": [
        *(Open(Sent.GAGGED), Open(Sent.EMERGENCY), Open(Sent.SUBPOENA), Open(Sent.PRESERVATION)),
        *(Due(0), Due(0), Due(1), Due(1), Due(1), Due(2), Due(2)),
        *(Word(case, "rita", "suspend") for case in range(4)),
        *(Leap(0, 2, 20), Leap(0, 2, 20), Order(0, 10), Object(2), Longer(3, False, None)),
        *(Due(0), Due(1), Due(2), Due(3), Leap(0, -8, 1), Leap(0, 2, 1), Leap(1, -8, 1), Leap(1, 2, 1), Due(2)),
    ],
    "mail that nobody vouched for answers nothing": [
        *(Open(Sent.SUBPOENA), Open(Sent.INCOMPLETE), Open(Sent.SUBPOENA), Due(0), Word(0, "rita", "ask")),
        *(Reply(0, proven=False), Reply(1, proven=False), Due(2), Order(2, 40, proven=False)),
        *(OnMail(1, "both", "vouch"), OnMail(2, "vera", "vouch", Flaw.FORGED), OnMail(2, "rita", "vouch")),
        *(OnMail(2, "vera", "vouch"), Due(2), Leap(0, -8, 1), Leap(0, 2, 1)),
    ],
    "a mailbox in other hands": [
        *(Open(Sent.WARRANT), Open(Sent.SUBPOENA), Open(Sent.PRESERVATION), Due(0), Due(0), Due(1), Due(1), Due(2)),
        *(Block(0), Block(1), Block(2), Word(0, "ravi", "approve"), Withdraw(1), Longer(2, False, None)),
        *(Leap(1, 2, 20), Due(0), Due(0), Due(0), Due(1), Due(1), Due(2), Block(2, ends=True), Longer(2, False, None)),
    ],
    "one order of several, and a ruling that sets nothing aside": [
        *(Open(Sent.ENDLESS_GAG), Open(Sent.ENDLESS_GAG), Due(0), Due(1), Order(0, None), Order(0, 200)),
        *(Word(0, "rita", "date_gag", order=1), Word(0, "rita", "approve"), Word(0, "rita", "tell_user", order=3)),
        *(Word(0, "rita", "tell_user", order=2), Due(0), Word(0, "rita", "lift_gag", order=3)),
        *(Word(1, "rita", "date_gag"), Word(1, "rita", "tell_user"), Due(1), Leap(0, -8, 1), Leap(0, 2, 1)),
    ],
    "access is restricted, appealed, withdrawn by mail, and given back": [
        *(Open(Sent.RESTRICTION), Open(Sent.RESTRICTION), Due(0), Due(0), Due(0), Due(1), Due(1), Due(1), Object(0)),
        *(Word(0, "rita", "uphold"), Word(0, "both", "uphold"), Withdraw(0), Block(0), Due(0)),
        *(Word(1, "rita", "lift"), Leap(0, -8, 1), Leap(0, 2, 1)),
    ],
}

#: The same, which plain tests go through as well: for `make model`.
_TOLD_PLAINLY_TOO: dict[str, list[Step]] = {
    "a hold is claimed, extended and given back": [
        *(Open(Sent.PRESERVATION), Due(0), Open(Sent.CLAIM), Longer(0, False, None), Due(1), Due(1)),
        *(Leap(1, 2, 20), Leap(0, -8, 1), Leap(0, 2, 1)),
    ],
    "an extension one second before the end, and a second one": [
        *(Open(Sent.PRESERVATION), Due(0), Longer(0, False, -1), Longer(0, False, -1)),
    ],
    "an extension at the very end": [Open(Sent.PRESERVATION), Due(0), Longer(0, False, 0)],
    "people who may not, and an objection": [
        *(Open(Sent.WARRANT), Open(Sent.INCOMPLETE), Open(Sent.SUBPOENA)),
        *(Word(0, "rita", "authentic", Flaw.NONE), Word(0, "both", "authentic", Flaw.NONE)),
        *(Word(0, "both", "approve", Flaw.NONE), Word(0, "vera", "approve", Flaw.NONE)),
        *(Word(0, "rita", "approve", flaw) for flaw in Flaw if flaw is not Flaw.NONE),
        *(Due(0, True), Word(0, "rita", "approve", Flaw.NONE), Due(0, True)),
        *(Amend(1, "rita"), Word(1, "vera", "authentic", Flaw.NONE), Word(1, "rita", "approve", Flaw.NONE), Due(1)),
        *(Due(2), Due(2), Object(2), Word(2, "vera", "approve", Flaw.NONE), Leap(0, -8, 1), Leap(0, 2, 1), Due(2)),
    ],
}
_PLAYED = _TRAPS | (_TOLD_PLAINLY_TOO if _MANY else {})


@pytest.mark.parametrize("trap", _PLAYED)
async def test_S1_R4_N2_N3_P3_X2_X3_an_order_of_events_that_is_easily_gone_through_wrongly(
    world: World, trap: str
) -> None:
    await Player(world).play(_PLAYED[trap])


@pytest.mark.parametrize("_batch", range(max(1, _MANY // _IN_ONE_WORLD)))
@settings(
    max_examples=_IN_ONE_WORLD if _MANY else 1,
    derandomize=not _MANY,
    database=None,
    phases=_phases,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
@given(plan=plans())
async def test_I1_I2_I4_I5_I6_whatever_happens_the_policy_is_kept(world: World, plan: list[Step], _batch: int) -> None:
    await Player(world).play(plan)
