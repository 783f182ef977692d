"""What each legal process can compel (U3, U4; 18 U.S.C. 2703), and what it cannot."""

from typing import assert_never

from policy.scope import Scope
from policy.vocabulary import DataClass, LegalProcess

_NON_CONTENT = frozenset({DataClass.BASIC, DataClass.RECORDS})


def compels(process: LegalProcess | None) -> frozenset[DataClass]:
    """The classes of data that this process can compel.

    U3: a subpoena or a court order compels basic data and records, never content. U4: a search warrant on probable
    cause compels content too. P1: a preservation letter compels nothing, it only has things kept.
    """
    match process:
        case None | LegalProcess.PRESERVATION_LETTER:
            return frozenset()
        case LegalProcess.SUBPOENA | LegalProcess.COURT_ORDER:
            return _NON_CONTENT
        case LegalProcess.SEARCH_WARRANT:
            return _NON_CONTENT | {DataClass.CONTENT}
        case _:
            assert_never(process)


def excess(scope: Scope) -> str:
    """A sentence that says how the scope goes beyond its process, or the empty string where it does not."""
    beyond = sorted(set(scope.classes) - compels(scope.process))
    if not beyond:
        return ""
    named = ", ".join(beyond)
    match scope.process:
        case None:
            return f"U1: no legal process is known, so nothing can be compelled; asked for: {named}"
        case LegalProcess.PRESERVATION_LETTER:
            return f"P1: a preservation letter has records kept, not disclosed; asked for: {named}"
        case LegalProcess.SUBPOENA | LegalProcess.COURT_ORDER:
            instrument = scope.process.value.replace("_", " ")
            return f"U3: a {instrument} never compels content (a search warrant does, U4); asked for: {named}"
        case LegalProcess.SEARCH_WARRANT:
            return f"U4: a search warrant does not compel {named}"
        case _:
            assert_never(scope.process)
