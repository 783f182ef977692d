"""The Temporal development server: the real server and Web UI in one process, with its state in a file."""

import sysconfig
from collections.abc import Mapping
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.embedded.ports import LOOPBACK
from runtime.embedded.process import OwnedProcess

# Without these the server measures itself: at its default of 20 polls a second each workflow task waits about 50 ms.
_DYNAMIC_CONFIG = {
    "history.transferProcessorMaxPollRPS": "1000",
    "history.timerProcessorMaxPollRPS": "1000",
    "history.visibilityProcessorMaxPollRPS": "1000",
    "frontend.WorkflowTimeSkippingEnabled": "true",
}
# Write-ahead logging survives a SIGKILL at any moment and is several times faster than SQLite's default journal.
_PRAGMAS = {"journal_mode": "WAL", "synchronous": "NORMAL"}


class TemporalServer(OwnedProcess):
    """A Temporal server whose state lives in `<state_dir>/temporal.db` and survives stops and SIGKILL.

    `search_attributes` maps a name to Temporal's type (Keyword, Datetime ...). Without `ui_port` there is no Web UI.
    `ui_codec_endpoint` is the address at which the Web UI asks the reader's browser to decrypt payloads.
    """

    name = "temporal"

    def __init__(
        self,
        state_dir: Path,
        port: int,
        *,
        search_attributes: Mapping[str, str],
        namespace: str = "default",
        ui_port: int | None = None,
        ui_codec_endpoint: str | None = None,
    ) -> None:
        super().__init__(state_dir / "logs" / "temporal.log")
        self.port = port
        self.namespace = namespace
        self._database = state_dir / "temporal.db"
        self._search_attributes = search_attributes
        self._ui_port = ui_port
        self._ui_codec_endpoint = ui_codec_endpoint

    @property
    def address(self) -> str:
        """Where clients connect, host:port."""
        return f"{LOOPBACK}:{self.port}"

    def command(self) -> list[str]:
        program = Path(sysconfig.get_path("scripts")) / "temporal"
        command = [str(program), "server", "start-dev", f"--ip={LOOPBACK}", f"--port={self.port}"]
        command += [f"--db-filename={self._database}", f"--namespace={self.namespace}", "--log-level=warn"]
        command += [f"--sqlite-pragma={name}={value}" for name, value in _PRAGMAS.items()]
        command += [f"--dynamic-config-value={name}={value}" for name, value in _DYNAMIC_CONFIG.items()]
        command += [f"--search-attribute={name}={kind}" for name, kind in self._search_attributes.items()]
        # The settings of a person's own Temporal client must not reach this server.
        command += ["--disable-config-file", "--disable-config-env"]
        if self._ui_port is None:
            return [*command, "--headless"]
        command += [f"--ui-port={self._ui_port}", "--ui-disable-news-fetch"]
        return command + ([f"--ui-codec-endpoint={self._ui_codec_endpoint}"] if self._ui_codec_endpoint else [])

    async def before_start(self) -> None:
        self._database.parent.mkdir(parents=True, exist_ok=True)

    async def is_ready(self) -> bool:
        # A namespace that can be read means that the frontend, the history service and the database all answer.
        try:
            client = await Client.connect(self.address)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=self.namespace))
        except (RuntimeError, RPCError):
            return False
        return True
