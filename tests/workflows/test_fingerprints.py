"""The order of commands is part of every open case: it changes knowingly or not at all."""

import json

import pytest

from tests.workflows import fingerprints
from tests.workflows.fingerprints import BASELINE

EXPLANATION = """
What workflows ask of Temporal has changed in: {changed}

Cases that are open now replay their histories against this code. If a history recorded before could take another way
through it, put the change behind `workflow.patched("what-changed")`, keep the old way in the other branch, and record
new histories beside the old (`python -m tests.histories.record` into a new name). Once no old case is open, turn it
into `workflow.deprecate_patch`, and later drop it. When the replay tests pass, take the new order for the baseline:

    python -m tests.workflows.fingerprints
"""


def test_the_commands_of_each_workflow_are_those_of_the_baseline() -> None:
    known, now = json.loads(BASELINE.read_text("utf-8")), fingerprints.fingerprints()
    changed = sorted(name for name in known.keys() | now.keys() if known.get(name) != now.get(name))
    if changed:
        pytest.fail(EXPLANATION.format(changed=", ".join(changed)), pytrace=False)


def test_the_baseline_covers_every_kind_of_machine() -> None:
    modules = {name.partition(".")[0] for name in json.loads(BASELINE.read_text("utf-8"))}
    assert modules >= {"request", "preservation", "notice", "desk", "machine"}


def test_a_text_may_change_and_an_order_may_not(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    source = 'async def f(m):\n    """Doc."""\n    await m.do(A.one, x, "{}")\n    await m.{}(B.two, x, "b")\n'
    seen = []
    for text, call in (("a", "do"), ("other words", "do"), ("a", "do_long")):
        (folder / "made.py").write_text(source.format(text, call), "utf-8")
        monkeypatch.setattr(fingerprints, "_WORKFLOWS", folder)
        seen.append(fingerprints.fingerprints())
    assert seen[0] == seen[1] != seen[2]
