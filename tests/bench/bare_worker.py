"""A worker of the bare workflows, with the product's own connection, converter and worker settings."""

import asyncio
import os
import signal

from runtime.connection import connect
from runtime.settings import Settings
from runtime.working import build_worker
from tests.bench.bare import ACTIVITIES, BARE_QUEUE, WORKFLOWS


async def main() -> None:
    settings = Settings()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = await connect(settings)
    bare = settings.model_copy(update={"task_queue": BARE_QUEUE})
    async with build_worker(client, bare, ACTIVITIES, WORKFLOWS):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
    os._exit(0)  # As worker.py does: without the teardown in which the SDK's threads can abort.
