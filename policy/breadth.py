"""Signs of an overly broad or vague request (R3), and a narrower scope that would cure them: the reviewer decides."""

from collections.abc import Iterable
from datetime import date, timedelta

from policy.book import PolicyBook
from policy.findings import Reason
from policy.frozen import Frozen
from policy.process import reaches, words
from policy.request import RequestFacts
from policy.scope import Narrowing
from policy.vocabulary import Clause, DataClass


class Breadth(Frozen):
    """What makes a request look overly broad, and what is proposed in its place.

    `narrowing` cures every sign that a smaller scope can cure; None where there is nothing to leave out, or nothing
    would be left: then the agency is asked, or the request rejected.
    """

    flags: tuple[Reason, ...] = ()
    narrowing: Narrowing | None = None


def breadth_of(facts: RequestFacts, book: PolicyBook, received_on: date, remarks: Iterable[Reason] = ()) -> Breadth:
    """Look for signs of breadth. `remarks` are intake's, of which those under R3 are signs, too: words such as "all
    users" widen no scope, since only who is named is ever in it. `received_on` is the day of receipt, UTC.
    """
    flags: list[str] = []
    classes = tuple(sorted(set(facts.requested) & reaches(facts.process, facts.country, facts.certificate)))
    if facts.process is None:
        classes = facts.requested  # U1 asks for the process; a reviewer need not hear it twice.
    elif beyond := sorted(set(facts.requested) - set(classes)):
        flags.append(f"asks for {', '.join(beyond)}, which a {words(facts.process)} does not compel")
    since, until = facts.since, facts.until
    if set(facts.requested) - {DataClass.BASIC}:
        since, until = _period(facts, book, received_on)
        if facts.since is None or facts.until is None:
            flags.append("names no period with a beginning and an end for records or content")
        elif (since, until) != (facts.since, facts.until):
            flags.append(f"names a period of more than {book.period_limit_days} days")
    named = range(1, len(facts.identifiers) + 1)
    kept = named[: book.identifier_limit]
    if kept != named:
        flags.append(f"names {len(named)} identifiers, more than {book.identifier_limit}")
    narrowing = Narrowing(
        classes=classes if classes != facts.requested else None,
        identifiers=tuple(kept) if kept != named else None,
        since=since if since != facts.since else None,
        until=until if until != facts.until else None,
    )
    signs = [Reason(clause=Clause.R3, detail=flag) for flag in flags]
    signs += [remark for remark in remarks if remark.clause is Clause.R3]
    helps = narrowing != Narrowing() and classes and named
    return Breadth(flags=tuple(dict.fromkeys(signs)), narrowing=narrowing if helps else None)


def _period(facts: RequestFacts, book: PolicyBook, received_on: date) -> tuple[date | None, date | None]:
    """The period, no longer than the limit. It ends with the request, since nothing later was there to be asked for."""
    until = facts.until or max(received_on, facts.since or received_on)
    earliest = until - timedelta(days=book.period_limit_days - 1)
    return max(facts.since or earliest, earliest), until
