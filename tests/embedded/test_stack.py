import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest

from runtime.embedded.lock import StateHeldError
from runtime.embedded.ports import PortTakenError, free_port
from runtime.embedded.stack import Child, EmbeddedStack, StackConfigError
from runtime.settings import Settings

PORTS = ("postgres_port", "temporal_port", "web_ui_port", "smtp_intake_port", "smtp_relay_port", "pages_port")


async def _nothing_to_prepare(settings: Settings) -> None:
    assert settings.codec_keys is not None


def _settings(state_dir: Path, **changes: object) -> Settings:
    ports = {name: free_port() for name in PORTS}
    return Settings.model_validate({"state_dir": state_dir, **ports, **changes})


def _stack(settings: Settings) -> EmbeddedStack:
    child = Child("worker", [sys.executable, "-c", "import time; time.sleep(600)"])
    return EmbeddedStack(
        settings, search_attributes={"Phase": "Keyword"}, children=[child], prepare=_nothing_to_prepare
    )


async def _until_new_pid(stack: EmbeddedStack, name: str, old: int) -> None:
    async with asyncio.timeout(20):
        while stack.pids.get(name, old) == old:  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.02)


async def test_what_dies_comes_back_and_a_second_stack_is_refused(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    async with _stack(settings) as stack:
        for name, pid in stack.pids.items():
            os.kill(pid, signal.SIGKILL)
            await _until_new_pid(stack, name, pid)
        with pytest.raises(StateHeldError, match=f"process {os.getpid()}"):
            await _stack(settings).__aenter__()
        found = Settings(state_dir=tmp_path)
        assert found.database_url == stack.settings.database_url
        assert found.codec_keys == stack.settings.codec_keys
        assert found.temporal_address == f"127.0.0.1:{settings.temporal_port}"
        assert settings.endpoints_file.stat().st_mode & 0o777 == 0o600
        first_keys = found.codec_keys
    assert Settings(state_dir=tmp_path).temporal_address != found.temporal_address
    async with _stack(settings) as again:
        assert again.settings.codec_keys == first_keys


async def test_a_taken_port_names_the_setting_to_change(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = _settings(tmp_path, pages_port=taken.getsockname()[1])
        with pytest.raises(PortTakenError, match=f"Port {settings.pages_port} is taken.*DUEPROCESS_PAGES_PORT"):
            await _stack(settings).__aenter__()


async def test_settings_that_name_other_servers_are_refused(tmp_path: Path) -> None:
    settings = _settings(tmp_path, temporal_address="temporal.provider.com:7233")
    with pytest.raises(StackConfigError, match="DUEPROCESS_TEMPORAL_ADDRESS"):
        await _stack(settings).__aenter__()


SCRIPT = """
    import asyncio, sys
    from pathlib import Path
    from runtime.embedded.stack import Child, EmbeddedStack
    from runtime.settings import Settings

    async def prepare(settings): pass

    async def body(settings):
        print(*stack.pids.values(), flush=True)
        await asyncio.Event().wait()

    settings = Settings.model_validate_json(sys.argv[1])
    stack = EmbeddedStack(settings, search_attributes={}, children=[Child("worker", ["sleep", "600"])], prepare=prepare)
    print("ended by itself:", asyncio.run(stack.run(body)))
"""


def _run_and_end(settings: Settings, number: signal.Signals) -> tuple[list[int], str, int]:
    """Run a stack in a process of its own, end that with a signal: its children's ids, what it said last, its code."""
    asked = settings.model_dump_json(include={"state_dir", *PORTS})
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), asked]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own script
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        process.send_signal(number)
        output = process.stdout.read()
    return pids, output, process.returncode


def _ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_nothing_is_left_running_when_the_stack_is_ended(tmp_path: Path, number: signal.Signals) -> None:
    settings = _settings(tmp_path)
    pids, output, code = await asyncio.to_thread(_run_and_end, settings, number)
    assert len(pids) == 3
    if number is signal.SIGTERM:
        assert (output, code) == ("ended by itself: False\n", 0)
    async with asyncio.timeout(20):
        while not all(map(_ended, pids)):  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.02)
    async with _stack(settings) as stack:
        url = stack.settings.database_url.get_secret_value().replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
