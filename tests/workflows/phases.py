"""What a history says of its machine's phases."""

import json

from temporalio.client import WorkflowHistory

from contract.search_attributes import CASE_PHASE
from policy.vocabulary import Phase


def phases_of(history: WorkflowHistory) -> list[Phase]:
    """The phases that the machine showed, in order; search attributes are never encrypted."""
    shown = []
    for event in history.events:
        if event.HasField("upsert_workflow_search_attributes_event_attributes"):
            fields = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
            if CASE_PHASE.name in fields:
                shown.append(Phase(json.loads(fields[CASE_PHASE.name].data)))
    return shown
