"""The tour, whole: once as a person runs it, and once while the servers are killed under it."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.settings import Settings
from starter.command import Exit
from starter.demo import take_tour
from starter.tour.world import Deviation

BAG = [sys.executable, "-m", "bagit", "--validate", "--quiet"]


def _table(folder: Path) -> list[str]:
    """The table of what happened, as the tour prints it, without its last column: on which side of midnight a claimed
    hold ends depends on which of two machines is moved first."""
    text = (folder / "tour.txt").read_text(encoding="utf-8")
    lines = text.partition("What happened\n")[2].partition("\n\n")[0].splitlines()
    return [line.rpartition("  ")[0].rstrip() for line in lines]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The tour as a person runs it, in a process of its own."""
    folder = tmp_path_factory.mktemp("tour") / "demo"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DUEPROCESS_")}
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "starter", "demo", "--into", str(folder)],
        env=environment | {"DUEPROCESS_STATE_DIR": str(folder.with_name("nobody"))},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    return folder, ran


def test_the_tour_comes_out_as_told(told: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, ran = told
    assert ran.returncode == Exit.DONE, ran.stdout + ran.stderr
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", ran.stdout), "a log must be able to hold it"
    assert ran.stdout == (folder / "tour.txt").read_text(encoding="utf-8")
    outcomes = [re.split(r"  +", line)[2:4] for line in _table(folder)[1:]]
    assert outcomes == [
        ["subpoena, no gag", "produced"],
        ["warrant, 90-day gag", "produced"],
        ["preservation, extended", "preservation expired"],
        ["preservation, claimed", "preservation claimed"],
        ["overbroad subpoena", "rejected"],
        ["court order, amended", "produced"],
        ["emergency", "produced"],
        ["restricted, appealed", "restriction expired"],
        ["warrant on day 80", "produced"],
    ]
    assert json.loads((folder / "verification.json").read_text())["holds"] is True


def test_its_packages_hold_for_the_public_tool(told: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = told
    packages = sorted(path for path in (folder / "packages").iterdir() if path.is_dir())
    assert len(packages) == 5
    for package in packages:
        checked = subprocess.run([*BAG, str(package)], capture_output=True, text=True, check=False)  # noqa: S603
        assert checked.returncode == 0, checked.stderr


def test_no_name_or_address_of_anyone_is_in_the_logs(told: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = told
    logs = "".join(path.read_text(errors="replace") for path in (folder / "stack" / "logs").iterdir())
    assert logs
    for personal in ("maren", "linh.tranova", "jvale88", "alvarez", "j.moreno", "moreno"):
        assert personal not in logs.lower()


async def test_a_second_tour_leaves_a_folder_alone_that_is_not_a_tours(tmp_path: Path) -> None:
    kept = tmp_path / "thesis.txt"
    kept.write_text("ten years of work")
    command = [sys.executable, "-m", "starter", "demo", "--into", str(tmp_path)]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert ran.returncode == Exit.MISUSED
    assert "is not a tour's folder" in ran.stderr
    assert kept.read_text() == "ten years of work"


async def test_a_deviation_is_said_and_ends_the_tour_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def deviate(_settings: Settings, _step: str) -> None:
        raise Deviation("expected a different world")

    assert await take_tour(Settings(state_dir=tmp_path / "nobody"), tmp_path / "demo", watcher=deviate) is Exit.REFUSED
    said = capsys.readouterr()
    assert "did not come out as told: expected a different world." in said.err
    assert "What happened" not in said.out


#: Whom to kill when, by what the tour has just said: each time somebody has something in hand.
KILLS = {
    "ravi signs: approve, 2 of 2 approvals": "worker",
    "a preservation request arrives by mail": "postgres",
    "a search warrant arrives that names": "temporal",
}


async def test_killing_worker_postgres_and_temporal_loses_and_doubles_nothing(
    told: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    undisturbed, _ = told
    killed: dict[str, int] = {}

    async def kill(settings: Settings, step: str) -> None:
        victim = next((name for said, name in KILLS.items() if step.startswith(said)), None)
        if victim is None or victim in killed:
            return
        pids = json.loads((settings.state_dir / "pids.json").read_text())
        killed[victim] = pids[victim]
        os.kill(pids[victim], signal.SIGKILL)

    folder = tmp_path / "demo"
    # The tour itself requires one production and one notice to each account, and that the ledger's verification holds.
    assert await take_tour(Settings(state_dir=tmp_path / "nobody"), folder, watcher=kill) is Exit.DONE
    assert set(killed) == {"worker", "postgres", "temporal"}
    assert _table(folder) == _table(undisturbed)
