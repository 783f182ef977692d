from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from gateways.provider import ProviderRecords, RecordGoneError, seed
from gateways.provider.dataset import GUEST, PEOPLE, SHARED_IP, canaries, rows
from gateways.provider.tables import recordings
from policy.records import Account, Record, RecordTable
from policy.request import Identifier, IdentifierKind
from runtime.embedded.ports import free_port
from runtime.embedded.postgres import PostgresServer

MAREN = Identifier(kind=IdentifierKind.USER_EMAIL, value="maren.holt@example.com")
ACCOUNT_TABLES = {RecordTable.PROFILE, RecordTable.BILLING}


@pytest.fixture(scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsyncEngine]:
    server = PostgresServer(tmp_path_factory.mktemp("provider"), free_port())
    await server.start()
    await seed(server.provider_url)
    await seed(server.provider_url)  # Seeding twice is seeding once: every count below depends on it.
    engine = create_async_engine(server.provider_url)
    yield engine
    await engine.dispose()
    await server.stop()


@pytest.fixture
def source(engine: AsyncEngine) -> ProviderRecords:
    return ProviderRecords(engine)


async def _found(source: ProviderRecords, kind: IdentifierKind, value: str) -> list[str]:
    return [account.email for account in (await source.resolve([Identifier(kind=kind, value=value)]))[1]]


async def _collected(source: ProviderRecords, identifier: Identifier) -> list[Record]:
    return list(await source.collect((await source.resolve([identifier]))[1]))


@pytest.mark.parametrize(
    ("kind", "value", "emails"),
    [
        (IdentifierKind.USER_EMAIL, "maren.holt@example.com", ["maren.holt@example.com"]),
        (IdentifierKind.USER_EMAIL, " Maren.Holt@EXAMPLE.com ", ["maren.holt@example.com"]),
        (IdentifierKind.USER_EMAIL, "maren.holt@example.co_", []),
        (IdentifierKind.USER_IP, SHARED_IP, ["t.okonjo@example.net", "wren.castellan@example.org"]),
        (IdentifierKind.USER_IP, "2001:DB8:11::5", ["bashir.elowen@example.org"]),
        (IdentifierKind.USER_IP, "198.51.100.200", []),  # A guest's address in a meeting: nobody signed in from it.
        (IdentifierKind.USER_NAME, "jordan vale", ["jordan.vale@example.com", "jvale88@example.net"]),
        (IdentifierKind.USER_NAME, "Linh Trần Nova", ["linh.tranova@example.org"]),
        (IdentifierKind.USER_NAME, "Jordan", []),
        (
            IdentifierKind.OWNER_EMAIL,
            "office@fernwick.example.com",
            ["office@fernwick.example.com", "dmitri@fernwick.example.com"],
        ),
        (IdentifierKind.OWNER_EMAIL, "dmitri@fernwick.example.com", []),
        (
            IdentifierKind.ACCOUNT_NUMBER,
            "510-000-0007",
            ["office@fernwick.example.com", "dmitri@fernwick.example.com"],
        ),
        (IdentifierKind.REGISTRATION_URL, "https://meet.example.com/register/wm0001/", ["maren.holt@example.com"]),
        (IdentifierKind.REGISTRATION_URL, "https://meet.example.com/register/", []),
        (IdentifierKind.USER_EMAIL, "' OR true --", []),
    ],
)
async def test_R1_each_kind_of_identifier_names_the_right_accounts(
    source: ProviderRecords, kind: IdentifierKind, value: str, emails: list[str]
) -> None:
    assert await _found(source, kind, value) == emails


@pytest.mark.parametrize(
    ("value", "host", "minute", "found"),
    [
        ("81000001111", "maren.holt@example.com", 10, True),
        ("810 0000 1111", "Maren.Holt@example.com", 0, True),  # The scheduled time, before it really began.
        ("81000001111", "maren.holt@example.com", 48, False),
        ("81000001111", "t.okonjo@example.net", 10, False),
        ("81000001111", None, 10, False),
        ("81000001111", "maren.holt@example.com", None, False),
        ("9" * 40, "maren.holt@example.com", 10, False),
        ("not a number", "maren.holt@example.com", 10, False),
    ],
)
async def test_R1_a_meeting_is_named_by_id_host_and_instant_together(
    source: ProviderRecords, value: str, host: str | None, minute: int | None, found: bool
) -> None:
    at = None if minute is None else datetime(2026, 6, 4, 15, minute, tzinfo=UTC)
    meeting = Identifier(kind=IdentifierKind.MEETING, value=value, host=host, at=at)
    assert [a.email for a in (await source.resolve([meeting]))[1]] == (["maren.holt@example.com"] if found else [])


async def test_R1_accounts_are_numbered_from_one_and_keep_their_number(source: ProviderRecords) -> None:
    nobody = Identifier(kind=IdentifierKind.USER_EMAIL, value="nobody@example.com")
    by_name = Identifier(kind=IdentifierKind.USER_NAME, value="Maren Holt")
    shared = Identifier(kind=IdentifierKind.USER_IP, value=SHARED_IP)
    resolved = await source.resolve([shared, nobody, MAREN, by_name])
    assert {place: [account.n for account in found] for place, found in resolved.items()} == {
        1: [1, 2],
        2: [],
        3: [3],
        4: [3],
    }
    assert resolved[3] == (Account(n=3, number="5100000001", email="maren.holt@example.com"),)


