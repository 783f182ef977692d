"""What the tour leaves behind: the table, the record's own verification, and every case as text and JSON."""

import json
from collections import Counter
from dataclasses import asdict

from activities.ports import CaseFile
from starter.lines import columns
from starter.show import look_at
from starter.showing import page
from starter.tour.world import World
from starter.verification import verify_all
from starter.verify import report

_HEAD = ("case", "kind", "story", "outcome", "letters", "days")


async def conclude(world: World) -> None:
    """Print the table and the verification, and write the cases down.

    Raises:
        Deviation: a case is there that no story told, something was done twice, or the record does not hold.
    """
    rows = [await _row(world, ending.ref, ending.story) for ending in sorted(world.endings, key=lambda e: e.ref)]
    world.narrator.heading("What happened")
    for line in columns(_HEAD, rows):
        world.narrator.line(line)
    await _write_cases(world)
    world.narrator.heading("The ledger's verification, as `dueprocess verify` prints it")
    found = await verify_all(world.services, world.client)
    for line in report(found):
        world.narrator.line(line)
    (world.folder / "verification.json").write_text(
        json.dumps(asdict(found) | {"head": str(found.chain.head), "holds": found.holds}, indent=2) + "\n"
    )
    world.require(found.holds, "the ledger's verification to hold")


async def _row(world: World, ref: str, story: str) -> tuple[str, ...]:
    case = await world.case(ref)
    _require_once(world, case)
    outcome = case.outcome.value if case.outcome else "-"
    return ref, case.kind.value, story, outcome.replace("_", " "), str(world.letterbox.count(ref)), str(_days(case))


def _days(case: CaseFile) -> int:
    closed = next(event.at for event in case.events if event.kind == "case_closed")
    return (closed - case.envelope.received_at).days


def _require_once(world: World, case: CaseFile) -> None:
    """One production and one notice to each account at most, whatever was tried again on the way."""
    done = Counter((event.kind, event.detail.get("n")) for event in case.events)
    for kind in (
        "production_made",
        "user_told",
        "case_closed",
        "snapshot_purged",
        "restriction_applied",
        "restriction_lifted",
    ):
        twice = [key for key, times in done.items() if key[0] == kind and times > 1]
        world.require(not twice, f"{kind} once in {case.ref}")


async def _write_cases(world: World) -> None:
    for ending in world.endings:
        view = await look_at(world.settings, ending.ref)
        folder = world.folder / "cases"
        (folder / f"{view.ref}.json").write_text(view.model_dump_json(indent=2) + "\n", encoding="utf-8")
        text = "\n".join(line.text for line in page(view))
        (folder / f"{view.ref}.txt").write_text(text + "\n", encoding="utf-8")
