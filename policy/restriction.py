"""Restricting access: no more than is necessary, within the agency's jurisdiction, and never for ever (X1, X2)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from policy.book import PolicyBook
from policy.breadth import Breadth
from policy.findings import Reason
from policy.measures import Restriction, exceeds, lies_within, restrictable
from policy.request import Identifier, RequestFacts
from policy.scope import Narrowing, Scope
from policy.vocabulary import EVERYWHERE, Clause, Measure, Violation


def least_measure(asked: Measure, identifiers: Sequence[Identifier], violation: Violation | None) -> Measure:
    """The most that is necessary of what is asked for (X2).

    Without a violation of the terms that is a measure within a territory; and always one that can be taken against
    what is named. Where nothing so small is asked for, it is the least that there is.
    """
    fitting = [m for m in Measure if any(restrictable(identifier.kind, m) for identifier in identifiers)]
    if not fitting:
        return asked
    necessary = [m for m in fitting if violation or Restriction(measure=m, territory="").reach != EVERYWHERE]
    return max((m for m in necessary if not exceeds(m, asked)), key=list(Measure).index, default=necessary[0])


def necessity(facts: RequestFacts, book: PolicyBook) -> Breadth:
    """What a reviewer should look at twice, and what would do where less than is asked for is necessary (X1, X2)."""
    if facts.measure is None or facts.territory is None:
        return Breadth()
    measure = least_measure(facts.measure, facts.identifiers, facts.violation)
    too_much = exceeds(facts.measure, measure)
    home = facts.country
    beyond = facts.violation is None and home is not None and not lies_within(facts.territory, home)
    lesser = Narrowing(measure=measure if too_much else None, territory=home if beyond else None)
    signs: list[Reason] = []
    if too_much:
        sentence = f"asks to {_words(facts.measure)}, where it is enough to {_words(measure)}"
        signs.append(Reason(clause=Clause.X2, detail=sentence))
    if beyond:
        signs.append(Reason(clause=Clause.X1, detail=f"reaches beyond the agency's jurisdiction, {home}"))
    if facts.violation is not None:
        sentence = "says that the terms of service are violated, which is for the approvers to find"
        signs.append(Reason(clause=Clause.N4, detail=sentence))
    if facts.territory == home:
        sentence = "asks for a whole country: is the agency's own jurisdiction as large?"
        signs.append(Reason(clause=Clause.X1, detail=sentence))
    if facts.until is None:
        sentence = f"names no end: it would be lifted after {book.restriction_days} days"
        signs.append(Reason(clause=Clause.X2, detail=sentence))
    return Breadth(flags=tuple(signs), narrowing=lesser if lesser != Narrowing() else None)


def unnecessary(scope: Scope, now: datetime, *, violation_found: bool) -> str:
    """A sentence that says why this scope cannot be approved, or the empty string where it can (X1, X2).

    `violation_found` says that the approver rests it on a violation of the terms (N4) and gives the reason: only then
    is a meeting closed, or anybody restricted outside the agency's jurisdiction.
    """
    restriction = scope.restriction
    if restriction is None:
        return "X1: the request does not say which measure it asks for, or for which territory"
    unfit = [n for n, found in enumerate(scope.identifiers, 1) if not restrictable(found.kind, restriction.measure)]
    if unfit:
        named = ", ".join(map(str, unfit))
        return f"X2: to {_words(restriction.measure)} is no measure against identifier {named}; narrow to the others"
    if scope.until is not None and ends(scope.until) <= now:
        return "X2: its end lies behind us, so nothing is left to restrict"
    home = scope.country
    if home is None:
        return "X1: the agency's jurisdiction is not known; say which country it is of (amend agency.country)"
    if violation_found or lies_within(restriction.reach, home):
        return ""
    if restriction.reach == restriction.territory != EVERYWHERE:
        where = f"{restriction.territory} lies outside the agency's jurisdiction, {home}"
    else:
        where = f"to {_words(restriction.measure)} is felt beyond the agency's jurisdiction, {home}"
    return (
        f"X2: {where}; narrow it (--measure, --territory), or find a violation of the terms of service "
        "(--ground N4 and --reason)"
    )


def begins(since: date | None, applied_at: datetime) -> datetime:
    """When a restriction begins to hold (UTC): at once, or with the first instant of the day asked for."""
    return applied_at if since is None else max(applied_at, datetime.combine(since, time.min, UTC))


def ends(until: date) -> datetime:
    """When a restriction until a day ends (UTC): with that day, which is sooner for the user than anywhere else."""
    return datetime.combine(until + timedelta(days=1), time.min, UTC)


def lifted_by_itself_at(scope: Scope, applied_at: datetime, book: PolicyBook) -> datetime:
    """When a restriction is lifted by itself (UTC), the first instant at which nobody is restricted any more (X2).

    One that was approved without an end has the book's; none outlasts the book's longest, whatever was asked for:
    what is needed after that is asked for anew.
    """
    asked = ends(scope.until) if scope.until else applied_at + timedelta(days=book.restriction_days)
    return min(asked, applied_at + timedelta(days=book.longest_restriction_days))


def _words(measure: Measure) -> str:
    match measure:
        case Measure.KEEP_OUT:
            return "keep participants in the territory out of the meeting"
        case Measure.LIMIT_HOSTING:
            return "stop the user from hosting in the territory"
        case Measure.LIMIT_PARTICIPATION:
            return "stop the user from hosting and joining in the territory"
        case Measure.CLOSE_MEETING:
            return "close the meeting"
        case Measure.SUSPEND_ACCOUNT:
            return "suspend the account"
