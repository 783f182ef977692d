"""What each legal process can compel (U3, U4; 18 U.S.C. 2703; F1 to F3), and what may be given without one (E1)."""

from typing import assert_never

from policy.countries import HOME
from policy.epoc import Certificate, may_order, overreach
from policy.scope import Scope
from policy.vocabulary import DataClass, LegalProcess, RequestKind

_NON_CONTENT = frozenset({DataClass.BASIC, DataClass.RECORDS})
_ALL = _NON_CONTENT | {DataClass.CONTENT}


def compels(process: LegalProcess | None, country: str | None) -> frozenset[DataClass]:
    """The classes of data that this process of this country (ISO 3166-1 alpha-2) can lead to.

    U3: a subpoena or a court order compels basic data and records, never content. U4: a search warrant on probable
    cause compels content too. P1: a preservation letter compels nothing, it only has things kept, and so does a
    European Preservation Order Certificate.

    F2: content leaves for another country only by a CLOUD Act agreement (18 U.S.C. 2702(b)(9)), a European Production
    Order Certificate, mutual legal assistance (18 U.S.C. 3512) or letters rogatory (28 U.S.C. 1782). F1, F3: what a
    country calls its own order, subpoena or warrant can lead to basic data and records, case by case. Whether a
    channel is open to the country is in `policy.channels`.
    """
    match process:
        case None | LegalProcess.PRESERVATION_LETTER | LegalProcess.EPOC_PR:
            return frozenset()
        case LegalProcess.SUBPOENA | LegalProcess.COURT_ORDER:
            return _NON_CONTENT
        case LegalProcess.SEARCH_WARRANT:
            return _ALL if country == HOME else _NON_CONTENT
        case LegalProcess.LOCAL_ORDER:
            return _NON_CONTENT
        case (
            LegalProcess.CLOUD_ACT_ORDER | LegalProcess.EPOC | LegalProcess.MLAT_REQUEST | LegalProcess.LETTERS_ROGATORY
        ):
            return _ALL
        case _:
            assert_never(process)


def reaches(process: LegalProcess | None, country: str | None, certificate: Certificate | None) -> frozenset[DataClass]:
    """The classes of data that this process leads to, by what it says of itself.

    F2: a European Production Order Certificate reaches what its authority can order, on its ground. The others are as
    `compels` says, for every authority.
    """
    reached = compels(process, country)
    return reached & may_order(certificate or Certificate()) if process is LegalProcess.EPOC else reached


def allows(scope: Scope) -> frozenset[DataClass]:
    """The classes of data that may be given on what this scope rests.

    E1: in an emergency the law permits every class, content too, and compels none (18 U.S.C. 2702(b)(8), (c)(4)): how
    much of it averts the harm is for two people to say.
    """
    emergency = scope.kind is RequestKind.EMERGENCY
    return frozenset(DataClass) if emergency else reaches(scope.process, scope.country, scope.certificate)


def excess(scope: Scope) -> str:
    """A sentence that says how the scope goes beyond what it rests on, or the empty string where it does not."""
    beyond = sorted(set(scope.classes) - allows(scope))
    if not beyond and scope.live:
        return (
            "D4: live meetings cannot be intercepted or joined unseen; narrow it to what is stored, or reject it (U5)"
        )
    if not beyond:
        return ""
    named = ", ".join(beyond)
    match scope.process:
        case None:
            clause = "F1" if scope.foreign else "U1"
            return f"{clause}: no legal process is known, so nothing can be compelled; asked for: {named}"
        case LegalProcess.PRESERVATION_LETTER:
            return f"P1: a preservation letter has records kept, not disclosed; asked for: {named}"
        case LegalProcess.EPOC_PR:
            return f"P1: a European Preservation Order has records kept, not disclosed; asked for: {named}"
        case LegalProcess.EPOC:
            return f"{overreach(scope.certificate or Certificate())}; asked for: {named}"
        case LegalProcess.SUBPOENA | LegalProcess.COURT_ORDER if not scope.foreign:
            return f"U3: a {words(scope.process)} never compels content (a search warrant does, U4); asked for: {named}"
        case _:
            return (
                f"F2: a {words(scope.process)} of another country than the United States does not reach content; a "
                f"CLOUD Act order, a European certificate, mutual legal assistance or letters rogatory may; asked "
                f"for: {named}"
            )


def words(process: LegalProcess) -> str:
    """The process as a sentence has it."""
    return process.value.replace("_", " ")
