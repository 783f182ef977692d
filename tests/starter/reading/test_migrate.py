"""`dueprocess migrate`, and what the embedded stack prepares: everything is there, however often it is asked for."""

from pydantic import SecretStr
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest, RemoveSearchAttributesRequest
from temporalio.client import Client

from ledger.directory import Directory
from ledger.engine import make_engine
from ledger.reports import Reports
from runtime.embedded.postgres import OWNER, PROVIDER, PostgresServer
from runtime.settings import Settings
from starter.migrate import prepare
from tests.starter.reading.conftest import Command


async def test_migrate_makes_the_schema_and_registers_what_is_missing(
    command: Command, postgres_server: PostgresServer, client: Client
) -> None:
    await postgres_server.create_database("not_migrated")
    owner = SecretStr(postgres_server.url(OWNER, "not_migrated"))
    operator = client.operator_service
    await operator.remove_search_attributes(
        RemoveSearchAttributesRequest(namespace="default", search_attributes=["CaseQueue"])
    )
    first = await command("migrate", database_owner_url=owner)
    assert (first.code, first.err) == (0, "")
    assert "Search attributes registered: CaseQueue." in first.out
    again = await command("migrate", database_owner_url=owner)
    assert (again.code, "all were there" in again.out) == (0, True)
    known = await operator.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    assert known.custom_attributes["CaseQueue"] == IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
    engine = make_engine(owner.get_secret_value())
    assert await Reports(engine).cases() == []
    await engine.dispose()


async def test_migrating_as_a_role_that_does_not_own_the_ledger_says_so(
    command: Command, postgres_server: PostgresServer, settings: Settings
) -> None:
    await postgres_server.create_database("owned_by_another")
    url = settings.database_url.get_secret_value().rpartition("/")[0] + "/owned_by_another"
    said = await command("migrate", database_owner_url=SecretStr(url))
    assert said.code == 2
    assert "must own the ledger's database" in said.err


async def test_the_embedded_stack_is_prepared_once_and_a_directory_that_was_kept_stays(
    settings: Settings, postgres_server: PostgresServer
) -> None:
    await postgres_server.create_database("prepared")
    await postgres_server.create_database("prepared_provider", owner=PROVIDER)
    ready = settings.model_copy(
        update={
            "database_owner_url": SecretStr(postgres_server.url(OWNER, "prepared")),
            "database_url": SecretStr(postgres_server.url("dueprocess_app", "prepared")),
            "provider_database_url": SecretStr(postgres_server.url(PROVIDER, "prepared_provider")),
        }
    )
    await prepare(ready)
    engine = make_engine(ready.database_url.get_secret_value())
    kept = await Directory(engine).read()
    await prepare(ready)
    assert await Directory(engine).read() == kept
    await engine.dispose()
    assert kept.agency_of("police.springfield.gov.example") is not None
