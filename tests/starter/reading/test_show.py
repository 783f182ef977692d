"""`dueprocess show`: a person sees what is asked, by what right, what was decided and until when everything runs."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import ObjectStore
from activities.record import (
    CaseClosed,
    FactsAmended,
    HoldExtended,
    HoldStarted,
    NoticeDelayed,
    ObjectionMade,
    ProductionMade,
    ScopeApproved,
    SilenceOrdered,
    UserTold,
)
from ledger.casebook import Casebook
from ledger.erasure import Erasure
from policy.facts import Fact, FactField, Source, SourceKind
from policy.request import request_facts
from policy.scope import scope_of
from policy.vocabulary import DataClass, Outcome, Phase
from runtime.services import make_store
from runtime.settings import Settings
from starter.samples import SampleProcess, SampleRequest
from tests.starter.reading.cases import ANA, RECEIVED, add, ana, bring_in, refused_approval
from tests.starter.reading.conftest import Command

_OVERBROAD = SampleRequest(
    process=SampleProcess.SUBPOENA,
    identifiers=(("User email", "alice.martin@example.org"), ("User email", "bob.stone@example.org")),
    classes=(DataClass.BASIC, DataClass.CONTENT),
    silence="90 days",
)


@pytest.fixture
def store(settings: Settings) -> ObjectStore:
    return make_store(settings)


async def seen(command: Command, ref: str) -> dict[str, Any]:
    said = await command("show", ref, "--json")
    assert (said.code, said.err) == (0, "")
    view: dict[str, Any] = json.loads(said.out)
    return view


def clocks(view: dict[str, Any]) -> dict[str, tuple[str | None, str, str]]:
    return {f"{d['kind']} {d['notice'] or ''}".strip(): (d["at"], d["state"], d["basis"]) for d in view["deadlines"]}


async def test_U3_what_a_subpoena_cannot_compel_stands_beside_the_numbered_identifiers(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, _OVERBROAD)
    by = await ana(engine)
    await add(engine, ref, "decision-1", await refused_approval(engine, ref, by, "All of it,\nplease."))
    said = await command("show", ref.lower())
    assert said.code == 0
    lines = [line.strip() for line in said.out.splitlines()]
    assert "1. user email alice.martin@example.org" in lines
    assert "2. user email bob.stone@example.org" in lines
    assert "process   subpoena, which compels D1, D2" in lines
    assert "EXCEEDS   U3: a subpoena never compels content (a search warrant does, U4); asked for: D3" in lines
    assert "R3  asks for D3, which a subpoena does not compel" in lines
    assert "needs     2 approvals by different people" in lines
    assert f"{ANA} ({by}): approve, REFUSED: U3: a subpoena never compels content" in said.out
    assert "| All of it," in lines
    assert "| please." in lines

    view = await seen(command, ref)
    scope = scope_of(ref, request_facts((await Casebook(engine, "provider.example").case(ref)).facts))
    assert view["scope"]["digest"] == scope.digest()
    assert [(i["number"], i["value"]) for i in view["scope"]["identifiers"]] == [
        (1, "alice.martin@example.org"),
        (2, "bob.stone@example.org"),
    ]
    assert view["rulings"][0]["reason"] == "All of it,\nplease."


async def test_each_fact_names_its_source_and_a_person_by_name(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, _OVERBROAD)
    by = await ana(engine)
    corrected = Fact(field=FactField.OFFICER_BADGE, value="9-9", source=Source(kind=SourceKind.PERSON, by=by))
    await add(engine, ref, "amend-1", FactsAmended(by=by, facts=(corrected,), signature="c2ln"))
    facts = {fact["field"]: fact for fact in (await seen(command, ref))["facts_that_hold"]}
    assert facts["officer.badge"] == {"field": "officer.badge", "value": "9-9", "clause": "R4", "source": ANA}
    assert facts["case.number"]["source"] == "subpoena.pdf, page 1"
    assert facts["officer.email"]["source"] == "mail"


async def test_R4_what_is_missing_is_said_by_clause_and_only_while_the_case_is_open(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, SampleRequest(process=SampleProcess.SUBPOENA, response_due=None))
    assert "  R4  the response date asked for\n" in (await command("show", ref)).out
    retain_until = RECEIVED + timedelta(days=10)
    await add(engine, ref, "close", CaseClosed(outcome=Outcome.REJECTED, retain_until=retain_until), phase=Phase.CLOSED)
    closed = await seen(command, ref)
    assert (closed["outcome"], closed["items_missing"]) == ("rejected", [])
    assert clocks(closed)["retention"][0] == "2026-11-12T15:04:00Z"


async def test_N2_a_gag_and_N1_an_objection_window_stand_with_their_basis(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, _OVERBROAD)
    opener = (await Casebook(engine, "provider.example").case(ref)).envelope.message_id
    order = SilenceOrdered(n=1, message_id=opener, until=RECEIVED + timedelta(days=90))
    await add(engine, ref, "order", order)
    asked = clocks(await seen(command, ref))
    assert "1. the request itself: until 2027-01-31 15:04:00 UTC, in force" in (await command("show", ref)).out
    assert asked["gag"] == ("2027-01-31T15:04:00Z", "running", "N2; 18 U.S.C. 2705(b)")
    assert asked["response_due"] == ("2026-12-31T00:00:00Z", "running", "R4")

    window = RECEIVED + timedelta(days=7)
    await add(engine, ref, "notice-1-delay-1", NoticeDelayed(n=1, until=RECEIVED + timedelta(days=90)))
    await add(engine, ref, "notice-2-delay-1", NoticeDelayed(n=2, until=None))
    await add(engine, ref, "notice-3-tell", UserTold(n=3, objection_until=window))
    await add(engine, ref, "notice-4-tell", UserTold(n=4, objection_until=window))
    await add(engine, ref, "notice-4-objection", ObjectionMade(n=4))
    running = clocks(await seen(command, ref))
    assert running["gag 1"] == ("2027-01-31T15:04:00Z", "running", "N2; 18 U.S.C. 2705(b)")
    assert running["gag 2"] == (None, "running", "N2; 18 U.S.C. 2705(b)")
    assert running["objection_window 3"][0::2] == ("2026-11-09T15:04:00Z", "N1")
    assert running["objection_window 4"][1] == "stopped"
    assert "it has no end: a reviewer must give it one, or end it" in (await command("show", ref)).out


async def test_P3_a_hold_stands_with_its_end_and_its_statute(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, SampleRequest(process=SampleProcess.PRESERVATION_LETTER))
    first, second = RECEIVED + timedelta(days=90), RECEIVED + timedelta(days=180)
    await add(engine, ref, "hold", HoldStarted(until=first), phase=Phase.HELD)
    await add(engine, ref, "extension-1", HoldExtended(until=second, message_id="m"))
    view = await seen(command, ref)
    assert clocks(view)["hold"] == ("2027-05-01T15:04:00Z", "running", "P1, P3; 18 U.S.C. 2703(f)")
    assert "extended once" in view["deadlines"][0]["sentence"]
    assert view["scope"]["excess"] == ""


async def test_PR1_a_production_says_how_it_is_verified_and_an_erased_case_still_has_its_timeline(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, SampleRequest(process=SampleProcess.SUBPOENA))
    scope = scope_of(ref, request_facts((await Casebook(engine, "provider.example").case(ref)).facts))
    made = ProductionMade(
        scope=scope.digest(),
        package="ab" * 32,
        size=4096,
        records=12,
        token_sha256="cd" * 32,
        link_expires_at=RECEIVED + timedelta(days=30),
    )
    await add(engine, ref, "decision-1", ScopeApproved(scope=scope, approved_by=("r-0000000000000001",)))
    await add(engine, ref, "produce", made, phase=Phase.PRODUCTION)
    closed = CaseClosed(outcome=Outcome.PRODUCED, retain_until=RECEIVED + timedelta(days=10))
    await add(engine, ref, "close", closed, phase=Phase.CLOSED)
    before = (await command("show", ref)).out
    assert f"package   sha256 {'ab' * 32}" in before
    assert f"bagit.py --validate {ref}" in before
    assert clocks(await seen(command, ref))["link"][0] == "2026-12-02T15:04:00Z"

    assert await Erasure(engine).erase(ref, RECEIVED + timedelta(days=11))
    after = await command("show", ref)
    assert after.code == 0
    assert "alice.martin@example.org" in before
    assert "alice.martin@example.org" not in after.out
    assert "case erased" in after.out


async def test_what_a_stranger_wrote_cannot_act_on_the_terminal(
    command: Command, engine: AsyncEngine, store: ObjectStore
) -> None:
    ref = await bring_in(engine, store, SampleRequest(process=SampleProcess.SUBPOENA))
    hostile = Fact(field=FactField.USER_NAME, value="\x1b[2J[bold]Eve\u202e", source=Source(kind=SourceKind.MAIL))
    await add(engine, ref, "amend-1", FactsAmended(by="r-0000000000000001", facts=(hostile,), signature="c2ln"))
    said = (await command("show", ref)).out
    assert "\N{REPLACEMENT CHARACTER}[2J[bold]Eve\N{REPLACEMENT CHARACTER}" in said
    assert "\x1b" not in said


async def test_a_case_that_does_not_exist_is_one_sentence(command: Command) -> None:
    said = await command("show", "DP-2026-009999")
    assert (said.code, said.out, said.err) == (1, "", "no case bears the reference DP-2026-009999\n")
