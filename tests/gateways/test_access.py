"""The embedded service's doors: what each measure keeps out, and that a case applies and lifts its own alone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from activities.ports import AccessOrder
from gateways.provider import Act, ProviderAccess
from gateways.provider.tables import access_rules, users
from ledger.engine import make_engine
from policy.measures import Restriction
from policy.request import Identifier, IdentifierKind
from policy.vocabulary import EVERYWHERE, Measure

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
END = NOW + timedelta(days=30)
MAREN, TOBIAS = "maren.holt@example.com", "t.okonjo@example.net"
NUMBER = 81000001111
USER = Identifier(kind=IdentifierKind.USER_EMAIL, value=MAREN)
MEETING = Identifier(
    kind=IdentifierKind.MEETING, value=str(NUMBER), host=MAREN, at=datetime(2026, 6, 4, 15, 10, tzinfo=UTC)
)
REGISTRATION = Identifier(kind=IdentifierKind.REGISTRATION_URL, value="https://meet.example.com/register/wm0001")


@pytest.fixture
async def access(provider_url: str) -> AsyncIterator[ProviderAccess]:
    engine = make_engine(provider_url)
    yield ProviderAccess(engine)
    await engine.dispose()


def order(
    measure: Measure, *identifiers: Identifier, ref: str = "DP-2026-000001", territory: str = "US"
) -> AccessOrder:
    return AccessOrder(
        ref=ref,
        restriction=Restriction(measure=measure, territory=territory),
        identifiers=identifiers,
        since=NOW,
        until=END,
    )


@pytest.mark.parametrize(
    ("measure", "named", "kept_out"),
    [
        (Measure.KEEP_OUT, MEETING, {("join", TOBIAS, "US-IL", True), ("join", MAREN, "US-IL", True)}),
        (Measure.LIMIT_HOSTING, USER, {("host", MAREN, "US-IL", False)}),
        (
            Measure.LIMIT_PARTICIPATION,
            USER,
            {("host", MAREN, "US-IL", False), ("join", MAREN, "US-IL", False), ("join", MAREN, "US-IL", True)},
        ),
        (
            Measure.CLOSE_MEETING,
            REGISTRATION,
            {
                ("join", TOBIAS, "US-IL", True),
                ("join", TOBIAS, "VN", True),
                ("join", MAREN, "US-IL", True),
                ("join", MAREN, "VN", True),
            },
        ),
        (
            Measure.SUSPEND_ACCOUNT,
            USER,
            {
                ("host", MAREN, "US-IL", False),
                ("join", MAREN, "US-IL", False),
                ("join", MAREN, "US-IL", True),
                ("host", MAREN, "VN", False),
                ("join", MAREN, "VN", False),
                ("join", MAREN, "VN", True),
            },
        ),
    ],
)
async def test_X2_each_measure_keeps_out_whom_it_says_and_nobody_else(
    access: ProviderAccess, measure: Measure, named: Identifier, kept_out: set[tuple[str, str, str, bool]]
) -> None:
    concerned = await access.restrict(order(measure, named), NOW)
    assert [account.email for account in concerned] == [MAREN], "the user, or the meeting's host"
    everything = {
        (act, who, where, in_meeting)
        for act, who, where, in_meeting in (
            (act, who, where, in_meeting)
            for act in ("host", "join")
            for who in (MAREN, TOBIAS)
            for where in ("US-IL", "VN")
            for in_meeting in (False, True)
        )
        if not (act == "host" and in_meeting)
    }
    found = {
        (act, who, where, in_meeting)
        for act, who, where, in_meeting in everything
        if not await access.allows(Act(act), who, where, NOW, NUMBER if in_meeting else None)
    }
    assert found == kept_out


async def test_X1_applied_again_it_is_applied_once_and_to_the_same_accounts(access: ProviderAccess) -> None:
    both = order(Measure.LIMIT_HOSTING, USER, Identifier(kind=IdentifierKind.USER_EMAIL, value=TOBIAS))
    first = await access.restrict(both, NOW)
    assert [account.email for account in first] == [MAREN, TOBIAS]
    async with access._engine.begin() as connection:
        await connection.execute(update(users).where(users.c.email == TOBIAS).values(deleted_at=NOW))
    assert await access.restrict(both, NOW + timedelta(hours=1)) == first
    async with access._engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(access_rules)) == 2


async def test_X2_a_restriction_ends_by_itself_and_each_case_lifts_its_own(access: ProviderAccess) -> None:
    await access.restrict(order(Measure.LIMIT_PARTICIPATION, USER), NOW)
    await access.restrict(order(Measure.LIMIT_PARTICIPATION, USER, ref="DP-2026-000002", territory=EVERYWHERE), NOW)
    await access.lift("DP-2026-000002", NOW)
    await access.lift("DP-2026-000002", END)
    assert await access.allows(Act.JOIN, MAREN, "VN", NOW)
    assert not await access.allows(Act.JOIN, MAREN, "US", END - timedelta(seconds=1))
    assert await access.allows(Act.JOIN, MAREN, "US", END), "half-open, lifted or not"
    assert await access.allows(Act.JOIN, MAREN, "US", NOW - timedelta(seconds=1)), "nor before it begins"


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        (Measure.LIMIT_HOSTING, Identifier(kind=IdentifierKind.USER_EMAIL, value="gone.away@example.net")),
        (Measure.LIMIT_HOSTING, Identifier(kind=IdentifierKind.USER_NAME, value="Jordan Vale")),
        (Measure.KEEP_OUT, MEETING.model_copy(update={"host": TOBIAS})),
        (Measure.KEEP_OUT, USER),
        (Measure.SUSPEND_ACCOUNT, MEETING),
    ],
)
async def test_X2_nobody_is_restricted_who_is_not_named_exactly(
    access: ProviderAccess, measure: Measure, named: Identifier
) -> None:
    assert await access.restrict(order(measure, named), NOW) == ()
    assert await access.allows(Act.HOST, MAREN, "US", NOW, NUMBER)
