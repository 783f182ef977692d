"""Completing facts, and recording a user's objection, by command."""

from policy.vocabulary import Phase
from starter.command import Exit
from starter.samples.request import SampleProcess
from tests.starter.signing.conftest import GENUINE, Command, arrived
from tests.world import World


async def test_R4_a_person_completes_what_is_missing_and_the_source_says_who(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA, badge="")
    amended = await command("amend", ref, "officer.badge=4471", "--as", "wanda")
    assert (amended.code, amended.out) == (Exit.DONE, f"{ref}: officer.badge is now 4471\n")
    await command("review", ref, *GENUINE)
    case = await world.phase(ref, Phase.LEGAL_REVIEW)
    badge = next(fact for fact in case.facts if fact.field.value == "officer.badge")
    assert (badge.value, badge.source.kind.value) == ("4471", "person")


async def test_R1_a_value_that_its_field_cannot_have_is_refused_by_field_and_clause(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA)
    wrong = await command("amend", ref, "user.ip=999.1.1.1", "--as", "wanda")
    assert (wrong.code, wrong.err) == (Exit.MISUSED, "user.ip (R1): is not an IPv4 or IPv6 address\n")
    nameless = await command("amend", ref, "shoe.size=43", "--as", "wanda")
    assert nameless.err.startswith("shoe.size: there is no such field; there are purpose, ")
    formless = await command("amend", ref, "officer.badge", "--as", "wanda")
    assert formless.err == "officer.badge: an amendment has the form FIELD=VALUE\n"


async def test_N1_an_objection_brings_the_case_back_to_review(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA)
    early = await command("objection", ref)
    assert (early.code, early.err) == (Exit.REFUSED, f"{ref} has no notice 1 with an objection window\n")
    await command("review", ref, *GENUINE)
    await command("review", ref, "approve", "--as", "ruth")
    await world.phase(ref, Phase.OBJECTION_WINDOW)
    heard = await command("objection", ref)
    assert heard.code == Exit.DONE
    case = await world.phase(ref, Phase.LEGAL_REVIEW)
    assert case.review == 2
    assert case.notices[0].objected_at is not None
