"""Mail from the 250 to its case: one case a message, references without gaps, and S1's short memory of the refused."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import CaseNotFound, Conflict, MessageNotFound
from intake.peer import SmtpPeer
from ledger.chain import verify
from ledger.mailroom import CondemnedObject, Mailroom
from ledger.tables import cases, contents, deliveries, events, messages
from policy.findings import Reason
from policy.vocabulary import Clause, RequestKind
from tests.ledger.build import CANARY, NOW, casebook, entry, letter, opened, reading, received, sha

_REASONS = (Reason(clause=Clause.S1, detail="not an official domain"),)


async def rows(engine: AsyncEngine, table: object) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]  # Any table.


async def test_the_same_message_twenty_times_at_once_is_one(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    answers = await asyncio.gather(*(mailroom.receive(sha("m"), sha("raw"), NOW) for _ in range(20)))
    assert [new for _, new in answers].count(True) == 1
    assert {message_id for message_id, _ in answers} == {sha("m")}
    assert await rows(engine, messages) == await rows(engine, deliveries) == await rows(engine, events) == 1


async def test_one_message_id_with_another_body_is_another_message(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    for body in ("first", "second"):
        message_id, new = await mailroom.receive(sha(body), sha(f"raw {body}"), NOW)
        await mailroom.read(message_id, reading(body, header_message_id="<same@example.org>"))
        assert new
    assert await rows(engine, messages) == 2


async def test_the_same_message_by_another_way_keeps_both_copies(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    assert await mailroom.receive(sha("m"), sha("raw by one relay"), NOW) == (sha("m"), True)
    assert await mailroom.receive(sha("m"), sha("raw by another"), NOW) == (sha("m"), False)
    assert await rows(engine, deliveries) == 2


async def test_opening_a_case_twenty_times_at_once_opens_one(engine: AsyncEngine) -> None:
    message_id = await received(engine, "m")
    mailroom = Mailroom(engine)
    refs = await asyncio.gather(
        *(mailroom.open_case(message_id, RequestKind.DISCLOSURE, "2026.1", NOW) for _ in range(20))
    )
    assert set(refs) == {"DP-2026-000001"}
    assert await rows(engine, cases) == 1


async def test_references_have_no_gaps_and_start_anew_each_year(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    ids = [await received(engine, f"m{number}") for number in range(12)]

    async def open_or_fail(number: int) -> str:
        if number % 3 == 0:  # A kind that the database refuses, after the number was drawn.
            with pytest.raises(Exception, match="kind_known"):
                await mailroom.open_case(ids[number], _Unknown.KIND, "2026.1", NOW)  # type: ignore[arg-type]  # On purpose.
        return await mailroom.open_case(ids[number], RequestKind.PRESERVATION, "2026.1", NOW)

    refs = await asyncio.gather(*(open_or_fail(number) for number in range(12)))
    assert sorted(refs) == [f"DP-2026-{number:06d}" for number in range(1, 13)]

    # Half past eleven on New Year's Eve in New York is the new year already in UTC.
    new_year = datetime.fromisoformat("2026-12-31T23:30:00-05:00")
    later = await received(engine, "later")
    assert await mailroom.open_case(later, RequestKind.DISCLOSURE, "2026.1", new_year) == "DP-2027-000001"


class _Unknown:
    class KIND:
        value = "unknown"


async def test_what_waits_is_listed_oldest_first_until_it_is_settled(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    for hour in (3, 1, 2, 4):
        await mailroom.receive(sha(f"m{hour}"), sha(f"raw m{hour}"), NOW + timedelta(hours=hour))
    await mailroom.read(sha("m2"), reading("m2"))
    waiting = await mailroom.pending()
    assert [message.message_id for message in waiting] == [sha(f"m{hour}") for hour in (1, 2, 3, 4)]

    ref = await mailroom.open_case(sha("m2"), RequestKind.DISCLOSURE, "2026.1", NOW)
    await mailroom.route(sha("m1"), ref, NOW)
    await mailroom.refuse(sha("m3"), _REASONS, NOW)
    assert [message.message_id for message in await mailroom.pending()] == [sha("m4")]


async def test_a_deadline_can_see_mail_that_waits(engine: AsyncEngine) -> None:
    await received(engine, "m", NOW)
    record = casebook(engine)
    assert not await record.unread_mail_before(NOW)
    assert await record.unread_mail_before(NOW + timedelta(microseconds=1))
    await Mailroom(engine).refuse(sha("m"), _REASONS, NOW)
    assert not await record.unread_mail_before(NOW + timedelta(days=1))


async def test_S1_a_refused_message_leaves_only_the_minimal_record(engine: AsyncEngine) -> None:
    message_id = await received(engine, "m")
    mailroom = Mailroom(engine)
    assert await mailroom.refuse(message_id, _REASONS, NOW) == (sha("raw m"),)
    assert await mailroom.refuse(message_id, _REASONS, NOW) == (sha("raw m"),)

    async with engine.connect() as connection:
        row = (await connection.execute(select(messages))).mappings().one()
        kept = (await connection.execute(select(contents.c.body))).scalars().all()
    assert {name: value for name, value in row.items() if value is not None} == {
        "message_id": message_id,
        "object": sha("raw m"),
        "sender_domain": "example.org",
        "mailbox": "requests",
        "received_at": NOW,
        "state": "refused",
        "refused_for": [{"clause": "S1", "detail": "not an official domain"}],
        "settled_at": NOW,
    }
    assert not any(CANARY in body for body in kept if body)
    with pytest.raises(MessageNotFound):
        await casebook(engine).reading(message_id)
    report = await verify(engine)
    assert report.intact
    assert report.events == 2


async def test_S1_who_handed_a_message_over_is_kept_until_it_is_refused_or_read(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    odd = SmtpPeer(address="2001:db8::7", helo="mx\x00", mail_from="\ud800@example.org")
    await mailroom.receive(sha("m"), sha("raw m"), NOW, odd)
    await mailroom.receive(sha("file"), sha("raw file"), NOW + timedelta(hours=1))
    by_smtp, from_a_file = await mailroom.pending()
    assert by_smtp.peer == SmtpPeer(address="2001:db8::7", helo="mx\ufffd", mail_from="\ufffd@example.org")
    assert from_a_file.peer is None
    await mailroom.refuse(sha("m"), _REASONS, NOW, "example.org")
    async with engine.connect() as connection:
        row = (await connection.execute(select(messages).where(messages.c.message_id == sha("m")))).mappings().one()
    assert (row["peer"], row["helo"], row["mail_from"], row["sender_domain"]) == (None, None, None, "example.org")


async def test_S1_the_bytes_of_refused_mail_are_condemned_until_destroyed(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    await mailroom.refuse(await received(engine, "m"), _REASONS, NOW)
    first = CondemnedObject(sha("m"), sha("raw m"))
    assert await mailroom.condemned() == [first]
    await mailroom.destroyed(first, NOW)
    await mailroom.destroyed(first, NOW)
    assert await mailroom.condemned() == []

    await mailroom.receive(sha("m"), sha("the same by another way"), NOW)
    assert await mailroom.condemned() == [CondemnedObject(sha("m"), sha("the same by another way"))]


async def test_a_settled_message_stays_settled(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    ref, other = await opened(engine, "one"), await opened(engine, "two")
    await mailroom.route(sha("one"), ref, NOW)
    with pytest.raises(Conflict):
        await mailroom.route(sha("one"), other, NOW)
    with pytest.raises(Conflict):
        await mailroom.refuse(sha("one"), _REASONS, NOW)
    with pytest.raises(Conflict):
        await mailroom.read(sha("one"), reading("one"))
    await mailroom.refuse(await received(engine, "three"), _REASONS, NOW)
    with pytest.raises(Conflict):
        await mailroom.open_case(sha("three"), RequestKind.DISCLOSURE, "2026.1", NOW)


async def test_what_does_not_exist_is_said_not_to(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    with pytest.raises(MessageNotFound):
        await mailroom.route(sha("nothing"), "DP-2026-000001", NOW)
    await received(engine, "m")
    with pytest.raises(CaseNotFound):
        await mailroom.route(sha("m"), "DP-2026-000001", NOW)
    with pytest.raises(ValueError, match="S1"):
        await mailroom.refuse(sha("m"), (), NOW)


async def test_a_message_finds_its_case(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    ref = await opened(engine, "one")
    await casebook(engine).commit(entry(ref, "receive", letters=(letter(),)))
    owed = await casebook(engine).owed(ref, "receive")
    assert await mailroom.case_of_message(sha("one")) == ref
    assert await mailroom.case_of_message("<one@example.org>") == ref
    assert await mailroom.case_of_message(owed[0].message_id) == ref
    assert await mailroom.case_of_message("<unknown@example.org>") is None


async def test_a_message_id_that_two_cases_claim_finds_neither(engine: AsyncEngine) -> None:
    mailroom = Mailroom(engine)
    for name in ("one", "two"):
        message_id, _ = await mailroom.receive(sha(name), sha(f"raw {name}"), NOW)
        await mailroom.read(message_id, reading(name, header_message_id="<same@example.org>"))
        await mailroom.open_case(message_id, RequestKind.DISCLOSURE, "2026.1", NOW)
    assert await mailroom.case_of_message("<same@example.org>") is None


async def test_text_that_cannot_be_stored_stops_no_message(engine: AsyncEngine) -> None:
    message_id, _ = await Mailroom(engine).receive(sha("m"), sha("raw"), NOW)
    await Mailroom(engine).read(message_id, reading("m", subject="a\x00b\udc80c", author=None))
    assert (
        await casebook(engine).reading(message_id)
    ).subject == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"


async def test_times_come_back_in_utc(engine: AsyncEngine) -> None:
    await received(engine, "m", datetime.fromisoformat("2026-03-02T04:30:00-05:00"))
    (message,) = await Mailroom(engine).pending()
    assert message.received_at == NOW
    assert message.received_at.utcoffset() == UTC.utcoffset(None)


async def test_I7_the_messages_that_wait_are_told_page_by_page(engine: AsyncEngine) -> None:
    """However many there are that cannot be sent on, those behind them have their turn."""
    mailroom = Mailroom(engine)
    for n in range(5):
        await received(engine, f"m{n}")
    seen, last = [], None
    while page := await mailroom.pending(2, after=last):
        seen += [message.message_id for message in page]
        last = page[-1]
    assert sorted(seen) == sorted(sha(f"m{n}") for n in range(5))
