"""Which machine a message reaches: a new case, or one that runs already (S1, P3, N2)."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import assert_never

from policy.addresses import domain_of
from policy.frozen import Frozen
from policy.request import RequestFacts
from policy.vocabulary import Clause, Phase, Purpose, RequestKind


class Destination(StrEnum):
    """Where a message goes. What fits no running case opens one, so that a person sees it and nothing is lost."""

    NEW_CASE = "new_case"
    EXTENSION = "extension"
    GAG_ORDER = "gag_order"
    REPLY = "reply"


def takes_facts(phase: Phase, missing: Collection[Clause], known: RequestFacts, said: RequestFacts) -> bool:
    """Whether a case in this phase still takes in what is said: what was approved must not change under the approval.

    A hold takes in what P2 still asks for, and nobody new: whose records are copied was settled when they were (P1), so
    another name is another preservation.
    """
    if phase is Phase.HELD:
        return bool(missing) and set(said.identifiers) <= set(known.identifiers)
    return phase in {Phase.RECEIVED, Phase.VERIFICATION, Phase.LEGAL_REVIEW}


class NamedCase(Frozen):
    """A case that a message names: what it is, who sent its first message, and whether it still takes in facts.

    `has_process` says whether it has a document that states its legal process.
    """

    ref: str
    kind: RequestKind
    sender: str
    takes_facts: bool = False
    has_process: bool = False


class Route(Frozen):
    """A destination: the running case that it reaches, or the kind of the case that it opens."""

    to: Destination
    ref: str | None = None
    opens: RequestKind | None = None


def route(
    purpose: Purpose | None,
    author: str,
    named: tuple[NamedCase, ...],
    *,
    is_reply: bool = False,
    brings_process: bool = False,
) -> Route:
    """Choose the destination.

    A reply to one of our letters adds to its case while that still takes in facts (R1 to R4). A message that brings
    legal process of its own to a case which has one is a new request: it must be reviewed by itself.
    Only mail from the same agency's domain reaches a running case: whoever knows a reference must not be able to
    lengthen a hold or a gag with it.
    """
    own = [case for case in named if domain_of(case.sender) == domain_of(author)]
    open_cases = (case for case in own if case.takes_facts and not (brings_process and case.has_process))
    answered = next((case for case in open_cases if _fits(purpose, case)), None)
    match purpose:
        case Purpose.PRESERVATION_EXTENSION:
            hold = next((case for case in own if case.kind is RequestKind.PRESERVATION), None)
            return Route(to=Destination.EXTENSION, ref=hold.ref) if hold else _new_case(purpose)
        case Purpose.NON_DISCLOSURE:
            request = next((case for case in own if case.kind in _GAGGED), None)
            return Route(to=Destination.GAG_ORDER, ref=request.ref) if request else _new_case(purpose)
        case Purpose.PRESERVATION | Purpose.DISCLOSURE | Purpose.EMERGENCY | Purpose.RESTRICTION | None:
            if is_reply and answered:
                return Route(to=Destination.REPLY, ref=answered.ref)
            return _new_case(purpose)
        case _:
            assert_never(purpose)


def _new_case(purpose: Purpose | None) -> Route:
    """What the message opens. An extension or an order of silence for nothing that runs is a request, for a person."""
    return Route(to=Destination.NEW_CASE, opens=_OPENS.get(purpose, RequestKind.DISCLOSURE))


#: The kinds of case whose users are told, and so may have to be told later (N2).
_GAGGED = frozenset({RequestKind.DISCLOSURE, RequestKind.EMERGENCY, RequestKind.RESTRICTION})

_OPENS: Mapping[Purpose | None, RequestKind] = {
    Purpose.PRESERVATION: RequestKind.PRESERVATION,
    Purpose.EMERGENCY: RequestKind.EMERGENCY,
    Purpose.RESTRICTION: RequestKind.RESTRICTION,
}


def _fits(purpose: Purpose | None, answered: NamedCase) -> bool:
    """Whether a message of this purpose can be an answer about this case: a subpoena never completes a preservation."""
    return purpose is None or _new_case(purpose).opens is answered.kind
