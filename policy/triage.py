"""Which machine a message reaches: a new case, one that runs already, or a person (S1, R4, P3, N2).

Whoever knows a reference can write it into a mail, so a message changes a running case only if it comes from the case's
own agency and is proven to (`policy.authentication`), or a verifier has vouched for it. Everything else that concerns a
case is kept with it for a person: nothing is lost, and nothing happens by itself.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import assert_never

from pydantic import AwareDatetime

from policy.addresses import domain_of
from policy.frozen import Frozen
from policy.request import RequestFacts
from policy.vocabulary import Automatic, Clause, Phase, Purpose, RequestKind


class Destination(StrEnum):
    """Where a message goes.

    What concerns no case opens one, so that a person sees it and nothing is lost. Automatic mail never opens or answers
    anything: it is noted on the case that it names, a bounce of one of our letters likewise; and refused otherwise.
    """

    NEW_CASE = "new_case"
    EXTENSION = "extension"
    GAG_ORDER = "gag_order"
    WITHDRAWAL = "withdrawal"
    REPLY = "reply"
    PERSON = "person"
    NOTE = "note"
    BOUNCE = "bounce"
    REFUSED = "refused"


class Kept(StrEnum):
    """Why a message that concerns a case waits there for a person.

    Its sender is not proven, or its agency not verified; it concerns two cases; it is much the same as one before it;
    its case takes nothing in any more; it withdraws a hold, which a person ends (P3); a user writes, or somebody for
    one (N1, X3); or it says that a letter to the agency came back.
    """

    NOT_PROVEN = "not_proven"
    NOT_VERIFIED = "not_verified"
    TWO_CASES = "two_cases"
    SENT_AGAIN = "sent_again"
    FOR_READING = "for_reading"
    HOLD_WITHDRAWN = "hold_withdrawn"
    FROM_USER = "from_user"
    RETURNED = "returned"


#: What a verifier can vouch for: it then counts from when it was received. The others are for a person to read.
CONFIRMABLE = frozenset({Kept.NOT_PROVEN, Kept.NOT_VERIFIED, Kept.TWO_CASES, Kept.SENT_AGAIN})


class KeptMail(Frozen):
    """A message that waits with a case for a person; `received_at` (UTC) is when it was answered 250."""

    message_id: str
    why: Kept
    proven: bool
    received_at: AwareDatetime


class Mail(Frozen):
    """What is known of a message when its way is chosen. `listed` says that the directory knows the proven sender."""

    author: str
    purpose: Purpose | None = None
    proven: bool = False
    listed: bool = False
    has_document: bool = False
    brings_process: bool = False
    automatic: Automatic | None = None


class NamedCase(Frozen):
    """A case that a message concerns.

    `answered`: the message answers one of our letters in the case, or one of its mails. `same_id`: another message of
    the case has the same Message-ID. `same_documents`: the case has all its documents already. `verified`: a verifier
    found the case genuine. `vouched`: a verifier vouched for this very message. `untold`: a user is still to be told.
    `in_force`: what it asked for restricts a user's access now.
    """

    ref: str
    kind: RequestKind
    sender: str
    is_open: bool = True
    takes_facts: bool = False
    has_process: bool = False
    verified: bool = False
    untold: bool = False
    in_force: bool = False
    answered: bool = False
    same_id: bool = False
    same_documents: bool = False
    vouched: bool = False


class Route(Frozen):
    """A destination: the case that it concerns (with `also`, those besides), or the kind of the case that it opens."""

    to: Destination
    ref: str | None = None
    opens: RequestKind | None = None
    kept: Kept | None = None
    also: tuple[str, ...] = ()


def takes_facts(phase: Phase, missing: Collection[Clause], known: RequestFacts, said: RequestFacts) -> bool:
    """Whether a case in this phase still takes in what is said: what was approved must not change under the approval.

    A hold takes in what P2 still asks for, and nobody new: whose records are copied was settled when they were (P1), so
    another name is another preservation.
    """
    if phase is Phase.HELD:
        return bool(missing) and set(said.identifiers) <= set(known.identifiers)
    return phase in {Phase.RECEIVED, Phase.VERIFICATION, Phase.LEGAL_REVIEW}


def route(mail: Mail, named: Sequence[NamedCase]) -> Route:
    """Choose the way of a message; `named` are the cases that it concerns, in the order in which it names them."""
    if mail.automatic is not None and not mail.has_document:
        return _automatic(mail.automatic, named)
    own = [case for case in named if domain_of(case.sender) == domain_of(mail.author)]
    own.sort(key=lambda case: not (case.vouched or case.answered))  # Stable: what it answers comes first.
    to, fitting = _wanted(mail, own)
    if not fitting:
        return _elsewhere(mail, own)
    first, *others = fitting
    also = () if first.vouched or first.answered else tuple(case.ref for case in others)
    kept = _keeps(mail, to, first, two=bool(also))
    if kept is None:
        return Route(to=to, ref=first.ref)
    return Route(to=Destination.PERSON, ref=first.ref, kept=kept, also=also)


def _automatic(kind: Automatic, named: Sequence[NamedCase]) -> Route:
    """Answers of machines change nothing, whoever sends them; and answering them would never end."""
    ours = next((case.ref for case in named if case.answered), None)
    if kind is Automatic.BOUNCE and ours is not None:
        return Route(to=Destination.BOUNCE, ref=ours)
    ref = ours or next((case.ref for case in named), None)
    return Route(to=Destination.NOTE, ref=ref) if ref is not None else Route(to=Destination.REFUSED)


def _wanted(mail: Mail, own: Sequence[NamedCase]) -> tuple[Destination, list[NamedCase]]:
    """What the message wants, and the agency's own cases in which that means something."""
    match mail.purpose:
        case Purpose.PRESERVATION_EXTENSION | Purpose.PRODUCTION_CONFIRMED:
            return Destination.EXTENSION, [case for case in own if case.kind is RequestKind.PRESERVATION]
        case Purpose.NON_DISCLOSURE:
            return Destination.GAG_ORDER, [case for case in own if case.kind in _GAGGED]
        case Purpose.WITHDRAWAL:
            return Destination.WITHDRAWAL, list(own)
        case Purpose.PRESERVATION | Purpose.DISCLOSURE | Purpose.EMERGENCY | Purpose.RESTRICTION | None:
            return Destination.REPLY, [case for case in own if _is_answer(mail, case)]
        case _:
            assert_never(mail.purpose)


