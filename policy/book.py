"""The policy book: the clocks and thresholds in force, by version. A case keeps the book it was received under.

The books are data, in `clocks.toml` of the provider folder. One is never edited once a case has been received under it:
a change is a new version beside the old. A case therefore keeps a book's version and a hash of its content, and no
clock of a case is ever counted by a book that says something else.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field

from policy.countries import Countries, read_countries
from policy.folder import CLOCKS, COUNTRIES, FolderError, checked, shipped, table
from policy.frozen import Frozen

Days = Annotated[int, Field(strict=True, ge=1, le=36_500)]


class PolicyBook(Frozen):
    """Clocks and thresholds. Days are calendar days of 24 hours, counted from an instant in UTC.

    A clock that is added later has a default, the same as what was done before: it changes no older book.
    """

    version: str = Field(pattern=r"^[A-Za-z0-9.-]{1,20}$")
    hold_days: Days
    """P1, P3; 18 U.S.C. 2703(f): how long a preserved snapshot is kept, counted from receipt."""
    extension_days: Days
    """P3: the one extension, counted from the hold's first end."""
    warn_days: tuple[Days, ...]
    """How many days before a hold ends the agency is warned."""
    objection_days: Days
    """N1: how long the user may object before production; the production's due date, if later, prevails."""
    response_days: Days
    """R4: the response date asked for lies at least this many days after receipt."""
    link_days: Days
    """PR1: how long the link to a package works."""
    retention_days: Days
    """How long a closed case's documents and package are kept."""
    identifier_limit: Annotated[int, Field(strict=True, ge=1)]
    """R3: a request that names more identifiers than this is flagged as overly broad."""
    period_limit_days: Days
    """R3: a request for records or content of a longer period is flagged as overly broad."""
    remind_days: tuple[Days, ...]
    """R1 to R4, P2, U2: how many days after it was asked an agency that has not answered is reminded."""
    unanswered_days: Days
    """R1 to R4, U2: how many days after it was asked a request without an answer is closed."""
    confirm_days: Days
    """S1, P3: how long a deadline waits for a person to confirm mail that came in time and is not proven."""
    countries: Countries
    """F1 to F3, G4: which channels are open to which countries, and whose requests are looked at more closely."""
    page_minutes: Annotated[int, Field(strict=True, ge=1)] = 15
    """E1, F2: while what has hours waits for a person, whoever is on call is called again after so many minutes."""
    page_often: Annotated[int, Field(strict=True, ge=1)] = 8
    """E1: after so many calls without an answer the next ones are an hour apart."""
    page_hourly: Annotated[int, Field(strict=True, ge=0)] = 72
    """E1: and after so many of those a day, without an end: a case may wait for months, and its history has a limit."""
    process_reminder_days: tuple[Days, ...] = (3, 10, 21)
    """E1: how many days after an emergency disclosure the agency is reminded of the legal process that it owes."""
    process_owed_days: Days = 30
    """E1: owed process that has not come so many days after the disclosure is a person's to decide on."""
    judgement_days: Days = 14
    """E1: within so many days of the disclosure a reviewer states whether it was an emergency."""
    emergency_notice_days: Days = 90
    """N1: how many days after an emergency disclosure the user is told, unless a reviewer lets them be told before."""
    restriction_days: Days
    """X2: how long a restriction lasts that was approved without an end."""
    longest_restriction_days: Days
    """X2: no restriction lasts longer than this; what is needed after it is asked for anew."""

    late_extension_days: Days = 7
    """P3: an extension asked for less than so many days before the hold's end is given, and a person looks at it."""
    confirmed_review_days: Days = 30
    """P3: how often a reviewer looks at a hold that is kept for a production order which was confirmed."""
    gag_limit_days: Days = 367
    """N2: an order of silence that runs longer is shown to the reviewer: a year, and a day that ends anywhere."""
    notice_retry_days: Days = 1
    """N1: a notice that came back is sent once more after so many days; one that comes back again is a person's."""
    notice_return_days: Days = 7
    """N1: how long a notice that nobody can object to may still come back; mail systems try for four or five days."""

    @property
    def edition(self) -> str:
        """What a case keeps: the version and the beginning of the SHA-256 of all that the book says."""
        content = json.dumps(self.model_dump(mode="json", exclude_defaults=True), sort_keys=True)
        return f"{self.version}@{hashlib.sha256(content.encode()).hexdigest()[:16]}"


class BookUnknown(LookupError):
    """No such book, or one that has been edited since: nothing may be counted by another. A sentence for people."""


class Books(Frozen):
    """Every book that a case may still live under, and which of them new cases are received under."""

    current: str
    books: tuple[PolicyBook, ...]

    @classmethod
    def read(cls, text: str, countries: str) -> Self:
        """Read `clocks.toml`: `current`, and one table `[book.VERSION]` for each version, which names its edition of
        `countries.toml`.

        Raises:
            FolderError: a clock is missing, unknown or out of range, `current` is no book of the file, or a book names
                no edition of the countries.
        """
        editions = read_countries(countries)
        read = table(CLOCKS, text)
        tables = read.pop("book", {})
        if not isinstance(tables, Mapping) or not tables:
            raise FolderError(f"{CLOCKS}: it needs at least one table [book.VERSION]")
        books: list[PolicyBook] = []
        for version, clocks in tables.items():
            if not isinstance(clocks, Mapping) or "version" in clocks:
                raise FolderError(f"{CLOCKS}: book.{version} must be a table of clocks, whose name is its version")
            named = clocks.get("countries")
            if not isinstance(named, str) or named not in editions:
                raise FolderError(f"{CLOCKS}: book.{version}.countries must name an edition of {COUNTRIES}")
            values = {"version": version, **clocks, "countries": editions[named]}
            books.append(checked(CLOCKS, PolicyBook, values, f"book.{version}"))
        found = checked(CLOCKS, cls, {**read, "books": books})
        if found.current not in tables:
            raise FolderError(f"{CLOCKS}: current: there is no [book.{found.current}]")
        return found

    def book(self, edition: str) -> PolicyBook:
        """The book of that edition, or of a version alone.

        Raises:
            BookUnknown: it is not here, or says something else than it did.
        """
        version = edition.partition("@")[0]
        for book in self.books:
            if edition in (book.version, book.edition):
                return book
            if version == book.version:
                raise BookUnknown(
                    f"the policy book {version} in {CLOCKS} is not the one that cases were received under "
                    f"({edition}, now {book.edition}): undo the edit, and put the change into a new version"
                )
        known = ", ".join(sorted(book.version for book in self.books))
        raise BookUnknown(f"there is no policy book {version!r} in {CLOCKS}; known: {known}")


_books = Books.read(shipped(CLOCKS), shipped(COUNTRIES))


def adopt_books(books: Books) -> None:
    """Go by another provider's books from now on: once, at the start of a process, before any case is looked at."""
    global _books  # One provider a process: workflows and activities look its books up by what a case keeps.
    _books = books


def current_book() -> PolicyBook:
    """The book under which new cases are received."""
    return _books.book(_books.current)


def policy_book(edition: str) -> PolicyBook:
    """The book that a case keeps.

    Raises:
        BookUnknown: the provider folder does not have it, or has edited it. What needs it waits until it is back.
    """
    return _books.book(edition)
