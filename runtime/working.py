"""The worker: which workflows and activities it runs, and how."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from runtime.settings import Settings
from workflows.followup import EmergencyFollowUpWorkflow
from workflows.notice import NoticeWorkflow
from workflows.preservation import PreservationWorkflow
from workflows.request import RequestWorkflow
from workflows.restriction import RestrictionWorkflow

WORKFLOWS: Sequence[type] = (
    RequestWorkflow,
    PreservationWorkflow,
    NoticeWorkflow,
    EmergencyFollowUpWorkflow,
    RestrictionWorkflow,
)
"""Every machine there is; the replay tests read the same list."""


def sandbox() -> SandboxedWorkflowRunner:
    """The workflow sandbox, in which an import that nobody meant to pass through is an error, not a slow surprise."""
    restrictions = dataclasses.replace(
        SandboxRestrictions.default,
        import_notification_policy=SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
        | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH,
    )
    return SandboxedWorkflowRunner(restrictions=restrictions)


def build_worker(
    client: Client,
    settings: Settings,
    activities: Sequence[Callable[..., object]],
    workflows: Sequence[type] = WORKFLOWS,
) -> Worker:
    """A worker of all machines and steps on the settings' task queue; the bench gives it bare ones instead."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=workflows,
        activities=activities,
        workflow_runner=sandbox(),
        max_cached_workflows=settings.max_cached_workflows,
        max_concurrent_workflow_tasks=100,
        max_concurrent_activities=50,
        max_concurrent_local_activities=50,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=settings.sticky_timeout_seconds),
        graceful_shutdown_timeout=timedelta(seconds=settings.graceful_shutdown_seconds),
        deployment_config=_deployment(settings),
    )


def _deployment(settings: Settings) -> WorkerDeploymentConfig | None:
    """Worker Deployments are off by default: a versioned worker is given nothing until its version is made current."""
    if not settings.worker_versioning:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(
            deployment_name=settings.worker_deployment_name, build_id=settings.worker_build_id
        ),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
