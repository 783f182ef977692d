"""What crosses a border is frozen and closed, and an error about it does not quote it."""

import importlib
import pkgutil
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import contract
import policy
from policy.facts import Fact
from policy.frozen import Frozen
from policy.request import Identifier
from policy.statements import Statement
from tests.policy.build import NOW, identifiers

SECRET = "jane.doe@mail.example"


def values_of(package: Any) -> list[type[BaseModel]]:
    modules = [importlib.import_module(m.name) for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    named = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    own = (v for v in named if issubclass(v, BaseModel) and v.__module__.startswith(f"{package.__name__}."))
    return sorted(own, key=lambda value: (value.__module__, value.__name__))


@pytest.mark.parametrize("value", [*values_of(policy), *values_of(contract)])
def test_every_value_is_frozen_closed_and_discreet(value: type[BaseModel]) -> None:
    assert issubclass(value, Frozen)
    held = {name: value.model_config.get(name) for name in ("frozen", "extra", "hide_input_in_errors")}
    assert held == {"frozen": True, "extra": "forbid", "hide_input_in_errors": True}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Identifier, {"kind": SECRET, "value": "x"}),
        (Identifier, {"kind": "user_email", "value": [SECRET]}),
        (Identifier, {"kind": "meeting", "value": "1", "at": SECRET}),
        (Identifier, {"kind": "user_email", "value": "x", "note": SECRET}),
        (Fact, {"field": "user.email", "value": SECRET, "source": {"kind": SECRET}}),
        (Statement, {"ref": SECRET * 3, "by": "ann", "verdict": "approve", "scope": "", "at": NOW, "nonce": "n" * 16}),
    ],
)
def test_a_refused_value_is_not_quoted_in_the_error(value: type[Frozen], said: dict[str, Any]) -> None:
    """Errors are logged, and travel through Temporal: they name the field and never what was in it."""
    with pytest.raises(ValidationError) as refused:
        value.model_validate(said)
    assert SECRET not in str(refused.value)
    assert SECRET not in repr(refused.value)
    assert value.__name__ in str(refused.value)


def test_nor_is_it_where_the_value_was_read_as_json() -> None:
    with pytest.raises(ValidationError) as refused:
        Identifier.model_validate_json(f'{{"kind": "{SECRET}", "value": "x"}}')
    assert SECRET not in str(refused.value)


def test_a_value_never_changes() -> None:
    (identifier,) = identifiers(1)
    with pytest.raises(ValidationError, match="frozen"):
        identifier.value = "another"  # type: ignore[misc]  # the very thing that must fail
