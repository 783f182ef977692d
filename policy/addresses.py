"""Mail domains: what one is, what lies within what, and which look like another (S1)."""

import re

_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")


def normal_domain(text: str) -> str | None:
    """The domain in lower case without a final dot, or None where it is not an ASCII host name of several labels."""
    domain = text.strip().lower().removesuffix(".")
    return domain if len(domain) <= 253 and _DOMAIN.fullmatch(domain) else None


def within(domain: str, parent: str) -> bool:
    """Whether `domain` is `parent` or below it. `evil-parent` is not."""
    return domain == parent or domain.endswith("." + parent)


def resembles(domain: str, genuine: str) -> bool:
    """Whether `domain` could be taken for `genuine` by a hurried reader, without being it or lying within it.

    Three ways are known: the genuine name stands inside another (`police.gov.evil.com`), its dots are written as
    hyphens (`police-gov.com`), or one letter is different, missing, added or swapped with its neighbour.
    """
    if within(domain, genuine):
        return False
    dashed = domain.replace(".", "-")
    inside = f"-{genuine.replace('.', '-')}-" in f"-{dashed}-"
    return inside or _one_slip(domain, genuine) or _one_slip(_plain(domain), _plain(genuine))


def _plain(domain: str) -> str:
    """The domain as the eye takes it: characters that look alike become one."""
    for seen, read in (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("5", "s")):
        domain = domain.replace(seen, read)
    return domain


def _one_slip(a: str, b: str) -> bool:
    """Whether one slip of the finger, or none, turns `a` into `b`."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if len(a) != len(b):
        longer, shorter = (rest_a, rest_b) if len(a) > len(b) else (rest_b, rest_a)
        return longer[1:] == shorter
    swapped = rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b[1:] or swapped


def domain_of(address: str) -> str:
    """The domain of a mail address that has been read already, lower case."""
    return address.rpartition("@")[2].lower()
