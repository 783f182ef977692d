"""The policy book: the clocks and thresholds in force, by version. A case keeps the version it was received under.

A book is never edited once a case has been received under it: a change is a new version beside the old.
"""

from policy.frozen import Frozen


class PolicyBook(Frozen):
    """Clocks and thresholds. Days are calendar days of 24 hours, counted from an instant in UTC."""

    version: str
    hold_days: int = 90
    """P1, P3; 18 U.S.C. 2703(f): how long a preserved snapshot is kept, counted from receipt."""
    extension_days: int = 90
    """P3: the one extension, counted from the hold's first end."""
    warn_days: tuple[int, ...] = (14, 7)
    """How many days before a hold ends the agency is warned."""
    objection_days: int = 7
    """N1: how long the user may object before production; the production's due date, if later, prevails."""
    response_days: int = 14
    """R4: the response date asked for lies at least this many days after receipt."""
    link_days: int = 30
    """PR1: how long the link to a package works."""
    retention_days: int = 365 * 3
    """How long a closed case's documents and package are kept."""
    identifier_limit: int = 10
    """R3: a request that names more identifiers than this is flagged as overly broad."""


_BOOKS = {book.version: book for book in (PolicyBook(version="2026-11"),)}

#: The version under which new cases are received.
CURRENT_VERSION = "2026-11"


def policy_book(version: str) -> PolicyBook:
    """The book of that version.

    Raises:
        LookupError: this build does not know it. It must never be removed while a case lives under it.
    """
    try:
        return _BOOKS[version]
    except KeyError:
        raise LookupError(f"there is no policy book {version!r}; known: {', '.join(sorted(_BOOKS))}") from None
