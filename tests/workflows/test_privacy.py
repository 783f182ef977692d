"""Nothing in Temporal or in a log says whom a case is about, and not because it is encrypted."""

import asyncio
import logging
from datetime import date, timedelta

import pytest

from contract.ids import followup_id, notice_id, preservation_id, request_id
from gateways.provider.dataset import canaries
from policy.statements import Verdict
from policy.vocabulary import Outcome, Phase
from runtime.settings import Settings
from starter.samples import SampleProcess
from tests.world import EVERYTHING, MAREN, World

DANGER = ("nature", "known", "person", "when", "averts")


@pytest.fixture(params=[True, False], ids=["encrypted", "in the clear"])
def world_settings(world_settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The privacy of a case must not rest on encryption alone, so its test runs without it too."""
    return world_settings.model_copy(update={"codec_enabled": request.param})


async def test_nothing_of_a_person_is_in_histories_ids_lists_or_logs(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    who = {
        "officer": "Quillon Abernath-Zed",
        "badge": "Zq4471x",
        "agency": "Zzyzx Regional Task Force",
        "address": "77 Canary Wharf Row, Zedford, IL 62799",
        "phone": "+1-202-555-0177 ext. 93",
        "sender": "quillon.zed@police.springfield.gov.example",
        "case_number": "ZQX-2026-0815",
        "relation": "Canarysong was sold from this account on the dates named above, as its records will show.",
    }
    warrant = await world.mail(SampleProcess.SEARCH_WARRANT, classes=EVERYTHING, silence="30 days", **who)
    await world.phase(warrant, Phase.VERIFICATION)
    await world.amend(warrant, officer__badge=f"{who['badge']}-amended")
    await world.verify(warrant)
    await world.phase(warrant, Phase.LEGAL_REVIEW)
    assert (await world.sign(warrant, Verdict.ASK, "rita", reason=f"Is it really {MAREN}?")).accepted
    await world.approve(warrant, "rita", "ravi")
    hold = await world.mail(SampleProcess.PRESERVATION_LETTER, **who)
    await world.phase(hold, Phase.HELD)
    subpoena = await world.mail(SampleProcess.SUBPOENA, since=date(2026, 2, 1), **who)
    await world.verify(subpoena)
    await world.approve(subpoena)
    await world.phase(subpoena, Phase.OBJECTION_WINDOW)
    danger = {name: f"{name.capitalize()} of the Canarydale hostages." for name in DANGER}
    urgent = await world.emergency(**danger, **{name: who[name] for name in ("officer", "badge", "agency", "sender")})
    await world.verify(urgent)
    await world.approve(urgent, "rita", "ravi", reason="Canarydale is burning.")
    await world.ended(urgent)
    assert (await world.sign(urgent, Verdict.NOT_GENUINE, "rita", reason="Canarydale does not exist.")).accepted
    assert await world.ended(warrant) is Outcome.PRODUCED
    await world.until(world.clock.now() + timedelta(days=95))
    await world.ended(hold)
    await world.ended(subpoena)
    await world.told(warrant)

    machines = [request_id(warrant), request_id(subpoena), preservation_id(hold), notice_id(warrant, 1)]
    machines += [request_id(urgent), followup_id(urgent), notice_id(urgent, 1)]
    seen = [await _all_of(world, machine) for machine in machines]
    # The sink stands in for other people's mail servers, and logs what it is sent.
    logged = [record.getMessage().encode() for record in caplog.records if record.name != "mail.log"]
    text = b"\n".join([*seen, *logged]).decode("utf-8", errors="replace")
    assert text.count(warrant) > 10, "the case itself is in what was looked at"
    secrets = {*canaries(), *who.values(), f"{who['badge']}-amended", "Is it really", "Canarydale"}
    assert [secret for secret in sorted(secrets) if secret.lower() in text.lower()] == []


async def _all_of(world: World, machine: str) -> bytes:
    """Everything that Temporal keeps or shows of a machine: history, description, and its line in the list."""
    handle = world.client.get_workflow_handle(machine)
    described, history = await asyncio.gather(handle.describe(), handle.fetch_history())
    listed = [w.raw_info.SerializeToString() async for w in world.client.list_workflows(f"WorkflowId = '{machine}'")]
    shown = [event.SerializeToString() for event in history.events]
    metadata = str(await handle.query("__temporal_workflow_metadata")).encode()
    return b"\n".join([*shown, *listed, described.raw_description.SerializeToString(), metadata])
