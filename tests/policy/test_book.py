"""The clocks in force: a case keeps the version that it was received under."""

import pytest
from pydantic import ValidationError

from policy.book import CURRENT_VERSION, PolicyBook, policy_book


def test_new_cases_are_received_under_a_book_that_this_build_knows() -> None:
    assert policy_book(CURRENT_VERSION).version == CURRENT_VERSION


def test_the_book_of_2026_11_stays_as_it_was() -> None:
    """Cases live under it: a change of a clock is a new version, never an edit."""
    assert policy_book("2026-11").model_dump() == {
        "version": "2026-11",
        "hold_days": 90,
        "extension_days": 90,
        "warn_days": (14, 7),
        "objection_days": 7,
        "response_days": 14,
        "link_days": 30,
        "retention_days": 1095,
        "identifier_limit": 10,
    }


def test_an_unknown_version_is_named_beside_those_that_are_known() -> None:
    with pytest.raises(LookupError, match=r"no policy book '1999-01'; known: .*2026-11"):
        policy_book("1999-01")


def test_a_book_cannot_be_changed_and_takes_no_unknown_clock() -> None:
    with pytest.raises(ValidationError):
        policy_book("2026-11").hold_days = 1  # type: ignore[misc]  # the very thing that must fail
    with pytest.raises(ValidationError):
        PolicyBook.model_validate({"version": "x", "hold_weeks": 1})
