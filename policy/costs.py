"""Costs that are claimed for a production (PR2; 18 U.S.C. 2706)."""

from enum import StrEnum

from pydantic import Field

from policy.findings import Reason
from policy.frozen import Frozen
from policy.vocabulary import Clause, RequestKind


class CostBasis(StrEnum):
    """How the amount came about: agreed with the agency or, without agreement, set by the court (2706(b))."""

    AGREED = "agreed"
    ORDERED = "ordered"


class Costs(Frozen):
    """A reasonable amount, in units of the currency (ISO 4217) with two decimals, and how it came about."""

    amount: str = Field(pattern=r"^[1-9][0-9]{0,8}\.[0-9]{2}$|^0\.(?:0[1-9]|[1-9][0-9])$")
    currency: str = Field(pattern="^[A-Z]{3}$")
    basis: CostBasis


def costs_refusal(kind: RequestKind, *, produced: bool, closed: bool) -> Reason | None:
    """Why costs cannot be claimed for this case, or None where they can: for records, before they are given, and never
    for what danger to life makes us give."""
    if kind is RequestKind.EMERGENCY:
        return Reason(clause=Clause.PR2, detail="no costs are claimed for an emergency")
    if kind is not RequestKind.DISCLOSURE:
        return Reason(clause=Clause.PR2, detail="costs are claimed for records that are produced, and none are here")
    if produced or closed:
        return Reason(clause=Clause.PR2, detail="the case has been answered; costs are claimed with the answer")
    return None
