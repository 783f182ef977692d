"""What each workflow asks of Temporal, in the order of its source: `python -m tests.workflows.fingerprints` renews it.

A workflow is run again from its history after every restart, so the order of its commands must not change under cases
that are open. Texts do not matter, and are left out.
"""

import ast
import copy
import json
from pathlib import Path

BASELINE = Path(__file__).with_name("fingerprints.json")
_WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"

#: Calls that become commands, or that decide when a command is given: of `workflow`, of the machine and its desk.
COMMANDS = frozenset(
    {
        "execute_activity_method",
        "execute_local_activity_method",
        "execute_activity",
        "execute_local_activity",
        "start_activity",
        "start_activity_method",
        "start_local_activity",
        "start_local_activity_method",
        "start_child_workflow",
        "execute_child_workflow",
        "continue_as_new",
        "upsert_search_attributes",
        "upsert_memo",
        "patched",
        "deprecate_patch",
        "wait_condition",
        "sleep",
        "gather",
        "signal",
        "cancel",
        "now",
        "uuid4",
        "random",
        "do",
        "do_long",
        "post",
        "until",
        "show",
        "take",
    }
)


def fingerprints() -> dict[str, list[str]]:
    """For each function of each workflow module: its commands, in order, with what they are given but no texts."""
    found: dict[str, list[str]] = {}
    for path in sorted(_WORKFLOWS.glob("*.py")):
        for owner, function in _functions(ast.parse(path.read_text("utf-8"))):
            if commands := [_said(call) for call in _calls(function) if _name(call) in COMMANDS]:
                found[f"{path.stem}.{owner}{function.name}"] = commands
    return found


def _functions(tree: ast.Module) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    found: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            members = [m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
            found += [(f"{node.name}.", member) for member in members]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append(("", node))
    return found


def _calls(function: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return sorted(calls, key=lambda call: (call.lineno, call.col_offset))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


class _WithoutTexts(ast.NodeTransformer):
    """What people read may change; what names a step or a signal may not, but that is in the histories."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant("text") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        return ast.Constant("text")


def _said(call: ast.Call) -> str:
    given = [_argument(argument) for argument in call.args]
    given += [f"{keyword.arg}={_argument(keyword.value)}" for keyword in call.keywords]
    return f"{_name(call)}({', '.join(argument for argument in given if argument != repr('text'))})"


def _argument(node: ast.expr) -> str:
    return ast.unparse(_WithoutTexts().visit(copy.deepcopy(node)))


def renew() -> None:
    """Take the commands as they are now for the baseline."""
    BASELINE.write_text(json.dumps(fingerprints(), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    renew()
