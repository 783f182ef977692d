"""A request that names several meetings: each is asked for, looked up and given by itself."""

from policy.records import RecordTable, Snapshot
from policy.vocabulary import Clause, Outcome, Phase
from starter.samples import SampleProcess
from tests.world import MAREN, SENDER, World

TOBIAS = "t.okonjo@example.net"
NUMBERS = ("81000001111", "81000002222", "81000003333")


async def test_R1_R3_each_of_several_meetings_is_completed_by_itself_and_only_they_are_given(world: World) -> None:
    """Of the second the agency says the time alone, and a person states its host. The third was another's."""
    ref = await world.mail(
        SampleProcess.SUBPOENA,
        silence="90 days",
        identifiers=(
            ("Meeting 1 ID", NUMBERS[0]),
            ("Meeting 1 host", MAREN),
            ("Meeting 1 date and time", "2026-06-04 15:10 UTC"),
            ("Meeting 2 ID", NUMBERS[1]),
            ("Meeting 2 date and time", "2026-11-06 15:10 UTC"),
            ("Meeting 3 ID", NUMBERS[2]),
            ("Meeting 3 host", MAREN),
            ("Meeting 3 date and time", "2026-04-08 15:10 UTC"),
        ),
    )
    case = await world.phase(ref, Phase.VERIFICATION)
    assert case.missing == (Clause.R1,)
    asked = (await world.letter_of(ref, "items_missing")).body
    assert "1 of the 3 meetings" in " ".join(asked.split())
    assert not any(number in asked for number in NUMBERS)
    await world.amend(ref, meeting__host_email=f"{TOBIAS} of {NUMBERS[1]}")
    await world.verify(ref)
    await world.approve(ref)
    assert await world.ended(ref) is Outcome.PRODUCED
    kept = (await world.case(ref)).snapshot
    assert kept is not None
    snapshot = Snapshot.model_validate_json(await world.services.store.get(kept.object))
    assert [account.email for account in snapshot.accounts] == [MAREN, TOBIAS]
    found = {
        (snapshot.accounts[r.account - 1].email, r.values["meeting_id"])
        for r in snapshot.records
        if "meeting_id" in r.values
    }
    assert found == {(MAREN, NUMBERS[0]), (TOBIAS, NUMBERS[1])}, "Maren hosted no third meeting"
    assert RecordTable.SIGN_INS not in {record.table for record in snapshot.records}
    assert len(world.letters(SENDER, "items_missing")) == 1
