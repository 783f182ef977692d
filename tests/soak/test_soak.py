"""A small share of the soak: every kind of life twice, every server killed once; and the judge, who must be able to
find fault: told that something else was promised, he finds the same evidence wanting."""

import dataclasses
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.stage import own_settings
from tests.soak.evidence import Evidence
from tests.soak.oracle import Oracle, Verdict, judge
from tests.soak.run import soak

#: What would have been broken, had the plan said so.
_LIES: Mapping[str, dict[str, object]] = {
    "I1": {"sender": "somebody.else@police.springfield.gov.example"},
    "I2": {"approvals": 3},
    "I4": {"gag_days": 200},
    "I5": {"hold_days": 91},
}


async def test_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    lies: dict[str, Verdict] = {}

    def ask(evidence: Evidence) -> Verdict:
        lies.update(_judged_by_lies(evidence, tmp_path / "lies"))
        return judge(evidence)

    settings = own_settings(tmp_path / "stack")
    report = await soak(settings, tmp_path, requests=10, kills=3, seed=7, limit=150, ask=ask)
    assert report.verdict.broken == []
    assert report.verdict.unfinished == []
    assert report.counts
    assert sum(report.kills.values()) >= 2
    for promise, verdict in lies.items():
        assert any(sentence.startswith(promise) for sentence in verdict.broken), f"the judge overlooked {promise}"
    assert lies.keys() == {"I1", "I2", "I3", "I4", "I5", "I6"}


def _judged_by_lies(evidence: Evidence, folder: Path) -> dict[str, Verdict]:
    found = {}
    for promise, lie in _LIES.items():
        told = _copy(evidence, folder / promise)
        plan = [{**each, **lie} for each in json.loads((told.folder / "plan.json").read_text())]
        (told.folder / "plan.json").write_text(json.dumps(plan))
        found[promise] = judge(told)
    told = _copy(evidence, folder / "I3")
    next((told.folder / "sent").iterdir()).write_bytes(b"another mail\r\n")
    return {**found, "I3": judge(told), "I6": _Edited(evidence).judge()}


def _copy(evidence: Evidence, folder: Path) -> Evidence:
    shutil.copytree(evidence.folder / "sent", folder / "sent")
    shutil.copy(evidence.folder / "plan.json", folder)
    return dataclasses.replace(evidence, folder=folder)


class _Edited(Oracle):
    """Sees a chain in which one event says something else."""

    def _rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        rows = super()._rows(query, *values)
        if "FROM events" in query:
            rows[len(rows) // 2]["detail"] = "{}"
        return rows
