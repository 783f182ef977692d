"""Logs, traces and metrics: one path each, without personal data. Traces and metrics only if a collector is set."""

import json
import logging
import sys
from datetime import UTC, datetime, timedelta

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from temporalio.client import Interceptor
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.runtime import OpenTelemetryConfig, Runtime, TelemetryConfig

from runtime.settings import Settings

_METRIC_PERIOD = timedelta(seconds=15)


class _JsonLines(logging.Formatter):
    """One JSON object a line, with the message as it was written and nothing taken over from elsewhere."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            # The kind of the error and where it arose, never its text: that may quote what a stranger wrote.
            line["error"] = record.exc_info[0].__name__
            last = record.exc_info[2]
            while last is not None and last.tb_next is not None:
                last = last.tb_next
            if last is not None:
                line["where"] = f"{last.tb_frame.f_code.co_filename.rpartition('/')[2]}:{last.tb_lineno}"
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(settings: Settings) -> None:
    """Structured logs of this process, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    # The SMTP library logs every envelope, and so people's addresses.
    logging.getLogger("mail.log").setLevel(logging.ERROR)


def tracing(settings: Settings, service: str) -> tuple[Interceptor, ...]:
    """The interceptor that traces each activity, where a collector is set; none otherwise."""
    if settings.otlp_endpoint is None:
        return ()
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint}/v1/traces")))
    trace.set_tracer_provider(provider)
    return (TracingInterceptor(),)


def metrics_runtime(settings: Settings, service: str) -> Runtime | None:
    """Temporal's runtime with metrics to the collector, where one is set; None is the default runtime."""
    if settings.otlp_endpoint is None:
        return None
    metrics = OpenTelemetryConfig(
        url=f"{settings.otlp_endpoint}/v1/metrics", metric_periodicity=_METRIC_PERIOD, http=True
    )
    return Runtime(telemetry=TelemetryConfig(metrics=metrics, global_tags={"service_name": service}))
