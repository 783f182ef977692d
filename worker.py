"""The worker process: connect, run every machine and step until told to stop, drain, leave."""

import asyncio
import logging
import os
import signal
import sys

from pydantic import ValidationError

from policy.folder import FolderError
from runtime.codec import KeyRingError
from runtime.connection import TemporalUnreachable, connect
from runtime.services import open_activities, open_services
from runtime.settings import Settings
from runtime.telemetry import log_to_stderr, metrics_runtime, tracing
from runtime.working import build_worker

log = logging.getLogger("dueprocess.worker")


async def main() -> None:
    """Run until SIGTERM or SIGINT; running activities then have the settings' grace to finish.

    Raises:
        TemporalUnreachable: there is no Temporal to work for.
        FolderError: the provider folder is not what it must be.
    """
    settings = Settings()
    log_to_stderr(settings)
    for sentence in settings.insecurities():
        log.warning("Not for production: %s", sentence)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    client = await connect(
        settings,
        interceptors=tracing(settings, "dueprocess-worker"),
        runtime=metrics_runtime(settings, "dueprocess-worker"),
    )
    async with (
        open_services(settings) as services,
        open_activities(settings, services) as activities,
        build_worker(client, settings, activities),
    ):
        log.info("working on task queue %s", settings.task_queue)
        await stop.wait()
        log.info("stopping: running steps have %.0f s to finish", settings.graceful_shutdown_seconds)
    log.info("stopped")


if __name__ == "__main__":
    code = 0
    try:
        asyncio.run(main())
    except (TemporalUnreachable, KeyRingError, FolderError, ValidationError) as error:
        log.error("%s", error)
        code = 1
    logging.shutdown()
    sys.stderr.flush()
    # The drained process leaves without the interpreter's teardown, in which the SDK's native threads can still abort
    # (temporalio/sdk-python issue 300) and turn a clean stop into a crash.
    os._exit(code)
