"""Recording an appeal that came by mail, narrowing and upholding a restriction, as it is typed."""

from pathlib import Path

from contract.ids import restriction_id
from policy.vocabulary import Phase
from starter.command import Exit
from starter.samples.request import SampleProcess, SampleRestriction
from tests.replies import reply
from tests.starter.signing.conftest import GENUINE, Command, arrived
from tests.world import MAREN, World


async def test_X2_X3_a_reviewer_takes_the_lesser_measure_and_an_appeal_by_mail_is_recorded_and_answered(
    world: World, command: Command, people: tuple[str, str], tmp_path: Path
) -> None:
    for name in ("ronja", "rufus"):
        assert (await command("reviewer", "add", name, "--role", "reviewer")).code == 0
    asked = SampleRestriction(measure="suspend the account", territory="US")
    ref = await arrived(world, SampleProcess.RESTRICTION, restriction=asked)
    await command("review", ref, *GENUINE)
    await world.phase(ref, Phase.LEGAL_REVIEW)

    shown = await command("show", ref)
    assert "X2  asks to suspend the account, where it is enough to stop the user" in shown.out
    assert "proposed  limit participation, territory US," in shown.out
    refused = await command("review", ref, "approve", "--as", "ruth")
    assert (refused.code, "X2: to suspend the account is felt beyond" in refused.err) == (Exit.REFUSED, True)
    wrong = await command("review", ref, "narrow", "--territory", "Illinois", "--as", "ruth")
    assert (wrong.code, "ISO 3166" in wrong.err) == (Exit.MISUSED, True)
    for name in ("ruth", "ronja"):
        assert (await command("review", ref, "narrow", "--proposed", "--as", name)).code == Exit.DONE
    await world.shown(restriction_id(ref), Phase.RESTRICTED)
    await world.letter("restricted_notice")

    early = await command("review", ref, "uphold", "--reason", "No.", "--as", "rufus")
    assert early.code == Exit.REFUSED
    mail = tmp_path / "appeal.txt"
    mail.write_text("I only taught a course.\n", encoding="utf-8")
    assert (await command("appeal", ref, str(mail), "--as", "wanda")).code == Exit.DONE
    await world.shown(restriction_id(ref), Phase.APPEALED)
    shown = await command("show", ref)
    assert "| I only taught a course." in shown.out
    assert (await command("review", ref, "uphold", "--as", "rufus")).err.count("X3: the user is told why") == 1
    assert (await command("review", ref, "uphold", "--reason", "It stays.", "--as", "rufus")).code == Exit.DONE
    await world.letter("appeal_dismissed")
    again = reply("I still only taught a course.\n> It stays.", f"Re: {ref}", sender=MAREN)
    sent = await world.send_unproven(again)
    by_mail = ("appeal", ref, "--message", sent.message_id[:12], "--as", "wanda")
    assert (await command(*by_mail)).code == Exit.DONE
    await world.shown(restriction_id(ref), Phase.APPEALED)
    assert (await world.case(ref)).open_appeals[0].text == "I still only taught a course."
    assert (await command(*by_mail, str(mail))).code == Exit.MISUSED
    assert (await command("review", ref, "lift", "--as", "ruth")).code == Exit.DONE
    await world.letter("appeal_granted")


async def test_X3_an_appeal_is_recorded_only_against_a_restriction_in_force(
    world: World, command: Command, people: tuple[str, str], tmp_path: Path
) -> None:
    ref = await arrived(world, SampleProcess.RESTRICTION)
    mail = tmp_path / "appeal.txt"
    mail.write_text("Why?", encoding="utf-8")
    early = await command("appeal", ref, str(mail), "--as", "wanda")
    assert (early.code, early.err) == (Exit.REFUSED, "X3: no restriction is in force here that could be appealed\n")
    mail.write_text("  ", encoding="utf-8")
    assert (await command("appeal", ref, str(mail), "--as", "wanda")).code == Exit.MISUSED
