"""The ids of the clauses: one set of words for code, letters and people."""

import re
import tomllib

import pytest

from policy.facts import FactField, clause_of
from policy.folder import shipped
from policy.vocabulary import Clause, DataClass, LegalProcess

WORDS = tomllib.loads(shipped("letters/en/words.toml"))


def test_a_letter_can_name_every_clause_and_no_other() -> None:
    """A reviewer may rest a rejection on any clause, so each needs its sentence."""
    assert set(WORDS["clause"]) == {clause.value for clause in Clause}
    assert all(WORDS["clause"].values())


def test_a_letter_can_name_every_process_and_class() -> None:
    assert set(WORDS["process"]) == {process.value for process in LegalProcess}
    assert set(WORDS["data_class"]) == {held.value for held in DataClass}


@pytest.mark.parametrize("clause", Clause)
def test_a_clause_is_called_by_its_id(clause: Clause) -> None:
    assert clause.name == clause.value
    assert re.fullmatch(r"[A-Z]{1,2}[1-9]", clause.value)


@pytest.mark.parametrize("field", FactField)
def test_every_field_is_asked_for_by_a_clause(field: FactField) -> None:
    expected = {"officer": Clause.R4, "user": Clause.R1, "account": Clause.R1, "meeting": Clause.R1, "gag": Clause.N2}
    if field is FactField.CONSENT:
        assert clause_of(field) is Clause.C1
        return
    group = field.value.partition(".")[0]
    assert clause_of(field) is expected.get(group, clause_of(field))
