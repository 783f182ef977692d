"""After retention the people go out of the record, and the record still verifies."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import CaseNotFound, Conflict, MessageNotFound
from activities.record import AppealMade
from ledger.chain import verify
from ledger.erasure import Erasure
from ledger.reports import Reports
from ledger.roster import Roster
from ledger.tables import metadata
from policy.statements import Verdict
from policy.vocabulary import AppealRoute, Phase
from tests.ledger.build import (
    CANARY,
    NOW,
    approved,
    casebook,
    closed,
    decision,
    entry,
    facts_read,
    letter,
    opened,
    produced,
    restriction_applied,
    sha,
    snapshot_taken,
)

_AFTER = NOW + timedelta(days=365)


async def finished(engine: AsyncEngine, name: str = "request") -> str:
    record, ref = casebook(engine), await opened(engine, name)
    reason = await Roster(engine).keep_reason(f"{CANARY} told me so")
    rejected = decision(ref, "r-2", Verdict.REJECT, nonce="b", reason=reason)
    await record.commit(entry(ref, "receive", facts_read(name), letters=(letter(),)))
    await record.commit(entry(ref, "decide", rejected, approved(ref), snapshot_taken()))
    await record.commit(entry(ref, "produce", produced(ref, f"link {name}")))
    appeal = AppealMade(n=1, route=AppealRoute.LINK, text=f"{CANARY} was not there")
    await record.commit(entry(ref, "restrict", restriction_applied()))
    await record.commit(entry(ref, "appeal", appeal))
    await record.commit(entry(ref, "close", closed(), phase=Phase.CLOSED))
    return ref


async def dump(engine: AsyncEngine) -> str:
    """Every row of every table, as text."""
    found: list[str] = []
    async with engine.connect() as connection:
        for table in metadata.tables:
            rows = await connection.execute(text(f"SELECT t::text FROM {table} t"))  # noqa: S608 - our own names
            found += rows.scalars().all()
    return "\n".join(found)


async def test_an_erased_case_names_nobody_and_the_chain_holds(engine: AsyncEngine) -> None:
    ref = await finished(engine)
    head = (await verify(engine)).head
    assert CANARY in await dump(engine)

    assert await Erasure(engine).erase(ref, _AFTER)
    assert CANARY not in await dump(engine)
    report = await verify(engine, head)
    assert report.intact
    assert report.erased == head.seq - 1, "all but the event of the message, which names only hashes and no case"

    case = await casebook(engine).case(ref)
    assert (case.facts, case.approved, case.envelope.sender, case.envelope.subject) == ((), None, "", "")
    assert case.production
    assert case.decisions[0].signed.statement.by == "r-2"
    assert [event.kind for event in case.events][-1] == "case_erased"
    assert await Reports(engine).objects() == []
    with pytest.raises(MessageNotFound):
        await casebook(engine).reading(sha("request"))


async def test_erasing_twice_at_once_is_once(engine: AsyncEngine) -> None:
    ref = await finished(engine)
    done = await asyncio.gather(*(Erasure(engine).erase(ref, _AFTER) for _ in range(4)))
    assert sorted(done) == [False, False, False, True]


async def test_a_reason_that_another_case_quotes_stays(engine: AsyncEngine) -> None:
    one, two = await finished(engine, "one"), await finished(engine, "two")
    reason = sha(f"{CANARY} told me so")
    await Erasure(engine).erase(one, _AFTER)
    assert await Roster(engine).reason(reason)
    await Erasure(engine).erase(two, _AFTER)
    assert await Roster(engine).reason(reason) is None


async def test_what_must_be_kept_is_kept(engine: AsyncEngine) -> None:
    with pytest.raises(Conflict, match="open"):
        await Erasure(engine).erase(await opened(engine, "open"), _AFTER)
    with pytest.raises(Conflict, match="kept until 2027-03-02"):
        await Erasure(engine).erase(await finished(engine), _AFTER - timedelta(seconds=1))
    with pytest.raises(CaseNotFound):
        await Erasure(engine).erase("DP-2026-999999", _AFTER)
