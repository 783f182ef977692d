"""The scope of a request: exactly what is decided on, and the hash by which a signature binds to it (U2, R3)."""

import hashlib
import json
from datetime import date
from typing import Self

from policy.countries import HOME
from policy.frozen import Frozen
from policy.request import Identifier, RequestFacts
from policy.vocabulary import Clause, DataClass, LegalProcess, RequestKind


class Narrowing(Frozen):
    """A smaller scope, told without personal data so that it can travel in a signal.

    Identifiers are named by their place in the scope, from 1. None leaves that dimension as it is.
    """

    classes: tuple[DataClass, ...] | None = None
    identifiers: tuple[int, ...] | None = None
    since: date | None = None
    until: date | None = None


class ScopeError(ValueError):
    """A narrowing that does not fit its scope. Names the clause; the message is a sentence for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{Clause.R3.value}: {sentence}")


class Scope(Frozen):
    """What may be given: by which process of which country (ISO 3166-1 alpha-2; None where it is not known), which
    classes, of whom, between which days (both inclusive, UTC).

    `kind` says on what it rests: an emergency's scope has no legal process behind it (E1). `live` says that the request
    asks for interception as well, which cannot be given: no narrowing keeps it (D4).
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

    @property
    def foreign(self) -> bool:
        """Whether another country's law than the provider's is at work, or nobody knows whose (F1 to F3)."""
        return self.country != HOME

    def digest(self) -> str:
        """SHA-256 of the scope's canonical JSON: what a decision signs. `round` makes each new review's digest new."""
        body = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()

    def narrow(self, by: Narrowing) -> Self:
        """The smaller scope, of stored records alone.

        Raises:
            ScopeError: it would add a class, an identifier or a day, or leave nothing.
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
        if not classes or not identifiers:
            raise ScopeError("nothing would be left; to give nothing, reject")
        kept = {"classes": classes, "identifiers": identifiers, "since": since, "until": until}
        return self.model_copy(update={**kept, "live": False})


def scope_of(ref: str, facts: RequestFacts, review: int = 1, kind: RequestKind = RequestKind.DISCLOSURE) -> Scope:
    """The scope that the request asks for. `review` counts the reviews of the case, from 1.

    What an emergency discloses is given voluntarily, whatever process came with the request (18 U.S.C. 2702(b)(8)).
    """
    return Scope(
        ref=ref,
        round=review,
        kind=kind,
        process=None if kind is RequestKind.EMERGENCY else facts.process,
        country=facts.country,
        classes=facts.requested,
        identifiers=facts.identifiers,
        since=facts.since,
        until=facts.until,
        live=facts.live,
    )
