"""Where a registry ends and an organisation begins: the public suffix list, and the official suffixes with it.

The list ships with its package and is dated; nothing is fetched.
"""

from functools import cache

from publicsuffixlist import PublicSuffixList

from policy.addresses import within
from policy.official import official_suffixes


@cache
def _listed() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


def public_suffix(domain: str) -> str:
    """The part below which anybody, or any authority of a country, can register: `com`, `co.uk`, `go.ke`.

    An official suffix is one too: agencies under `europa.eu` or `bund.de` are strangers to each other.
    """
    found: str | None = _listed().publicsuffix(domain)
    official = (suffix for suffix in official_suffixes() if domain != suffix and within(domain, suffix))
    return max((found or domain, *official), key=len)


def organizational_domain(domain: str) -> str:
    """The domain that an organisation registered (RFC 7489, 3.2); a public suffix stands for itself."""
    suffix = public_suffix(domain)
    if domain == suffix:
        return domain
    above = domain.removesuffix("." + suffix)
    return f"{above.rpartition('.')[2]}.{suffix}"
