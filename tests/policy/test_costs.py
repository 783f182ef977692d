"""Costs: what an amount is, and when none is claimed (PR2)."""

import pytest
from pydantic import ValidationError

from policy.costs import CostBasis, Costs, costs_refusal
from policy.vocabulary import Clause, RequestKind


@pytest.mark.parametrize("amount", ["250.00", "0.50", "0.01", "123456789.99"])
def test_PR2_an_amount_has_two_decimals(amount: str) -> None:
    assert Costs(amount=amount, currency="USD", basis=CostBasis.AGREED).amount == amount


@pytest.mark.parametrize("amount", ["0.00", "00.50", "250", "250.5", "-1.00", "1,000.00", "1e3", "", "٢٥٠.٠٠"])
def test_PR2_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError):
        Costs(amount=amount, currency="USD", basis=CostBasis.AGREED)


@pytest.mark.parametrize("kind", [kind for kind in RequestKind if kind is not RequestKind.DISCLOSURE])
def test_PR2_nothing_is_claimed_for_an_emergency_or_where_nothing_is_produced(kind: RequestKind) -> None:
    refused = costs_refusal(kind, produced=False, closed=False)
    assert refused is not None
    assert refused.clause is Clause.PR2


@pytest.mark.parametrize(("produced", "closed"), [(True, False), (False, True), (True, True)])
def test_PR2_costs_are_claimed_with_the_answer_and_not_after_it(produced: bool, closed: bool) -> None:
    assert costs_refusal(RequestKind.DISCLOSURE, produced=False, closed=False) is None
    assert costs_refusal(RequestKind.DISCLOSURE, produced=produced, closed=closed) is not None
