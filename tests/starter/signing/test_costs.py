"""Claiming costs, as it is typed, to the letter that claims them."""

from policy.vocabulary import Outcome, Phase
from starter.command import Exit
from starter.samples.request import SampleProcess
from tests.starter.signing.conftest import GENUINE, Command, arrived
from tests.world import SENDER, World


async def test_PR2_a_reviewers_claim_goes_out_with_the_records_and_the_last_one_counts(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA, silence="90 days")
    unfit = await command("costs", ref, "12", "USD", "--basis", "agreed", "--as", "ruth")
    assert (unfit.code, unfit.err[:4]) == (Exit.MISUSED, "PR2:")
    verifier = await command("costs", ref, "12.00", "USD", "--basis", "agreed", "--as", "wanda")
    assert verifier.code == Exit.MISUSED
    for amount in ("120.00", "95.50"):
        claimed = await command("costs", ref, amount, "usd", "--basis", "ordered", "--as", "ruth")
        assert (claimed.code, claimed.err) == (Exit.DONE, "")
    await command("review", ref, *GENUINE)
    await world.phase(ref, Phase.LEGAL_REVIEW)
    await command("review", ref, "approve", "--as", "ruth")
    assert await world.ended(ref) is Outcome.PRODUCED
    letter = " ".join((await world.letter("production_ready", SENDER)).body.split())
    assert "costs of 95.50 USD for this production, as the court has set them (PR2" in letter
    late = await command("costs", ref, "1.00", "USD", "--basis", "agreed", "--as", "ruth")
    assert (late.code, late.err) == (
        Exit.REFUSED,
        f"{ref}: PR2: the case has been answered; costs are claimed with the answer\n",
    )