def _is_answer(mail: Mail, case: NamedCase) -> bool:
    """Whether the message can complete this case (R1 to R4, P2).

    One that brings legal process of its own to a case which has one is a new request, to be reviewed by itself; so is
    one that merely mentions the case. A subpoena never completes a preservation.
    """
    brings_process = mail.brings_process and not case.same_documents
    is_own_request = brings_process and not case.vouched and (case.has_process or not case.answered)
    fits = mail.purpose is None or _OPENS.get(mail.purpose, RequestKind.DISCLOSURE) is case.kind
    return case.takes_facts and fits and not is_own_request


def _keeps(mail: Mail, to: Destination, case: NamedCase, *, two: bool) -> Kept | None:
    """Why the message does not reach its case by itself; None where it does."""
    if to is Destination.WITHDRAWAL and case.kind is RequestKind.PRESERVATION and case.is_open:
        return Kept.HOLD_WITHDRAWN  # Destroying evidence on the strength of a mail is a person's to order (P3).
    if to is Destination.WITHDRAWAL and case.in_force:
        return Kept.FOR_READING  # So is letting somebody in again: a reviewer lifts a restriction (X2).
    if not (case.is_open or (to is Destination.GAG_ORDER and case.untold)):
        return Kept.FOR_READING
    if case.vouched:
        return None
    if not mail.proven:
        return Kept.NOT_PROVEN
    if to is not Destination.REPLY and not (mail.listed or case.verified):
        return Kept.NOT_VERIFIED  # A reply is looked at with its case; these act at once.
    return Kept.TWO_CASES if two else None


def _elsewhere(mail: Mail, own: Sequence[NamedCase]) -> Route:
    """A message that no running case takes in: words about a case go to a person, and a request opens its own."""
    again = next((case for case in own if case.is_open and (case.same_id or case.same_documents)), None)
    if again is not None:
        kept = Kept.FOR_READING if not again.takes_facts else Kept.SENT_AGAIN
        return Route(to=Destination.PERSON, ref=again.ref, kept=kept)
    if own and mail.purpose is None and not mail.has_document:
        return Route(to=Destination.PERSON, ref=own[0].ref, kept=Kept.FOR_READING)
    return Route(to=Destination.NEW_CASE, opens=_OPENS.get(mail.purpose, RequestKind.DISCLOSURE))


#: The kinds of case whose users are told, and so may have to be told later (N2).
_GAGGED = frozenset({RequestKind.DISCLOSURE, RequestKind.EMERGENCY, RequestKind.RESTRICTION})

_OPENS: Mapping[Purpose | None, RequestKind] = {
    Purpose.PRESERVATION: RequestKind.PRESERVATION,
    Purpose.EMERGENCY: RequestKind.EMERGENCY,
    Purpose.RESTRICTION: RequestKind.RESTRICTION,
}
