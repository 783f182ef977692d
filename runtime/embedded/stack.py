"""The whole product on one machine: Postgres, Temporal with its Web UI, and the product's own processes."""

import asyncio
import json
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from runtime.codec import generate_key
from runtime.embedded.generated import generated_secret, write_private
from runtime.embedded.lock import hold
from runtime.embedded.ports import require_free
from runtime.embedded.postgres import PostgresServer
from runtime.embedded.process import OwnedProcess
from runtime.embedded.supervisor import Supervisor
from runtime.embedded.temporal import TemporalServer
from runtime.embedded.zone import ZONE_FILE
from runtime.settings import GENERATED_KEY_ID, PREFIX, Settings

_BROUGHT = ("temporal_address", "temporal_profile", "database_url", "database_owner_url", "provider_database_url")
_PORTS = ("postgres_port", "temporal_port", "web_ui_port", "smtp_intake_port", "smtp_relay_port", "pages_port")

log = logging.getLogger(__name__)


class StackConfigError(Exception):
    """The settings ask for servers which the embedded stack would not use."""


@dataclass(frozen=True, slots=True)
class Child:
    """One of the product's own processes, given as it would be typed."""

    name: str
    argv: Sequence[str]
    stop_limit_seconds: float = 10


class EmbeddedStack:
    """`async with EmbeddedStack(...) as stack:` runs everything; its data survive in the state directory.

    `search_attributes` maps names to Temporal's types. `prepare` runs when Postgres and Temporal answer and before the
    children start: migrations and seeding. `settings` afterwards holds the addresses and secrets of what runs.

    Entering raises StateHeldError, PortTakenError, StackConfigError or StartError, each with a sentence for a person.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        search_attributes: Mapping[str, str],
        children: Sequence[Child],
        prepare: Callable[[Settings], Awaitable[None]],
    ) -> None:
        self._children = children
        self._prepare = prepare
        self._asked = settings
        self._pids_file = settings.state_dir / "pids.json"
        self._zone_file = settings.state_dir / ZONE_FILE
        self._supervisor = Supervisor(self._write_pids)
        self._running = AsyncExitStack()
        self._postgres = PostgresServer(settings.state_dir, settings.postgres_port)
        self._temporal = TemporalServer(
            settings.state_dir,
            settings.temporal_port,
            search_attributes=search_attributes,
            namespace=settings.temporal_namespace,
            ui_port=settings.web_ui_port,
            ui_codec_endpoint=f"{settings.public_url}/codec",
        )
        self.settings = settings

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of what runs at this moment, by name."""
        return self._supervisor.pids

    async def run(self, body: Callable[[Settings], Awaitable[None]]) -> bool:
        """Run `body` with the stack up, then stop the stack. False when SIGINT or SIGTERM ended it before its end."""
        work = asyncio.ensure_future(self._run(body))
        stopping = False

        def on_signal() -> None:
            nonlocal stopping
            if not stopping:  # Once is enough: a second Ctrl-C must not cut the orderly stop short.
                stopping = True
                work.cancel()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, on_signal)
        try:
            await work
        except asyncio.CancelledError:
            if not stopping:
                raise
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
        return not stopping

    async def _run(self, body: Callable[[Settings], Awaitable[None]]) -> None:
        async with self:
            await body(self.settings)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as starting:  # What has started is stopped when a later step fails.
            starting.enter_context(hold(self._asked.state_dir))
            self._check_settings()
            await self._postgres.before_start()  # Ends leftovers of a killed stack, which may still hold its port.
            require_free({f"{PREFIX}{name.upper()}": getattr(self._asked, name) for name in _PORTS})
            starting.callback(self._pids_file.unlink, missing_ok=True)
            starting.push_async_callback(self._supervisor.stop)
            await self._supervisor.start(self._postgres)
            await self._supervisor.start(self._temporal)
            self.settings = self._settings_of_what_runs()
            await self._prepare(self.settings)
            environment = {**os.environ, **self.settings.environment()}
            for child in self._children:
                await self._supervisor.start(_ChildProcess(child, self._asked.state_dir / "logs", environment))
            self._announce()
            starting.callback(self.settings.endpoints_file.unlink, missing_ok=True)
            self._running = starting.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._running.aclose()

    def _check_settings(self) -> None:
        set_by_hand = [name for name in _BROUGHT if name in self._asked.model_fields_set]
        if set_by_hand:
            names = ", ".join(f"{PREFIX}{name.upper()}" for name in set_by_hand)
            raise StackConfigError(f"The embedded stack brings its own servers: remove {names} from the settings.")

    def _settings_of_what_runs(self) -> Settings:
        codec_keys = self._asked.codec_keys or SecretStr(
            generated_secret(self._asked.state_dir / "secrets", "codec-keys", _new_codec_key)
        )
        return self._asked.model_copy(
            update={
                "temporal_address": self._temporal.address,
                "database_url": SecretStr(self._postgres.app_url),
                "database_owner_url": SecretStr(self._postgres.owner_url),
                "provider_database_url": SecretStr(self._postgres.provider_url),
                "codec_keys": codec_keys,
                "dns": self._asked.dns if "dns" in self._asked.model_fields_set else str(self._zone_file),
            }
        )

    def _announce(self) -> None:
        lines = [f"{name}={_quoted(value)}\n" for name, value in self.settings.environment().items()]
        write_private(self.settings.endpoints_file, "".join(lines))
        for sentence in self.settings.insecurities():
            log.warning("Not for production: %s", sentence)

    def _write_pids(self, pids: dict[str, int]) -> None:
        write_private(self._pids_file, json.dumps({"stack": os.getpid(), **pids}, indent=2) + "\n")


class _ChildProcess(OwnedProcess):
    def __init__(self, child: Child, log_dir: Path, environment: Mapping[str, str]) -> None:
        super().__init__(log_dir / f"{child.name}.log")
        self.name = child.name
        self.stop_limit_seconds = child.stop_limit_seconds
        self._argv = list(child.argv)
        self._environment = environment

    def command(self) -> list[str]:
        return self._argv

    def environment(self) -> Mapping[str, str]:
        return self._environment


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _new_codec_key() -> str:
    return f"{GENERATED_KEY_ID}:{generate_key()}"
