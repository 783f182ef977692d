"""Asking the name system: a resolver, and the bounds within which one message may ask it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

#: Questions that one message may cause. SPF needs most: ten terms, each with up to ten hosts (RFC 7208, 4.6.4).
MOST_QUESTIONS = 60
#: Seconds that one message may wait for answers, all together.
PATIENCE_SECONDS = 3.0


class RecordType(StrEnum):
    """The kinds of record that sender authentication asks for."""

    A = "A"
    AAAA = "AAAA"
    MX = "MX"
    PTR = "PTR"
    TXT = "TXT"


class NoAnswer(Exception):
    """The name system gave no answer this time; that there is no such record would have been one."""


class Resolver(Protocol):
    """Whatever answers for the name system."""

    def records(self, name: str, kind: RecordType, patience: float) -> tuple[str, ...]:
        """The records as text: a TXT's strings joined (Latin-1), an MX as `10 host`. Empty: there are none.

        `patience` is in seconds. Safe to call from several threads.

        Raises:
            NoAnswer: it cannot be said now whether there are any.
        """
        ...


@dataclass(slots=True)
class Questions:
    """What one message may ask: each thing once, not too much, and not for too long."""

    resolver: Resolver
    now: Callable[[], float] = time.monotonic
    _answers: dict[tuple[str, RecordType], tuple[str, ...]] = field(default_factory=dict)
    _asked: int = 0
    _until: float | None = None

    def records(self, name: str, kind: RecordType) -> tuple[str, ...]:
        """The records, as the resolver gives them.

        Raises:
            NoAnswer: the resolver gave none, or this message has asked enough.
        """
        key = (name.lower().rstrip("."), kind)
        if key not in self._answers:
            self._until = self.now() + PATIENCE_SECONDS if self._until is None else self._until
            self._asked += 1
            patience = self._until - self.now()
            if self._asked > MOST_QUESTIONS or patience <= 0:
                raise NoAnswer
            self._answers[key] = self.resolver.records(key[0], kind, patience)
        return self._answers[key]

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name.

        Raises:
            NoAnswer: as above.
        """
        return self.records(name, RecordType.TXT)
