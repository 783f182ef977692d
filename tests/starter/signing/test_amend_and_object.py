"""Completing facts, and recording a user's objection, by command."""

from policy.request import request_facts
from policy.statements import Verdict
from policy.vocabulary import DataClass, Phase
from starter.command import Exit
from starter.samples.request import SampleProcess
from tests.starter.signing.conftest import GENUINE, Command, arrived
from tests.world import MAREN, World


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
    assert formless.err.startswith("officer.badge: an amendment has the form FIELD=VALUE, FIELD+=VALUE or ")


async def test_R1_U2_a_slip_is_taken_away_signed_and_by_name_and_approvals_before_it_do_not_count(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    users = (("User email", MAREN), ("User email", "bob.stone@example.org"))
    ref = await arrived(world, SampleProcess.SEARCH_WARRANT, identifiers=users, classes=(DataClass.CONTENT,))
    await command("review", ref, *GENUINE)
    assert (await command("review", ref, "approve", "--as", "ruth")).code == Exit.DONE
    slip = await command("amend", ref, "user.email+=wrong@b.example", "user.ip=192.0.2.1", "--as", "wanda")
    assert slip.out.splitlines() == [
        f"{ref}: user.email is now also wrong@b.example",
        f"{ref}: user.ip is now 192.0.2.1",
    ]
    missed = await command("amend", ref, "user.email-=wrnog@b.example", "--as", "wanda")
    assert (missed.code, missed.err.splitlines()) == (
        Exit.MISUSED,
        [f"user.email (R1): has no value wrnog@b.example; it has bob.stone@example.org, {MAREN}, wrong@b.example"],
    )
    gone = await command("amend", ref, "user.email-=Wrong@b.example", "user.ip=192.0.2.2", "--as", "wanda")
    assert gone.out.splitlines() == [
        f"{ref}: user.email is no longer wrong@b.example",
        f"{ref}: user.ip is no longer 192.0.2.1",
        f"{ref}: user.ip is now 192.0.2.2",
    ]
    page = (await command("show", ref)).out
    taken = page.partition("Taken away by a person")[2].partition("Scope under review")[0]
    assert "wanda" in taken
    assert "wrong@b.example" in taken
    assert "192.0.2.1" in taken
    case = await world.case(ref)
    named = [(i.kind.value, i.value) for i in request_facts(case.facts).identifiers]
    assert named == [("user_email", MAREN), ("user_email", "bob.stone@example.org"), ("user_ip", "192.0.2.2")]
    assert [event.kind for event in case.events].count("facts_amended") == 2
    second = await world.sign(ref, Verdict.APPROVE, "rita")
    assert (second.accepted, second.approvals, second.settled) == (True, 1, False), "the first approved another scope"
    assert case.phase is Phase.LEGAL_REVIEW


async def test_R1_one_of_several_meetings_is_completed_by_command(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ids = (("Meeting ID", "810 0000 1111"), ("Meeting ID", "810 0000 2222"))
    ref = await arrived(world, SampleProcess.SUBPOENA, identifiers=ids)
    stray = await command("amend", ref, "meeting.host_email=a@b.example of 810 0000 3333", "--as", "wanda")
    assert stray.err == "meeting.host_email (R1): the request names no meeting 81000003333\n"
    own = await command("amend", ref, f"meeting.host_email={MAREN} of 810 0000 2222", "--as", "wanda")
    assert own.out == f"{ref}: meeting.host_email is now {MAREN} of 81000002222\n"
    page = (await command("show", ref)).out
    assert "meeting 81000001111, HOST NOT STATED, TIME NOT STATED" in page
    assert f"meeting 81000002222, hosted by {MAREN}, TIME NOT STATED" in page


async def test_P2_a_hold_keeps_whom_it_names(world: World, command: Command, people: tuple[str, str]) -> None:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER, officer="")
    case = await world.phase(ref, Phase.HELD)
    assert case.missing
    for change in (f"user.email-={MAREN}", "user.email+=new@b.example", "user.email=new@b.example"):
        refused = await command("amend", ref, change, "--as", "wanda")
        assert refused.err.startswith(f"{ref}: a hold takes in what P2 still asks for, and keeps whom it names")


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
