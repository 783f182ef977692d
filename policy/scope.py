"""The scope of a request: exactly what is decided on, and the hash by which a signature binds to it (U2, R3)."""

import hashlib
import json
from datetime import date
from typing import Self

from policy.countries import HOME
from policy.epoc import Certificate
from policy.frozen import Frozen
from policy.measures import Restriction, exceeds, lies_within
from policy.request import Identifier, RequestFacts
from policy.vocabulary import Clause, DataClass, LegalProcess, Measure, RequestKind


class Narrowing(Frozen):
    """A smaller scope, told without personal data so that it can travel in a signal.

    Identifiers are named by their place in the scope, from 1. None leaves that dimension as it is.
    """

    classes: tuple[DataClass, ...] | None = None
    identifiers: tuple[int, ...] | None = None
    since: date | None = None
    until: date | None = None
    measure: Measure | None = None
    territory: str | None = None


class ScopeError(ValueError):
    """A narrowing that does not fit its scope. Names the clause; the message is a sentence for people."""

    def __init__(self, sentence: str, clause: Clause = Clause.R3) -> None:
        super().__init__(f"{clause.value}: {sentence}")


class Scope(Frozen):
    """What may be given: by which process of which country (ISO 3166-1 alpha-2; None where it is not known), which
    classes, of whom, between which days (both inclusive, UTC).

    `kind` says on what it rests: an emergency's scope has no legal process behind it (E1). `live` says that the request
    asks for interception as well, which cannot be given: no narrowing keeps it (D4). A request to restrict access asks
    for no data: `restriction` is what may be done to whom, between those days (X1). `certificate` is what a European
    certificate says of its authority and ground, by which it reaches what it does (F2).
    """

    ref: str
    round: int = 1
    kind: RequestKind = RequestKind.DISCLOSURE
    process: LegalProcess | None
    country: str | None = None
    classes: tuple[DataClass, ...]
    identifiers: tuple[Identifier, ...]
    since: date | None = None
    until: date | None = None
    live: bool = False
    restriction: Restriction | None = None
    certificate: Certificate | None = None

    @property
    def foreign(self) -> bool:
        """Whether another country's law than the provider's is at work, or nobody knows whose (F1 to F3)."""
        return self.country != HOME

    def digest(self) -> str:
        """SHA-256 of the scope's canonical JSON: what a decision signs. `round` makes each new review's digest new."""
        told = self.model_dump(mode="json", exclude={"certificate"} if self.certificate is None else None)
        body = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()

    def narrow(self, by: Narrowing) -> Self:
        """The smaller scope, of stored records alone.

        Raises:
            ScopeError: it would add a class, an identifier, a day, a measure or a territory, or leave nothing.
        """
        classes = self.classes if by.classes is None else tuple(sorted(set(by.classes)))
        if extra := set(classes) - set(self.classes):
            raise ScopeError(f"the request does not ask for {', '.join(sorted(extra))}, so a narrowing cannot add it")
        places = range(1, len(self.identifiers) + 1) if by.identifiers is None else sorted(set(by.identifiers))
        if any(place < 1 or place > len(self.identifiers) for place in places):
            raise ScopeError(f"identifiers are numbered 1 to {len(self.identifiers)}")
        since = self.since if by.since is None else by.since
        until = self.until if by.until is None else by.until
        if self.since is not None and since is not None and since < self.since:
            raise ScopeError(f"the request begins on {self.since}, so a narrowing cannot begin before it")
        if self.until is not None and until is not None and until > self.until:
            raise ScopeError(f"the request ends on {self.until}, so a narrowing cannot end after it")
        if since is not None and until is not None and since > until:
            raise ScopeError("the period would end before it begins")
        identifiers = tuple(self.identifiers[place - 1] for place in places)
        restriction = _narrowed(self.restriction, by)
        if not (classes or restriction) or not identifiers:
            raise ScopeError("nothing would be left; to give nothing, reject")
        return self.model_copy(
            update={
                "classes": classes,
                "identifiers": identifiers,
                "since": since,
                "until": until,
                "live": False,
                "restriction": restriction,
            }
        )


def _narrowed(restriction: Restriction | None, by: Narrowing) -> Restriction | None:
    """A lesser measure, in a smaller territory (X2).

    Raises:
        ScopeError: it would be a greater one, or reach further, or nothing is to be restricted at all.
    """
    if by.measure is None and by.territory is None:
        return restriction
    if restriction is None:
        raise ScopeError("the request does not ask to restrict anyone, so there is no measure to narrow", Clause.X2)
    measure, territory = by.measure or restriction.measure, by.territory or restriction.territory
    if exceeds(measure, restriction.measure):
        raise ScopeError(f"{measure.value} is more than {restriction.measure.value}, which is asked for", Clause.X2)
    if not lies_within(territory, restriction.territory):
        raise ScopeError(f"{territory} does not lie within {restriction.territory}, which is asked for", Clause.X2)
    return restriction.model_copy(update={"measure": measure, "territory": territory})


def scope_of(ref: str, facts: RequestFacts, review: int = 1, kind: RequestKind = RequestKind.DISCLOSURE) -> Scope:
    """The scope that the request asks for. `review` counts the reviews of the case, from 1.

    What an emergency discloses is given voluntarily, whatever process came with the request (18 U.S.C. 2702(b)(8)). A
    request to restrict access asks for no data (X1).
    """
    restricts = kind is RequestKind.RESTRICTION
    return Scope(
        ref=ref,
        round=review,
        kind=kind,
        process=None if kind is RequestKind.EMERGENCY else facts.process,
        country=facts.country,
        classes=() if restricts else facts.requested,
        identifiers=facts.identifiers,
        since=facts.since,
        until=facts.until,
        live=facts.live,
        restriction=_asked(facts) if restricts else None,
        certificate=facts.certificate if _is_certificate(facts, kind) else None,
    )


def _is_certificate(facts: RequestFacts, kind: RequestKind) -> bool:
    return kind is RequestKind.DISCLOSURE and facts.process is LegalProcess.EPOC


def _asked(facts: RequestFacts) -> Restriction | None:
    """The restriction that the request asks for, or None where it does not say what or where (X1)."""
    if facts.measure is None or facts.territory is None:
        return None
    return Restriction(measure=facts.measure, territory=facts.territory, violation=facts.violation)
