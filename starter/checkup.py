"""One look at each thing outside that the product depends on, each within a few seconds."""

import asyncio
import http.client
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiosmtplib
from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy.exc import SQLAlchemyError
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.service import RPCError

from gateways.provider.tables import metadata as provider_tables
from intake.authentication.names import NoAnswer, RecordType
from intake.authentication.resolvers import ZoneFileError, resolver_from
from intake.pdf.reading import read_pdf
from ledger.engine import make_engine
from ledger.reports import Reports
from ledger.tables import metadata as ledger_tables
from policy.book import BookUnknown, current_book, policy_book
from policy.folder import FolderError
from runtime.codec import KeyRingError
from runtime.connection import TemporalUnreachable, connect
from runtime.provider import adopt_provider, letters_of
from runtime.services import make_store
from runtime.settings import SYSTEM_DNS, Settings
from starter.acroform import request_form
from starter.migrate import search_attributes_lacking

if TYPE_CHECKING:
    from pydantic import SecretStr

_LIMIT_SECONDS = 3.0
#: A waiting worker asks again at least once a minute; one that has not for longer is gone.
_POLLED_WITHIN = timedelta(seconds=75)


class Part(StrEnum):
    """What is examined, in the order in which it is told."""

    POLICY = "policy"
    LEDGER = "ledger"
    PROVIDER = "provider"
    TEMPORAL = "temporal"
    WORKER = "worker"
    OBJECTS = "objects"
    DOCUMENTS = "documents"
    NAMES = "names"
    RELAY = "relay"
    INTAKE = "intake"
    PAGES = "pages"
    TELEMETRY = "telemetry"


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a part is well, and a sentence that says what was seen or what to do."""

    part: Part
    well: bool
    sentence: str


class Unwell(Exception):
    """The part answers, and is not what it must be. The message is a sentence for people."""


async def examine(part: Part, settings: Settings) -> Finding:
    """Examine one part; whatever goes wrong becomes a sentence."""
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            return Finding(part, True, await _LOOKS[part](settings))
    except (Unwell, TemporalUnreachable, KeyRingError, FolderError, BookUnknown) as error:
        return Finding(part, False, str(error))
    except TimeoutError:
        return Finding(part, False, f"no answer within {_LIMIT_SECONDS:.0f} s; {_CURES[part]}")
    except RPCError as error:
        return Finding(part, False, f"Temporal refused ({error.status.name}); {_CURES[part]}")
    except Exception as error:  # noqa: BLE001 - a look at what is broken must end in a sentence, whatever broke
        # Not the error's own words: drivers quote addresses and user names.
        return Finding(part, False, f"not reachable ({type(error).__name__}); {_CURES[part]}")


async def _policy(settings: Settings) -> str:
    """The provider folder, letters and all; and that it still has every book which cases were received under."""
    provider = adopt_provider(settings)
    letters_of(provider, settings)
    engine = make_engine(settings.database_url.get_secret_value(), application="dueprocess-doctor", pool_size=1)
    try:
        editions = await Reports(engine).policies()
    finally:
        await engine.dispose()
    for edition in editions:
        policy_book(edition)
    return f"{provider.profile.name} is whom this works for; new cases are received under {current_book().edition}"


async def _ledger(settings: Settings) -> str:
    await _schema(settings.database_url, ledger_tables, "`dueprocess migrate` brings it up to date")
    return "Postgres answers, and its schema is what this version needs"


async def _provider(settings: Settings) -> str:
    await _schema(settings.provider_database_url, provider_tables, "point the setting at the provider's records")
    return "the provider's database answers"


async def _schema(url: "SecretStr", tables: MetaData, cure: str) -> None:
    """Compare the tables with what the code needs.

    Raises:
        Unwell: a table or a column is missing.
    """
    engine = make_engine(url.get_secret_value(), application="dueprocess-doctor", pool_size=1)
    try:
        async with engine.connect() as connection:
            lacking = await connection.run_sync(_lacking, tables)
    finally:
        await engine.dispose()
    if lacking:
        raise Unwell(f"the schema is not current (without {', '.join(lacking[:3])}); {cure}")


def _lacking(connection: Connection, tables: MetaData) -> list[str]:
    seen = inspect(connection)
    found: list[str] = []
    for table in tables.sorted_tables:
        try:
            columns = {str(column["name"]) for column in seen.get_columns(table.name)}
        except SQLAlchemyError:
            found.append(table.name)
            continue
        found += [f"{table.name}.{column.name}" for column in table.columns if column.name not in columns]
    return found


async def _temporal(settings: Settings) -> str:
    client, namespace = await connect(settings), settings.temporal_namespace
    await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    missing, wrong = await search_attributes_lacking(client, namespace)
    if missing or wrong:
        raise Unwell(
            f"the namespace {namespace} lacks the search attributes {', '.join(missing + wrong)}; "
            "`dueprocess migrate` registers them"
        )
    return f"the namespace {namespace} answers, and its search attributes are registered"


async def _worker(settings: Settings) -> str:
    client = await connect(settings)
    seen: set[str] = set()
    for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
        described = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=settings.temporal_namespace,
                task_queue=TaskQueue(name=settings.task_queue),
                task_queue_type=kind,
            )
        )
        since = datetime.now(UTC) - _POLLED_WITHIN
        polling = {p.identity for p in described.pollers if p.last_access_time.ToDatetime(UTC) > since}
        if not polling:
            raise Unwell(f"nobody polls the task queue {settings.task_queue}; start worker.py, or `dueprocess up`")
        seen |= polling
    workers = f"{len(seen)} worker{'' if len(seen) == 1 else 's'}"
    return f"{workers} polled the task queue {settings.task_queue} within {_POLLED_WITHIN.seconds} s"


async def _objects(settings: Settings) -> str:
    """A round trip. The probe is random, so that two doctors never look at one object."""
    store = await asyncio.to_thread(make_store, settings)
    probe = secrets.token_bytes(32)
    sha256 = await store.put(probe)
    try:
        if await store.get(sha256) != probe:
            raise Unwell("the object store gave back other bytes than it was given; do not trust it")
    finally:
        await store.delete(sha256)
    return "a probe was stored, read back and deleted"


async def _documents(_: Settings) -> str:
    """That PDFs can be read at all: where they cannot, each one looks as if it went beyond its limits."""
    seen = await asyncio.to_thread(read_pdf, request_form())
    if seen.trouble is not None:
        raise Unwell("no PDF can be read here: `python -m intake.pdf.server` does not start, or its limits are too low")
    return "PDFs are opened and read in a process of their own"


async def _names(settings: Settings) -> str:
    """Whether senders can be proven: a question whose answer every resolver has."""
    try:
        await asyncio.to_thread(resolver_from(settings.dns).records, "org", RecordType.TXT, _LIMIT_SECONDS)
    except ZoneFileError as error:
        raise Unwell(f"DUEPROCESS_DNS: {error}") from None
    except NoAnswer:
        raise Unwell("no name server answers: mail waits for them, and is then held as not proven (S1)") from None
    source = "this machine's resolver" if settings.dns == SYSTEM_DNS else "a zone file, fit for development only,"
    return f"{source} answers what is asked about senders"


async def _relay(settings: Settings) -> str:
    password = settings.smtp_relay_password
    async with aiosmtplib.SMTP(
        hostname=settings.smtp_relay_host,
        port=settings.smtp_relay_port,
        username=settings.smtp_relay_username,
        password=password.get_secret_value() if password else None,
        start_tls=settings.smtp_relay_starttls,
        timeout=_LIMIT_SECONDS,
    ) as relay:
        await relay.ehlo()
    return f"the relay {settings.smtp_relay_host}:{settings.smtp_relay_port} answers"


async def _intake(settings: Settings) -> str:
    host = _reachable(settings.smtp_intake_host)
    async with aiosmtplib.SMTP(
        hostname=host, port=settings.smtp_intake_port, start_tls=False, timeout=_LIMIT_SECONDS
    ) as listener:
        await listener.ehlo()
    return f"mail is received at {host}:{settings.smtp_intake_port}"


async def _pages(settings: Settings) -> str:
    host, port = _reachable(settings.pages_host), settings.pages_port
    status = await asyncio.to_thread(_status, host, port)
    if status >= 500:
        raise Unwell(f"the pages at {host}:{port} answer {status}; see the log of `dueprocess serve pages`")
    return f"the pages answer at {host}:{port}, for readers at {settings.public_url}"


def _status(host: str, port: int) -> int:
    connection = http.client.HTTPConnection(host, port, timeout=_LIMIT_SECONDS)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


async def _telemetry(settings: Settings) -> str:
    if settings.otlp_endpoint is None:
        return "no collector is set, so nothing is sent"
    collector = urlsplit(settings.otlp_endpoint)
    port = collector.port or (443 if collector.scheme == "https" else 80)
    _, writer = await asyncio.open_connection(collector.hostname, port)
    writer.close()
    await writer.wait_closed()
    return f"the collector listens at {collector.hostname}:{port}"


def _reachable(host: str) -> str:
    """The address at which a listener on `host` can be reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not bound to


