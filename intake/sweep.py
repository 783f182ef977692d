"""Words that reach for everybody or everything: signs of an overly broad request (R3), for the reviewer to weigh."""

import re
from collections.abc import Iterator

_DOMAIN = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,24}"
_SIGNS = (
    (
        'it asks for everybody (such as "all users") in place of named people',
        r"\b(?:(?:all|any and all)(?: of)?(?: (?:the|your|its|registered|active|other)){0,2} "
        r"(?:users|subscribers|accounts|account holders|customers|hosts)"
        r"|every(?: (?:registered|active|other))? (?:user|subscriber|account|account holder|customer|host))\b"
        r"(?! (?:and|or|that|which|are)? ?"
        r"(?:listed|named|identified|described|above|below|associated|registered|linked|belonging|set forth|with|of)\b)"
        r"|\b(?:entire|whole) (?:user base|customer base|organi[sz]ation|company|platform|database)\b",
    ),
    (
        'it asks for everything (such as "any and all records") in place of kinds of data',
        r"\b(?:any and all|each and every|all and any) (?:\w+ ){0,3}"
        r"(?:records?|information|data|documents?|communications?|content|materials?|evidence)\b"
        r"|\ball (?:records|information|data|documents) (?:of any kind|whatsoever|in your possession)\b",
    ),
    (
        "it names a whole domain in place of a person",
        rf"(?<![\w.+%*-])[*%]*@{_DOMAIN}|\b(?:entire|whole) domain\b|\b(?:all|every|any) (?:\w+ ){{0,3}}domain\b",
    ),
    (
        "it names a whole network in place of an address",
        r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}\b|[0-9a-f:]{3,39}::/\d{1,3}\b",
    ),
)
_PATTERNS = tuple((sentence, re.compile(pattern, re.I)) for sentence, pattern in _SIGNS)
_WHOLE_DOMAIN = re.compile(rf"(?:[*%]*@)?(?:\*\.)?{_DOMAIN}", re.I)


def signs_of_a_sweep(text: str) -> Iterator[str]:
    """A sentence for each kind of sign in the text. Lines end where the page does, not where the words do."""
    line = " ".join(text.split())
    return (sentence for sentence, pattern in _PATTERNS if pattern.search(line))


def is_domain(item: str) -> bool:
    """Whether what stands in the place of a person's identifier is a domain, or everybody under one (`*@b.example`)."""
    return _WHOLE_DOMAIN.fullmatch(item) is not None
