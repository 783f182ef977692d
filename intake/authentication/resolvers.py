"""The two resolvers: the system's, and a zone file for machines and tests that must not depend on a network."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import dns.exception
import dns.name
import dns.resolver
import dns.zone

from intake.authentication.names import NoAnswer, RecordType
from policy.addresses import within

#: Seconds for one question, however patient the asker is.
_ONE_QUESTION_SECONDS = 2.0
_MOST_CACHED = 5000
#: Names that the public name system never has (RFC 6761): not worth a question.
_RESERVED = ("example", "invalid", "test", "localhost")


class ZoneFileError(ValueError):
    """A zone file that cannot be used. The message is a sentence for people."""


class SystemResolver:
    """Asks the name servers of this machine's configuration, which are trusted: use ones that validate DNSSEC."""

    def records(self, name: str, kind: RecordType, patience: float) -> tuple[str, ...]:
        """As `Resolver.records`."""
        asked = _name(name)
        if asked is None or any(within(name, top) for top in _RESERVED):
            return ()
        try:
            answer = self._resolver.resolve(asked, kind.value, lifetime=min(patience, _ONE_QUESTION_SECONDS))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise NoAnswer from error
        return _texts(answer)

    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver()
        resolver.cache = dns.resolver.LRUCache(_MOST_CACHED)
        return resolver


class ZoneFile:
    """Answers from one file in the format of RFC 1035, with full names; what it does not hold does not exist."""

    def __init__(self, text: str) -> None:
        """Read the zone's text.

        Raises:
            ZoneFileError: it is not one.
        """
        try:
            self._zone = dns.zone.from_text(text, origin=dns.name.root, relativize=False, check_origin=False)
        except (dns.exception.DNSException, ValueError) as error:
            raise ZoneFileError(f"it is not a zone file (RFC 1035): {error}") from error

    def records(self, name: str, kind: RecordType, patience: float) -> tuple[str, ...]:
        """As `Resolver.records`; it always knows."""
        asked = _name(name)
        found = self._zone.get_rdataset(asked, kind.value) if asked is not None else None
        return _texts(found or ())


def resolver_from(setting: str) -> SystemResolver | ZoneFile:
    """The resolver that a setting names: `system`, or the path of a zone file.

    Raises:
        ZoneFileError: the file cannot be read, or is no zone file.
    """
    if setting == "system":
        return SystemResolver()
    try:
        return ZoneFile(Path(setting).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ZoneFileError(f"{setting} cannot be read: {error}") from error
    except ZoneFileError as error:
        raise ZoneFileError(f"{setting}: {error}") from error


def _name(text: str) -> dns.name.Name | None:
    """The name, or None where no such name can exist."""
    try:
        return dns.name.from_text(text)
    except (dns.exception.DNSException, UnicodeError):
        return None


def _texts(records: Iterable[Any]) -> tuple[str, ...]:
    return tuple(
        b"".join(record.strings).decode("latin-1") if hasattr(record, "strings") else record.to_text().rstrip(".")
        for record in records
    )
