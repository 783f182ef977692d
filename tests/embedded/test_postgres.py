import os
import stat
from pathlib import Path

import psycopg
import pytest

from runtime.embedded.ports import free_port
from runtime.embedded.postgres import PostgresServer


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)


async def test_committed_rows_survive_kill_9(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path, free_port())
    await server.start()
    try:
        with _connect(server.owner_url) as connection:
            connection.execute("CREATE TABLE kept (note text)")
            connection.execute("INSERT INTO kept VALUES ('before the kill')")
        # An open connection keeps its backend alive after the postmaster: the next start has to end it first.
        orphan = _connect(server.owner_url)
        assert server.pid is not None
        os.kill(server.pid, 9)
        await server.wait()
        await server.start()
        with pytest.raises(psycopg.OperationalError):
            orphan.execute("SELECT 1")
        with _connect(server.owner_url) as connection:
            assert connection.execute("SELECT note FROM kept").fetchall() == [("before the kill",)]
    finally:
        await server.stop()


async def test_each_role_reaches_only_its_own_database(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path, free_port())
    await server.start()
    try:
        with _connect(server.app_url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("dueprocess_app",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE mine ()")
        with _connect(server.provider_url) as connection:
            connection.execute("CREATE TABLE accounts ()")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            _connect(server.url("provider", "dueprocess"))
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host="127.0.0.1", port=server.port, user="dueprocess_owner", password="guessed")
    finally:
        await server.stop()


async def test_it_runs_as_who_started_it_and_leaves_parent_folders_alone(tmp_path: Path) -> None:
    state = tmp_path / "private" / "state"
    state.mkdir(parents=True)
    state.parent.chmod(0o700)
    server = PostgresServer(state, free_port())
    await server.start()
    try:
        assert os.stat(f"/proc/{server.pid}").st_uid == os.geteuid()  # noqa: PTH116 - a look at a kernel table
        assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in (state / "secrets").iterdir()} == {0o600}
    finally:
        await server.stop()
