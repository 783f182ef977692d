"""Which machine a message reaches: a new case, or one that runs already (S1, P3, N2)."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from policy.addresses import domain_of
from policy.vocabulary import Purpose, RequestKind


class Destination(StrEnum):
    """Where a message goes. What fits no running case opens one, so that a person sees it and nothing is lost."""

    NEW_REQUEST = "new_request"
    NEW_PRESERVATION = "new_preservation"
    EXTENSION = "extension"
    GAG_ORDER = "gag_order"


class NamedCase(BaseModel):
    """A case that a message names: what it is, and who sent its first message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ref: str
    kind: RequestKind
    sender: str


class Route(BaseModel):
    """A destination, and the running case where there is one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: Destination
    ref: str | None = None


def route(purpose: Purpose | None, author: str, named: tuple[NamedCase, ...]) -> Route:
    """Choose the destination.

    Only mail from the same agency's domain reaches a running case: whoever knows a reference must not be able to
    lengthen a hold or a gag with it.
    """
    own = [case for case in named if domain_of(case.sender) == domain_of(author)]
    match purpose:
        case Purpose.PRESERVATION_EXTENSION:
            hold = next((case for case in own if case.kind is RequestKind.PRESERVATION), None)
            return Route(to=Destination.EXTENSION, ref=hold.ref) if hold else Route(to=Destination.NEW_REQUEST)
        case Purpose.NON_DISCLOSURE:
            request = next((case for case in own if case.kind is RequestKind.DISCLOSURE), None)
            return Route(to=Destination.GAG_ORDER, ref=request.ref) if request else Route(to=Destination.NEW_REQUEST)
        case Purpose.PRESERVATION:
            return Route(to=Destination.NEW_PRESERVATION)
        case Purpose.DISCLOSURE | None:
            return Route(to=Destination.NEW_REQUEST)
