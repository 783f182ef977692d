"""The wiring: which adapter keeps which port. Nothing outside this file chooses one."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.asking import Asking
from activities.closing import Closing
from activities.deciding import Deciding
from activities.following import Following
from activities.noticing import Noticing
from activities.paging import Paging
from activities.ports import ObjectStore
from activities.posting import Posting
from activities.preserving import Preserving
from activities.producing import Producing
from activities.purging import Purging
from activities.receiving import Receiving
from activities.restricting import Restricting
from gateways.letters import LetterTemplates
from gateways.objects import make_object_store
from gateways.production import ProductionPackager, TypesetCertifier
from gateways.provider import ProviderAccess, ProviderRecords
from gateways.relay import SmtpRelay
from intake.authentication.authenticator import Authenticator
from ledger.casebook import Casebook
from ledger.engine import make_engine
from runtime.provider import Provider, adopt_provider, letters_of
from runtime.proving import make_authenticator
from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """The adapters that more than one part of the product uses."""

    engine: AsyncEngine
    casebook: Casebook
    store: ObjectStore
    provider: Provider
    letters: LetterTemplates
    our_domains: frozenset[str]
    authenticator: Authenticator
    dns_patience: timedelta
    """How long mail waits for name servers that do not answer, before its sender counts as not proven (S1)."""


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """The ledger, the object store, the provider and its letters; their connections are closed at the end.

    Raises:
        FolderError: the provider folder is not what it must be.
        ZoneFileError: the setting for the name system is a file, and not a zone file.
    """
    provider = adopt_provider(settings)
    letters = letters_of(provider, settings)
    authenticator = make_authenticator(settings, provider.profile)
    engine = make_engine(settings.database_url.get_secret_value())
    try:
        yield Services(
            engine=engine,
            casebook=Casebook(engine, settings.mail_domain),
            store=make_store(settings),
            provider=provider,
            letters=letters,
            our_domains=settings.our_domains,
            authenticator=authenticator,
            dns_patience=timedelta(minutes=settings.dns_patience_minutes),
        )
    finally:
        await engine.dispose()


def make_store(settings: Settings) -> ObjectStore:
    """The object store that the settings name."""
    return make_object_store(settings.object_store_url, endpoint=settings.s3_endpoint, region=settings.s3_region)


@asynccontextmanager
async def open_activities(settings: Settings, services: Services) -> AsyncIterator[Sequence[Callable[..., object]]]:
    """Every activity, its ports filled with the real adapters."""
    records = make_engine(settings.provider_database_url.get_secret_value())
    ledger, store, letters = services.casebook, services.store, services.letters
    profile = services.provider.profile
    relay = SmtpRelay(
        settings.smtp_relay_host,
        settings.smtp_relay_port,
        mail_from=settings.mail_from,
        intake_address=settings.intake_address,
        user_contact=profile.user_contact,
        username=settings.smtp_relay_username,
        password=settings.smtp_relay_password.get_secret_value() if settings.smtp_relay_password else None,
        starttls=settings.smtp_relay_starttls,
    )
    receiving, deciding = Receiving(ledger, letters), Deciding(ledger)
    preserving = Preserving(ledger, store, ProviderRecords(records), letters)
    purging = Purging(ledger, store, TypesetCertifier(profile))
    noticing = Noticing(ledger, letters, settings.public_url)
    producing = Producing(ledger, store, ProductionPackager(profile), letters, settings.public_url)
    posting, closing, asking = Posting(ledger, store, relay), Closing(ledger, letters), Asking(ledger, letters)
    paging, following = Paging(ledger, letters, settings.on_call_address), Following(ledger, letters)
    restricting = Restricting(ledger, ProviderAccess(records), letters)
    try:
        yield [
            receiving.receive,
            receiving.reassess,
            receiving.reopen,
            receiving.withdrawal,
            deciding.decide,
            preserving.hold,
            preserving.secure,
            preserving.copy_approved,
            preserving.extend,
            preserving.warn,
            preserving.claims,
            preserving.release,
            preserving.put_off,
            preserving.set_review,
            purging.purge,
            noticing.delay,
            noticing.order,
            noticing.tell,
            noticing.take_back,
            noticing.give_up,
            noticing.stopped,
            noticing.move_window,
            noticing.heard,
            noticing.object,
            producing.produce,
            restricting.apply,
            restricting.look,
            restricting.hear,
            restricting.uphold,
            restricting.lift,
            posting.post,
            posting.post_held,
            posting.hand_over,
            asking.remind,
            asking.in_time,
            closing.ask,
            closing.refuse_silence,
            closing.close,
            paging.page,
            following.waiting,
            following.chase,
            following.settle,
            following.end_follow_up,
        ]
    finally:
        await records.dispose()
