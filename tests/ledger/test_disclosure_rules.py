"""What the database refuses by itself, whatever the code above it believes: I1, I2 and separation of duties."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import Conflict
from ledger.roster import Roster
from policy.statements import Refusal, Verdict
from policy.vocabulary import Role
from tests.ledger.build import NOW, approved, casebook, completed, decision, entry, opened, produced, sha

_KEYS = tuple(letter * 42 + "A" for letter in "ABC")


async def test_I1_an_approved_scope_is_disclosed_once_even_in_a_race(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    await record.commit(entry(ref, "decide", approved(ref)))
    tries = (record.commit(entry(ref, f"produce-{n}", produced(ref, f"link {n}"))) for n in range(6))
    ended = await asyncio.gather(*tries, return_exceptions=True)
    assert ended.count(True) == 1
    assert [str(one) for one in ended if one is not True] == [
        "this scope has been disclosed already, and is never disclosed twice"
    ] * 5


async def test_I2_nothing_is_disclosed_that_was_not_approved(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    with pytest.raises(Conflict, match="has not been approved"):
        await record.commit(entry(ref, "produce", produced(ref)))


async def test_PR3_a_certificate_taken_in_while_the_package_is_made_is_not_left_out_of_it(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    await record.commit(entry(ref, "decide", approved(ref)))
    for name, form in (("first", "form"), ("second", "form"), ("on paper", None)):
        await record.commit(entry(ref, f"certificate {name}", await completed(engine, name, form)))
    for left_out in ((), (sha("second"),), (sha("first"), sha("on paper"))):
        with pytest.raises(Conflict, match="it is made anew"):
            await record.commit(entry(ref, "produce", produced(ref, certificates=left_out)))
    assert await record.commit(entry(ref, "produce", produced(ref, certificates=(sha("second"), sha("on paper")))))
    with pytest.raises(Conflict, match="the production has been made"):
        await record.commit(entry(ref, "certificate late", await completed(engine, "late")))
    assert [(c.form, c.object) for c in (await record.case(ref)).certificates] == [
        ("form", sha("first")),
        ("form", sha("second")),
        (None, sha("on paper")),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Verdict.AUTHENTIC, Verdict.APPROVE),
        (Verdict.AUTHENTIC, Verdict.NARROW),
        (Verdict.APPROVE, Verdict.AUTHENTIC),
        (Verdict.VOUCH, Verdict.APPROVE),
        (Verdict.NARROW, Verdict.VOUCH),
    ],
)
async def test_nobody_verifies_and_approves_one_case(engine: AsyncEngine, first: Verdict, second: Verdict) -> None:
    record, ref = casebook(engine), await opened(engine)
    await record.commit(entry(ref, "one", decision(ref, "r-1", first, nonce="a")))
    with pytest.raises(Conflict, match="separation of duties"):
        await record.commit(entry(ref, "two", decision(ref, "r-1", second, nonce="b")))
    assert await record.commit(entry(ref, "two", decision(ref, "r-2", second, nonce="b")))
    elsewhere = await opened(engine, "another")
    assert await record.commit(entry(elsewhere, "one", decision(elsewhere, "r-1", second, nonce="c")))


async def test_a_new_key_does_not_make_a_new_person(engine: AsyncEngine) -> None:
    record, roster, ref = casebook(engine), Roster(engine), await opened(engine)
    old = await roster.add("Ada Example", _KEYS[0], [Role.VERIFIER], NOW)
    await record.commit(entry(ref, "one", decision(ref, old.id, Verdict.AUTHENTIC, nonce="a")))
    await roster.revoke(old.id, NOW)
    new = await roster.add("ada example", _KEYS[1], [Role.REVIEWER], NOW)
    with pytest.raises(Conflict, match="separation of duties"):
        await record.commit(entry(ref, "two", decision(ref, new.id, Verdict.APPROVE, nonce="b")))


async def test_one_person_approves_a_scope_once_even_in_a_race(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    verdicts = (Verdict.APPROVE, Verdict.NARROW) * 3
    tries = (
        record.commit(entry(ref, f"decide-{n}", decision(ref, "r-1", verdict, nonce=str(n))))
        for n, verdict in enumerate(verdicts)
    )
    ended = await asyncio.gather(*tries, return_exceptions=True)
    assert ended.count(True) == 1
    assert sum(isinstance(one, Conflict) for one in ended) == 5


async def test_two_people_who_approve_at_once_are_two_approvals(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    tries = (
        record.commit(entry(ref, f"decide-{by}", decision(ref, by, Verdict.APPROVE, nonce=by))) for by in ("r-1", "r-2")
    )
    assert await asyncio.gather(*tries) == [True, True]


async def test_a_scope_is_approved_once(engine: AsyncEngine) -> None:
    record, ref = casebook(engine), await opened(engine)
    tries = (record.commit(entry(ref, f"decide-{n}", approved(ref))) for n in range(2))
    ended = await asyncio.gather(*tries, return_exceptions=True)
    assert ended.count(True) == 1
    assert sum(isinstance(one, Conflict) for one in ended) == 1


async def test_an_accepted_statement_is_accepted_once_and_its_replays_are_kept_as_refused(
    engine: AsyncEngine,
) -> None:
    record, ref = casebook(engine), await opened(engine)
    accepted = decision(ref, "r-1", Verdict.REJECT, nonce="n")
    await record.commit(entry(ref, "decide-1", accepted))
    with pytest.raises(Conflict, match="accepted before"):
        await record.commit(entry(ref, "decide-2", accepted))
    for number in range(2, 5):
        replayed = decision(ref, "r-1", Verdict.REJECT, nonce="n", refusal=Refusal.REPEATED)
        assert await record.commit(entry(ref, f"decide-{number}", replayed))
    assert [d.accepted for d in (await record.case(ref)).decisions] == [True, False, False, False]
