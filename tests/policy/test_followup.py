"""What falls due after an emergency disclosure (E1)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from policy.book import current_book
from policy.followup import FollowUp, Owed, next_due
from tests.policy.build import NOW, searched

BOOK = current_book()


def whole(state: FollowUp) -> list[tuple[int, Owed]]:
    """Everything that falls due if nobody does anything, in days after the disclosure."""
    done: set[str] = set()
    found: list[tuple[int, Owed]] = []
    while (due := next_due(state, done, BOOK)) is not None:
        assert due.step not in done
        done.add(due.step)
        found.append(((due.at - NOW) // timedelta(days=1), due.what))
    return found


def test_E1_the_agency_is_reminded_and_after_that_a_person_decides() -> None:
    assert whole(FollowUp(disclosed_at=NOW)) == [
        (3, Owed.REMINDER),
        (10, Owed.REMINDER),
        (14, Owed.JUDGEMENT_OVERDUE),
        (21, Owed.REMINDER),
        (30, Owed.PROCESS_OVERDUE),
    ]


def test_E1_process_that_came_is_asked_for_no_more_and_a_judgement_is_called_for_once() -> None:
    assert whole(FollowUp(disclosed_at=NOW, settled=True)) == [(14, Owed.JUDGEMENT_OVERDUE)]
    assert [what for _, what in whole(FollowUp(disclosed_at=NOW, judged=True))][-1] is Owed.PROCESS_OVERDUE


@searched
@given(judged=st.none() | st.booleans(), settled=st.booleans())
def test_E1_it_is_over_only_when_a_person_has_judged_it(judged: bool | None, settled: bool) -> None:
    state = FollowUp(disclosed_at=NOW, judged=judged, settled=settled)
    if judged is None:
        assert not state.over
    assert state.over == (judged is False or bool(judged and settled))
    assert state.over or next_due(state, (), BOOK) is not None, "what is open has a clock"
