import os
from pathlib import Path

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from runtime.embedded.ports import free_port
from runtime.embedded.temporal import TemporalServer

PHASE = SearchAttributeKey.for_keyword("Phase")


async def test_an_open_workflow_survives_kill_9(tmp_path: Path) -> None:
    server = TemporalServer(tmp_path, free_port(), search_attributes={"Phase": "Keyword"})
    await server.start()
    try:
        client = await Client.connect(server.address)
        await client.start_workflow(
            "Parked",
            id="parked",
            task_queue="nobody-listens",
            search_attributes=TypedSearchAttributes([SearchAttributePair(PHASE, "review")]),
        )
        assert server.pid is not None
        os.kill(server.pid, 9)
        await server.wait()
        await server.start()
        found = await (await Client.connect(server.address)).get_workflow_handle("parked").describe()
        assert found.status is WorkflowExecutionStatus.RUNNING
        assert found.typed_search_attributes[PHASE] == "review"
    finally:
        await server.stop()
