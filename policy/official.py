"""Domain suffixes that only public authorities can register, with their country (S1).

A suffix helps and never suffices: about one government domain in ten has none, and not everyone under one may ask for
data. The agency directory decides; an unlisted domain under these suffixes goes to a person, who calls back. The list
is `suffixes.toml` of the provider folder.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from policy.addresses import normal_domain, within
from policy.folder import SUFFIXES, FolderError, shipped, table


def read_suffixes(text: str) -> Mapping[str, str]:
    """Read `suffixes.toml`: suffix to country, ISO 3166-1 alpha-2 (EU for the Union's own institutions).

    Raises:
        FolderError: a country is not two capital letters, or a suffix is malformed or stands under two countries.
    """
    found: dict[str, str] = {}
    for country, suffixes in table(SUFFIXES, text).items():
        if not re.fullmatch("[A-Z]{2}", country) or not isinstance(suffixes, list):
            raise FolderError(f"{SUFFIXES}: {country}: a country is two capital letters, and has a list of suffixes")
        for suffix in suffixes:
            # Below any name: a suffix may be a single label, which is no mail domain by itself.
            if not isinstance(suffix, str) or normal_domain(f"x.{suffix}") != f"x.{suffix}":
                raise FolderError(f"{SUFFIXES}: {country}: {suffix!r} is not a domain suffix in lower case")
            if found.setdefault(suffix, country) != country:
                raise FolderError(f"{SUFFIXES}: {country}: {suffix} stands under {found[suffix]} already")
    return MappingProxyType(found)


_suffixes = read_suffixes(shipped(SUFFIXES))


def adopt_suffixes(suffixes: Mapping[str, str]) -> None:
    """Go by another provider's list from now on: once, at the start of a process, before any mail is looked at."""
    global _suffixes  # One provider a process; who wrote is judged in many places, always by the same list.
    _suffixes = suffixes


def official_suffixes() -> Iterable[str]:
    """Every suffix of the list."""
    return _suffixes.keys()


def country_of(domain: str) -> str | None:
    """The country whose official suffix the domain lies under, or None. The bare suffix is nobody's mail domain."""
    return next((country for suffix, country in _suffixes.items() if domain != suffix and within(domain, suffix)), None)
