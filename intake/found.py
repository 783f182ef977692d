"""Identifiers in running text, where nobody labelled them: found as they stand, and nothing made of them (R1)."""

import ipaddress
import re
from collections.abc import Collection, Iterator
from itertools import islice

from intake.belonging import Mention, in_prose
from intake.values import EMAIL, MEETING_DIGITS, instants, refanged
from policy.addresses import domain_of, within
from policy.facts import FactError, FactField, canonical, of_meeting
from policy.official import country_of

_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w/]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:/])")
_URL = re.compile(r"https://[^\s<>\"'()\[\]]{1,500}")
#: A meeting's id follows a word for a meeting; digits alone are as likely a telephone number.
_MEETING = re.compile(
    r"\b(?:meetings?|webinars?|video ?conferences?)\b[^\d@.]{0,40}(?<![\d+])"
    rf"({MEETING_DIGITS}(?:(?:\s*,\s*|\s+and\s+){MEETING_DIGITS})*)(?![\d-])",
    re.I,
)
_MEETING_ID = re.compile(MEETING_DIGITS)
_ACCOUNT = re.compile(
    r"(?<!bank )(?<!checking )(?<!savings )(?<!card )(?<!trust )\baccount (?:numbers?|nos?\.?|ids?|#)[ :#]*"
    r"(?:is |was |of )?([A-Za-z0-9][A-Za-z0-9-]{3,29})\b",
    re.I,
)
_VERSION = re.compile(r"\b(?:version|v|ver\.|release|section|rule)\s*$", re.I)
_TELEPHONE = re.compile(r"\b(?:call|phone|tel|fax|dial|mobile)", re.I)
_HOST = re.compile(r"\bhost(?:ed)?(?: by| is| was| email)?[ :,(<]*$", re.I)
_REGISTRATION = re.compile(r"regist", re.I)


#: Addresses that are looked at in one paragraph, whether or not they are anybody's who matters.
_MOST_LOOKED_AT = 1000


def identifiers_in(text: str, ours: Collection[str], country: str | None = None) -> Iterator[tuple[FactField, str]]:
    """Each identifier in the text, in canonical form: email, IP, meeting id, registration address, account number.

    A meeting's host and time are given where its paragraph leaves no doubt whose they are; `country` is the writer's,
    for the names of time zones. Addresses of `ours` (domains) and of public authorities are left out: they are who asks
    and who is asked, not whom the request is about. Addresses that were made safe to click (`192.0.2[.]1`) are read as
    they are.
    """
    for paragraph in re.split(r"\n\s*\n", refanged(text)):
        emails = list(_emails(paragraph, ours))
        hosts = [(at, email) for field, at, email in emails if field is FactField.MEETING_HOST]
        found = [
            *((field, email) for field, _, email in emails if field is FactField.USER_EMAIL),
            *((FactField.USER_IP, address) for address in _addresses(paragraph)),
            *_meetings(paragraph, hosts, country),
            *_registrations(paragraph),
            *((FactField.ACCOUNT_NUMBER, match[1]) for match in _ACCOUNT.finditer(paragraph) if _has_digit(match[1])),
        ]
        for field, value in found:
            try:
                yield field, canonical(field, value)
            except FactError:
                continue  # It only looked like one: nothing was claimed, so nothing needs to be said.


def _emails(text: str, ours: Collection[str]) -> Iterator[tuple[FactField, int, str]]:
    """Each address, whether it is a user's or a host's, and where it stands."""
    for match in islice(EMAIL.finditer(text), _MOST_LOOKED_AT):
        domain = domain_of(match[0].rstrip("."))
        if not any(within(domain, our) for our in ours) and country_of(domain) is None:
            before = text[max(0, match.start() - 30) : match.start()]
            field = FactField.MEETING_HOST if _HOST.search(before) else FactField.USER_EMAIL
            yield field, match.start(), match[0].rstrip(".-")


def _addresses(text: str) -> Iterator[str]:
    """Addresses of machines. What leads nowhere, and the numbers of versions and rules, are none."""
    for match in (*_IPV4.finditer(text), *_IPV6.finditer(text)):
        try:
            address = ipaddress.ip_address(match[0])
        except ValueError:
            continue
        numbered = _VERSION.search(text[max(0, match.start() - 12) : match.start()])
        short = address.version == 6 and len(match[0].replace(":", "")) < 5
        if not (numbered or short or address.is_unspecified or address.is_loopback or address.is_multicast):
            yield match[0]


def _meetings(text: str, hosts: Collection[tuple[int, str]], country: str | None) -> Iterator[tuple[FactField, str]]:
    """The meetings, and those of the hosts and times that are theirs; a host that stands by itself is nobody's yet."""
    placed = [(at, Mention(FactField.MEETING_HOST, (host,))) for at, host in hosts]
    for match in _MEETING.finditer(text):
        if not _TELEPHONE.search(match[0]):
            numbers = tuple(canonical(FactField.MEETING_ID, number) for number in _MEETING_ID.findall(match[1]))
            placed.append((match.start(), Mention(FactField.MEETING_ID, numbers)))
    for at, time in instants(text, country):
        placed.append((at, Mention(FactField.MEETING_AT, (time,) if time else ())))
    mentions = [mention for _, mention in sorted(placed, key=lambda found: found[0])]
    whose = in_prose(mentions)
    for place, mention in enumerate(mentions):
        meetings = whose.get(place, ())
        for value in mention.values:
            if mention.field is FactField.MEETING_ID or (meetings is None and mention.field is FactField.MEETING_HOST):
                yield mention.field, value
            for meeting in meetings or ():
                yield mention.field, of_meeting(value, meeting)


def _registrations(text: str) -> Iterator[tuple[FactField, str]]:
    for match in _URL.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        if _REGISTRATION.search(match[0]) or _REGISTRATION.search(before):
            yield FactField.MEETING_URL, match[0].rstrip(".,;:!?")


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)
