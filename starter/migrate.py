"""`dueprocess migrate`: brings the ledger's schema and Temporal's namespace to what this version needs."""

import asyncio

import typer
from sqlalchemy.exc import ProgrammingError
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client

from contract.search_attributes import REGISTRY
from gateways.provider.seed import seed
from ledger.directory import Directory
from ledger.engine import make_engine
from ledger.migrate import upgrade
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.embedded.zone import ZONE_FILE, zone_of
from runtime.provider import adopt_provider
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run

_TYPES = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def migrate() -> None:
        """Bring the ledger's schema and Temporal's search attributes up to date. Repeating it changes nothing."""
        run(migrate_all)


async def migrate_all(settings: Settings) -> Exit:
    """Migrate a deployment that brings its own servers."""
    await _upgrade(settings)
    out.print("The ledger's schema is current.")
    added = await register_search_attributes(await connect(settings), settings.temporal_namespace)
    out.print(f"Search attributes registered: {', '.join(added) or 'all were there'}.", markup=False)
    return Exit.DONE


async def prepare(settings: Settings) -> None:
    """What the embedded stack needs before its processes start: the schema, the synthetic provider with its users and,
    in an empty directory, the agencies of the provider folder. Repeating it changes nothing that is there, but for the
    zone in which the directory's examples can be looked up, which follows the directory."""
    await _upgrade(settings)
    await seed(settings.provider_database_url.get_secret_value())
    engine = make_engine(settings.database_url.get_secret_value())
    try:
        directory = Directory(engine)
        if not (await directory.read()).agencies:
            now = BusinessClock(settings.clock_file).now()
            for agency in adopt_provider(settings).agencies.agencies:
                await directory.add(agency, now)
        zone = settings.state_dir / ZONE_FILE
        if settings.dns == str(zone):
            known = (await directory.read()).agencies
            zone.write_text(zone_of(domain for agency in known for domain in agency.domains), encoding="utf-8")
    finally:
        await engine.dispose()


async def register_search_attributes(client: Client, namespace: str) -> list[str]:
    """Register what is missing in the namespace; returns its names.

    Raises:
        Trouble: an attribute is registered with another type, which Temporal cannot change.
        RPCError: Temporal refuses.
    """
    missing, wrong = await search_attributes_lacking(client, namespace)
    if wrong:
        raise Trouble(
            f"The namespace {namespace} has {', '.join(wrong)} with another type than dueprocess needs: "
            "remove it there (temporal operator search-attribute remove), then migrate again."
        )
    if missing:
        wanted = {name: _TYPES[REGISTRY[name]] for name in missing}
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=namespace, search_attributes=wanted)
        )
    return missing


async def search_attributes_lacking(client: Client, namespace: str) -> tuple[list[str], list[str]]:
    """The search attributes that the namespace does not have, and those that it has with another type."""
    known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    missing = [name for name in REGISTRY if name not in known.custom_attributes]
    wrong = [
        name for name, kind in REGISTRY.items() if name not in missing and known.custom_attributes[name] != _TYPES[kind]
    ]
    return missing, wrong


async def _upgrade(settings: Settings) -> None:
    """Run the migrations.

    Raises:
        Trouble: the role of the settings does not own the ledger.
        OperationalError: Postgres does not answer.
    """
    try:
        await asyncio.to_thread(upgrade, settings.database_owner_url.get_secret_value())
    except ProgrammingError as error:
        raise Trouble(
            "The migrations were not run: the role in DUEPROCESS_DATABASE_OWNER_URL must own the ledger's database, "
            "and the role dueprocess_app must exist. Nothing was changed.",
            Exit.MISUSED,
        ) from error
