"""Emergencies: what makes one, what a disclosure in one rests on, and when the people on call are called (E1, E2).

18 U.S.C. 2702(b)(8) and (c)(4) let a provider disclose, and never oblige it, on a good-faith belief that an emergency
with danger of death or serious physical injury to any person requires it without delay. Genuine police mailboxes are
stolen to forge such requests, so nothing here trusts the message: a call-back and two people stand before it.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum

from policy.addresses import domain_of
from policy.book import PolicyBook
from policy.facts import Fact, FactField, SourceKind
from policy.request import EmergencyFacts
from policy.statements import Check, Statement, Verdict
from policy.vocabulary import LegalProcess

#: The subject line that E2 asks for.
SUBJECT = "EMERGENCY DISCLOSURE REQUEST"

#: Process that only has records kept: it does not settle what an agency owes after an emergency.
_KEEPS_ONLY = frozenset({LegalProcess.PRESERVATION_LETTER, LegalProcess.EPOC_PR})

_SUBJECT = re.compile(r"\bemergency[\s_-]+disclosure[\s_-]+request\b", re.IGNORECASE)


class Recognition(StrEnum):
    """What a message is, by its subject and by what it says."""

    EMERGENCY = "emergency"
    SUBJECT_ONLY = "subject_only"
    CONTENT_ONLY = "content_only"
    NOT_ONE = "not_one"


def has_subject(subject: str) -> bool:
    """Whether a subject has the line that E2 asks for, with whatever the officer or a reply put around it."""
    return _SUBJECT.search(subject) is not None


def recognise(subject: str, stated: EmergencyFacts) -> Recognition:
    """Whether a message is an emergency request (E2).

    The subject line alone is easily written, so it makes nothing urgent; what reads like danger to life without it is
    never passed over in silence.
    """
    danger = stated.nature is not None or stated.person is not None
    if has_subject(subject):
        return Recognition.EMERGENCY if danger else Recognition.SUBJECT_ONLY
    return Recognition.CONTENT_ONLY if danger else Recognition.NOT_ONE


def settles(asked_by: str, author: str, facts: Iterable[Fact]) -> bool:
    """Whether a later message brings the process owed for an emergency: in a document, from the same agency's domain.

    Whether it is genuine and what it compels is for the case that it opens.
    """
    stated = (f for f in facts if f.field is FactField.PROCESS and f.source.kind is SourceKind.PDF)
    return domain_of(author) == domain_of(asked_by) and any(f.value not in _KEEPS_ONLY for f in stated)


def unfounded(accepted: Sequence[Statement], approved_by: Sequence[str]) -> str:
    """Why the accepted statements do not carry an emergency disclosure, in a sentence; empty where they do (E1).

    They must hold a verifier's call-back, and approvals of two people, each with a reason, neither of them the
    verifier.
    """
    called = {s.by for s in accepted if s.verdict is Verdict.AUTHENTIC and Check.CALLED_BACK in s.checks}
    believed = {s.by for s in accepted if s.verdict in (Verdict.APPROVE, Verdict.NARROW) and s.reason is not None}
    approvers = set(approved_by)
    if not called:
        return "E1: nobody has confirmed the emergency by a call on a number not taken from the message"
    if len(approvers) < 2:
        return "E1: an emergency disclosure needs the approval of two people"
    if approvers & called:
        return "E1: who called back cannot approve as well"
    if not approvers <= believed:
        return "E1: each approver must have stated the good-faith belief that it rests on"
    return ""


def until_next_page(pages: int, book: PolicyBook) -> timedelta:
    """How long the people on call are given to answer, after so many calls for the same thing."""
    if pages < book.page_often:
        return timedelta(minutes=book.page_minutes)
    return timedelta(hours=1) if pages < book.page_often + book.page_hourly else timedelta(days=1)