async def test_a_users_language_comes_with_the_account(source: ProviderRecords) -> None:
    linh = Identifier(kind=IdentifierKind.USER_EMAIL, value="linh.tranova@example.org")
    assert (await source.resolve([linh]))[1][0].language == "vi"


async def test_P1_everything_that_exists_is_collected_from_every_table(source: ProviderRecords) -> None:
    records = await _collected(source, MAREN)
    counts = {table: sum(record.table is table for record in records) for table in RecordTable}
    assert counts == {
        RecordTable.PROFILE: 1,
        RecordTable.BILLING: 1,
        RecordTable.SIGN_INS: 12,
        RecordTable.DEVICES: 1,
        RecordTable.MEETINGS: 1,
        RecordTable.PARTICIPANTS: 4,  # Three in the meeting she hosted, herself in the one she visited.
        RecordTable.CHAT: 12,  # Six sent, six received; the deleted ones are not there.
        RecordTable.RECORDINGS: 1,
    }
    assert {record.table for record in records if record.at is None} == ACCOUNT_TABLES
    assert {record.at.tzinfo for record in records if record.at} == {UTC}
    assert GUEST in {record.values.get("participant") for record in records}
    others = {record.values["host"] for record in records if record.table is RecordTable.PARTICIPANTS}
    assert others == {"maren.holt@example.com", "bashir.elowen@example.org"}


async def test_a_user_who_did_nothing_has_only_an_account(source: ProviderRecords) -> None:
    quiet = Identifier(kind=IdentifierKind.USER_NAME, value="Quietus Marlowe")
    assert {record.table for record in await _collected(source, quiet)} == ACCOUNT_TABLES


async def test_D5_what_was_deleted_is_nowhere(source: ProviderRecords) -> None:
    everyone = [Identifier(kind=IdentifierKind.USER_EMAIL, value=person.email) for person in PEOPLE]
    resolved = await source.resolve(everyone)
    assert [place for place, found in resolved.items() if not found] == [12]
    records = await source.collect([account for found in resolved.values() for account in found])
    deleted = {row["id"] for row in rows()["recordings"] if row["deleted_at"]}
    assert deleted, "the data set must have deleted recordings"
    assert not deleted & {int(r.values["media_key"]) for r in records if r.table is RecordTable.RECORDINGS}
    assert not [r for r in records if "deleted by its sender" in r.values.get("text", "")]
    gone = Account(n=1, number="5100000012", email="gone.away@example.net")
    assert await source.collect([gone]) == ()


async def test_recordings_are_playable_files_of_their_own(source: ProviderRecords) -> None:
    videos = []
    for person in PEOPLE[:2]:
        records = await _collected(source, Identifier(kind=IdentifierKind.USER_EMAIL, value=person.email))
        recording = next(record for record in records if record.table is RecordTable.RECORDINGS)
        videos.append(await source.media_of(recording))
        assert len(videos[-1]) == int(recording.values["bytes"])
    assert videos[0] != videos[1]
    assert [list(_boxes(video)) for video in videos] == [["ftyp", "moov", "free", "mdat", "free"]] * 2


def _boxes(video: bytes) -> list[str]:
    found, start = [], 0
    while start < len(video):
        found.append(video[start + 4 : start + 8].decode())
        start += int.from_bytes(video[start : start + 4])
    assert start == len(video), "the last box must end with the file"
    return found


async def test_D5_a_recording_deleted_since_the_snapshot_says_so(source: ProviderRecords, engine: AsyncEngine) -> None:
    bashir = Identifier(kind=IdentifierKind.USER_EMAIL, value="bashir.elowen@example.org")
    recording = next(r for r in await _collected(source, bashir) if r.table is RecordTable.RECORDINGS)
    key = int(recording.values["media_key"])
    async with engine.begin() as connection:
        await connection.execute(update(recordings).where(recordings.c.id == key).values(deleted_at=datetime.now(UTC)))
    try:
        with pytest.raises(RecordGoneError, match="D5"):
            await source.media_of(recording)
    finally:
        async with engine.begin() as connection:
            await connection.execute(update(recordings).where(recordings.c.id == key).values(deleted_at=None))


async def test_the_source_only_ever_reads(source: ProviderRecords) -> None:
    async with source._engine.connect() as connection:
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await connection.execute(text("DELETE FROM chat_messages"))


def test_the_data_set_is_of_nobody() -> None:
    reserved = [ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
    assert all(any(ip_address(person.ip) in net for net in reserved) for person in PEOPLE)
    assert all(person.email.endswith(("example.com", "example.net", "example.org")) for person in PEOPLE)
    assert rows() == rows()
    assert len({row["id"] for row in rows()["recordings"]}) == len(rows()["recordings"])
    for person in PEOPLE:
        assert {person.name, person.email, person.ip} <= set(canaries())
