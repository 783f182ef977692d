"""The clocks in force: a case keeps the version that it was received under."""

import pytest
from pydantic import ValidationError

from policy.book import Books, BookUnknown, PolicyBook, current_book, policy_book
from policy.countries import read_countries
from policy.folder import CLOCKS, COUNTRIES, FolderError, shipped


def test_new_cases_are_received_under_a_book_that_this_build_knows() -> None:
    assert policy_book(current_book().edition) == current_book()


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
        "period_limit_days": 366,
        "remind_days": (14, 28),
        "unanswered_days": 60,
        "confirm_days": 7,
        "countries": read_countries(shipped(COUNTRIES))["2026-11"].model_dump(),
        "page_minutes": 15,
        "page_often": 8,
        "page_hourly": 72,
        "process_reminder_days": (3, 10, 21),
        "process_owed_days": 30,
        "judgement_days": 14,
        "emergency_notice_days": 90,
        "restriction_days": 90,
        "longest_restriction_days": 365,
        "late_extension_days": 7,
        "confirmed_review_days": 30,
        "gag_limit_days": 367,
        "notice_retry_days": 1,
        "notice_return_days": 7,
    }


@pytest.mark.parametrize("edit", [("hold_days = 90 ", "hold_days = 60 "), ("[14, 7]", "[14]"), ("1095", "1096")])
def test_P3_a_book_that_was_edited_counts_no_clock_of_a_case_received_before(edit: tuple[str, str]) -> None:
    """The case waits, and its people are told why; no hold ends at another time than its agency was told."""
    kept = current_book().edition
    edited = Books.read(shipped(CLOCKS).replace(*edit), shipped(COUNTRIES))
    with pytest.raises(BookUnknown, match=r"the policy book 2026-11 in clocks\.toml is not the one that cases were"):
        edited.book(kept)
    assert edited.book(edited.book("2026-11").edition).version == "2026-11", "a case received since has its own"


def test_a_new_version_beside_an_old_one_leaves_its_cases_alone() -> None:
    both = shipped(CLOCKS).replace('current = "2026-11"', 'current = "2027-01"')
    both += shipped(CLOCKS).partition("[book.2026-11]")[2].join(["[book.2027-01]", ""]).replace("= 90 ", "= 60 ")
    books = Books.read(both, shipped(COUNTRIES))
    assert books.book(current_book().edition) == current_book()
    assert (books.current, books.book("2027-01").hold_days) == ("2027-01", 60)


def test_a_clock_added_to_the_product_later_changes_no_book_that_is_silent_on_it() -> None:
    class LaterBook(PolicyBook):
        reminder_days: int = 10

    later = LaterBook.model_validate(current_book().model_dump())
    assert later.edition == current_book().edition


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (("hold_days = 90", "hold_days = '90'"), "book.2026-11.hold_days: "),
        (("hold_days = 90", "hold_days = 0"), "book.2026-11.hold_days: "),
        (("hold_days", "hold_weeks"), "book.2026-11.hold_weeks: "),
        (("link_days = 30", ""), "book.2026-11.link_days: Field required"),
        (("[book.2026-11]", "[2026-11]"), "at least one table"),
        (('current = "2026-11"', 'current = "2027-01"'), r"current: there is no \[book.2027-01\]"),
        (('current = "2026-11"', ""), "current: Field required"),
        (("[book.2026-11]", "[book.2026-11"), "line 7"),
    ],
)
def test_a_malformed_book_is_refused_with_its_file_and_key(edit: tuple[str, str], problem: str) -> None:
    with pytest.raises(FolderError, match=f"^clocks.toml: .*{problem}"):
        Books.read(shipped(CLOCKS).replace(*edit), shipped(COUNTRIES))


def test_an_unknown_version_is_named_beside_those_that_are_known() -> None:
    with pytest.raises(BookUnknown, match=r"no policy book '1999-01' in clocks.toml; known: .*2026-11"):
        policy_book("1999-01")


def test_a_book_cannot_be_changed_and_takes_no_unknown_clock() -> None:
    with pytest.raises(ValidationError):
        policy_book("2026-11").hold_days = 1  # type: ignore[misc]  # the very thing that must fail
    with pytest.raises(ValidationError):
        PolicyBook.model_validate({"version": "x", "hold_weeks": 1})
