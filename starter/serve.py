"""`dueprocess serve intake|pages`: the two services beside the worker, each run until told to stop."""

import asyncio
import logging
import signal
from contextlib import AsyncExitStack
from datetime import datetime

import typer
import uvicorn
from temporalio.client import Client

from activities.ports import Conflict
from activities.record import AppealMade, Entry, PackageFetched
from gateways.sink import mail_sink
from ledger.appeals import Appeals
from ledger.mailroom import WaitingMessage
from ledger.reports import Reports
from policy.vocabulary import AppealRoute
from runtime.clock import BusinessClock
from runtime.codec import KeyRing
from runtime.connection import TemporalUnreachable, connect
from runtime.services import Services, make_store, open_services
from runtime.settings import Settings
from runtime.telemetry import log_to_stderr, tracing
from starter.appeal import wake_appealed
from starter.command import Exit, run
from starter.correspondence import LONGEST_APPEAL
from starter.mailroom import MailDesk, NotYet
from starter.pages import Appealable, AppealDesk, Codec, Download, Downloads, make_pages
from starter.retention import end_retention
from starter.smtp import Addresses, IntakeHandler, smtp_factory

log = logging.getLogger("dueprocess.serve")

#: How often the mailroom looks for what it could not send on, in seconds.
SWEEP_SECONDS = 5.0
#: Messages read and sent on at once; a reading can take a processor for seconds.
AT_ONCE = 4


def register(app: typer.Typer) -> None:
    """Add the verb."""
    serve = typer.Typer(help="Run one service in the foreground: intake or pages.", no_args_is_help=True)
    app.add_typer(serve, name="serve")

    @serve.command()
    def intake() -> None:
        """Receive mail by SMTP, keep it, and start or tell the machines it is for."""
        run(serve_intake)

    @serve.command()
    def pages(
        sink: bool = typer.Option(False, help="Also take outgoing mail and show it: for development only."),
    ) -> None:
        """Serve download links; with --sink also the outgoing mail and the Web UI's codec."""
        run(lambda settings: serve_pages(settings, sink=sink))


async def serve_intake(settings: Settings) -> Exit:
    """The SMTP listener, and the loop that sends kept messages on. Neither waits for the other."""
    log_to_stderr(settings)
    stop, arrived = _stop_event(), asyncio.Event()
    arrived.set()
    async with open_services(settings) as services:
        desk = MailDesk(services, BusinessClock(settings.clock_file), settings.task_queue)
        users = services.provider.profile.user_contact
        addresses = Addresses(requests=settings.intake_address, users=users, returns=settings.mail_from)
        handler = IntakeHandler(desk, addresses, arrived.set)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            smtp_factory(handler, settings), settings.smtp_intake_host, settings.smtp_intake_port
        )
        log.info("receiving mail on port %d", settings.smtp_intake_port)
        sending = asyncio.create_task(_keep_sending(settings, services, desk, arrived))
        await stop.wait()
        server.close()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return Exit.DONE


async def _keep_sending(settings: Settings, services: Services, desk: MailDesk, arrived: asyncio.Event) -> None:
    """Send on what was kept, at once when something arrives and otherwise now and then: nothing stays lying about."""
    client: Client | None = None
    while True:
        arrived.clear()
        try:
            client = client or await connect(settings, interceptors=tracing(settings, "dueprocess-intake"))
            await desk.destroy_refused()
            await end_retention(services.engine, services.store, BusinessClock(settings.clock_file).now())
            await desk.start_unstarted(client)
            await wake_appealed(services.engine, client)
            await desk.admit_confirmed(client)
            await send_waiting(desk, client)
        except TemporalUnreachable as gone:
            log.warning("%s", gone)
        except Exception:
            log.exception("kept messages could not be sent on; trying again")
        try:
            await asyncio.wait_for(arrived.wait(), timeout=SWEEP_SECONDS)
        except TimeoutError:
            continue


async def send_waiting(desk: MailDesk, client: Client) -> None:
    """Send on all messages that wait, a few at a time; one that cannot be sent never stops the others."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(message: WaitingMessage) -> None:
        async with turn:
            try:
                await desk.send_on(client, message)
            except NotYet:  # It is tried again on a later round; the others go on.
                return
            except Exception:
                log.exception("message %s could not be sent on", message.message_id[:16])

    messages = await desk.waiting()
    while messages:
        await asyncio.gather(*(one(message) for message in messages))
        messages = await desk.waiting(after=messages[-1])


async def serve_pages(settings: Settings, *, sink: bool) -> Exit:
    """Download links for agencies and appeals for users; in development, the mail sink and the Web UI's codec too."""
    log_to_stderr(settings)
    stop = _stop_event()
    folder = settings.state_dir / "mail"
    async with AsyncExitStack() as running:
        services = await running.enter_async_context(open_services(settings))
        if sink:
            await running.enter_async_context(mail_sink(folder, settings.smtp_relay_port))
        pages = make_pages(
            settings.public_url,
            _downloads(settings, services),
            _appeals(settings, services),
            folder if sink else None,
            _codec(settings) if sink else None,
        )
        config = uvicorn.Config(pages, settings.pages_host, settings.pages_port, log_config=None, access_log=False)
        server = _Server(config)
        serving = asyncio.create_task(server.serve())
        await stop.wait()
        server.should_exit = True
        await serving
    return Exit.DONE


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: this process has one way to stop."""

    def install_signal_handlers(self) -> None:
        return


def _downloads(settings: Settings, services: Services) -> Downloads:
    reports = Reports(services.engine)

    async def find(token_sha256: str) -> Download | None:
        link = await reports.link(token_sha256)
        if link is None:
            return None
        production = link.production
        name = f"{link.ref}-production.zip"
        return Download(
            ref=link.ref,
            package=production.package,
            name=name,
            expires_at=production.link_expires_at,
            revoked=production.revoked_at is not None,
        )

    async def record(download: Download, at: datetime) -> None:
        fetched = PackageFetched(package=download.package)
        step = f"fetched-{at:%Y%m%dT%H%M%S.%f}"
        await services.casebook.commit(Entry(ref=download.ref, step=step, at=at, changes=(fetched,)))

    return Downloads(
        find=find, record_access=record, objects=make_store(settings), now=BusinessClock(settings.clock_file).now
    )


def _appeals(settings: Settings, services: Services) -> AppealDesk:
    appeals = Appeals(services.engine)

    async def find(token_sha256: str) -> Appealable | None:
        link = await appeals.link(token_sha256)
        if link is None or link.lifted_at is not None:
            return None
        return Appealable(ref=link.ref, n=link.n, language=link.language, until=link.until)

    async def record(about: Appealable, token_sha256: str, text: str, at: datetime) -> bool:
        made = AppealMade(n=about.n, route=AppealRoute.LINK, text=text)
        step = f"appeal-{token_sha256[:16]}"
        try:
            await services.casebook.commit(Entry(ref=about.ref, step=step, at=at, changes=(made,)))
        except Conflict:
            return False
        return True

    return AppealDesk(find=find, record=record, now=BusinessClock(settings.clock_file).now, longest=LONGEST_APPEAL)


def _codec(settings: Settings) -> Codec | None:
    if not settings.codec_enabled or settings.codec_keys is None:
        return None
    origins = tuple(f"http://{host}:{settings.web_ui_port}" for host in ("127.0.0.1", "localhost"))
    return Codec(KeyRing.parse(settings.codec_keys.get_secret_value()), origins)


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
