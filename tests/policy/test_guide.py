"""`docs/guide.md` says of every clause who keeps it: what it names is there, and tests carry the clause's id.

A test that keeps a clause has the clause's id between underscores in its name, as in `test_N2_…` or `test_N1_N2_…`:
`pytest -k _N2_` then runs the tests of N2 and no others.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from policy.folder import shipped
from policy.letters import LetterName, clauses_in
from policy.vocabulary import Clause

ROOT = Path(__file__).parents[2]


def guide() -> str:
    return (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")


@cache
def sections() -> dict[str, str]:
    """The section of each clause, by its id, in the guide's order."""
    parts = re.split(r"^#{2,3} ", guide(), flags=re.MULTILINE)
    headed = (re.match(r"([A-Z]{1,2}\d) · .+\n", part) for part in parts)
    return {head[1]: part for head, part in zip(headed, parts, strict=True) if head}


def said(clause: Clause, what: str) -> list[str]:
    """What the clause's section names under `- Rule:`, `- Step:`, `- Letters:` or `- Tests:`."""
    line = re.search(rf"^- {what}: (.+(?:\n  .+)*)", sections().get(clause, ""), re.MULTILINE)
    return re.findall("`([^`]+)`", line[1]) or [line[1]] if line else []


@cache
def names_in(file: Path) -> frozenset[str]:
    """Everything that a module defines at its top, and everything that its classes do, as `Class.member`."""
    found = set[str]()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        for name in _defined(node):
            found.add(name)
            if isinstance(node, ast.ClassDef):
                found |= {f"{name}.{member}" for inner in node.body for member in _defined(inner)}
    return frozenset(found)


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Assign():
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _:
            return


@cache
def every_test() -> tuple[tuple[str, str], ...]:
    """Every test there is: its file and its name."""
    return tuple(
        (str(file.relative_to(ROOT)), node.name)
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def of(clause: Clause) -> list[str]:
    return [name for _, name in every_test() if f"_{clause}_" in name]


def test_the_guide_has_a_section_for_every_clause_in_their_order() -> None:
    assert list(sections()) == [clause.value for clause in Clause]


@pytest.mark.parametrize("clause", Clause)
def test_every_clause_says_what_it_asks_and_who_keeps_it(clause: Clause) -> None:
    assert len(sections()[clause].split("\n\n")[1]) > 40, "in our own words"
    assert said(clause, "Rule"), "no rule"
    assert said(clause, "Step"), "no step"
    assert said(clause, "Letters"), "no letters: say none"
    assert said(clause, "Tests") == [f"pytest -k _{clause}_"]


@pytest.mark.parametrize("clause", Clause)
def test_every_function_that_the_guide_names_is_there(clause: Clause) -> None:
    for named in said(clause, "Rule") + said(clause, "Step"):
        file, _, name = named.partition(":")
        assert (ROOT / file).is_file(), f"{clause}: there is no {file}"
        assert name in names_in(ROOT / file), f"{clause}: {file} has no {name}"


@pytest.mark.parametrize("clause", Clause)
def test_the_letters_of_a_clause_are_those_whose_own_comment_names_it(clause: Clause) -> None:
    named = set(said(clause, "Letters")) - {"none"}
    purposes = {letter: shipped(f"letters/en/{letter}.txt").splitlines()[1] for letter in LetterName}
    assert named == {letter.value for letter, purpose in purposes.items() if clause in clauses_in(purpose)}


@pytest.mark.parametrize("clause", Clause)
def test_every_clause_has_tests_that_carry_its_id(clause: Clause) -> None:
    assert of(clause), f"no test has _{clause}_ in its name"


def test_no_test_carries_what_looks_like_a_clause_and_is_none() -> None:
    """Or `pytest -k` would take it for one: it does not tell capitals from small letters."""
    families = "|".join(sorted({clause.value.rstrip("0123456789") for clause in Clause}))
    odd = [
        f"{file}: {name}: {token}"
        for file, name in every_test()
        for token in re.findall(rf"(?<=_)(?:{families})\d+(?=_|$)", name, re.IGNORECASE)
        if token not in set(Clause)
    ]
    assert odd == []