_LOOKS: dict[Part, Callable[[Settings], Awaitable[str]]] = {
    Part.POLICY: _policy,
    Part.LEDGER: _ledger,
    Part.PROVIDER: _provider,
    Part.TEMPORAL: _temporal,
    Part.WORKER: _worker,
    Part.OBJECTS: _objects,
    Part.DOCUMENTS: _documents,
    Part.NAMES: _names,
    Part.RELAY: _relay,
    Part.INTAKE: _intake,
    Part.PAGES: _pages,
    Part.TELEMETRY: _telemetry,
}

_CURES = {
    Part.POLICY: "is Postgres up, which knows the policy books that cases were received under?",
    Part.LEDGER: "is Postgres up, and DUEPROCESS_DATABASE_URL right?",
    Part.PROVIDER: "is Postgres up, and DUEPROCESS_PROVIDER_DATABASE_URL right?",
    Part.TEMPORAL: "is Temporal up, and DUEPROCESS_TEMPORAL_ADDRESS and DUEPROCESS_TEMPORAL_NAMESPACE right?",
    Part.WORKER: "is Temporal up?",
    Part.OBJECTS: "look at DUEPROCESS_OBJECT_STORE_URL and at what this process may write there",
    Part.DOCUMENTS: "is this machine very busy?",
    Part.NAMES: "look at DUEPROCESS_DNS",
    Part.RELAY: "look at DUEPROCESS_SMTP_RELAY_HOST, its port and its login",
    Part.INTAKE: "start `dueprocess serve intake`, or `dueprocess up`",
    Part.PAGES: "start `dueprocess serve pages`, or `dueprocess up`",
    Part.TELEMETRY: "look at DUEPROCESS_OTLP_ENDPOINT",
}
