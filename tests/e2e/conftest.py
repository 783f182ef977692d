"""A stack as `make up` runs it, for the tests that send it what they should not."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime.embedded.ports import free_port
from runtime.settings import Settings
from starter.up import make_stack

PORTS = ("postgres_port", "temporal_port", "web_ui_port", "smtp_intake_port", "smtp_relay_port", "pages_port")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Settings]:
    """The settings of a stack that runs."""
    folder = tmp_path_factory.mktemp("stack")
    ports = {name: free_port() for name in PORTS}
    settings = Settings.model_validate({"state_dir": folder, "clock_file": folder / "clock", **ports})
    async with make_stack(settings) as running:
        yield running.settings


async def dueprocess(stack: Settings, *words: str | Path, stdin: bytes = b"", **changed: str) -> Said:
    """Run the real command against the stack; `changed` are settings that are different for it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DUEPROCESS_")}
    environment["DUEPROCESS_STATE_DIR"] = str(stack.state_dir)
    environment |= {f"DUEPROCESS_{name.upper()}": value for name, value in changed.items()}
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "starter", *map(str, words)],
        input=stdin,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = Said(ran.returncode, ran.stdout.decode(), ran.stderr.decode())
    assert "Traceback" not in said.err + said.out, said.err
    return said
