"""Deciding by command: what is accepted, what is refused and why, and what a signal takes."""

from activities.ports import CaseFile
from policy.statements import SignedStatement
from policy.vocabulary import DataClass, Outcome, Phase
from runtime.settings import Settings
from starter.command import Exit
from starter.desk import key_file
from starter.samples import SampleProcess, sample_mail
from tests.intake.builders import image_pdf
from tests.replies import reply
from tests.starter.signing.conftest import CALLED, GENUINE, Command, arrived
from tests.world import EVERYTHING, World, eventually


async def test_S2_U1_a_request_is_verified_and_approved_by_two_commands(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA, silence="90 days")
    unseen = await command("review", ref, "authentic", "--as", "wanda")
    assert unseen.code == Exit.REFUSED
    assert unseen.err.startswith(f"{ref}: refused, and nothing has changed. R4: ")
    assert "S2: " in unseen.err
    seen = await command("review", ref, *GENUINE)
    assert (seen.code, seen.out) == (Exit.DONE, f"{ref}: authentic, accepted and recorded\n")
    await world.phase(ref, Phase.LEGAL_REVIEW)
    own = await command("review", ref, "approve", "--as", "wanda")
    assert own.code == Exit.REFUSED
    assert (await command("review", ref, "approve", "--as", "ruth")).code == Exit.DONE
    assert await world.ended(ref) is Outcome.PRODUCED


async def test_S2_a_scan_is_read_and_taken_in_by_one_command_and_show_says_by_whom(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = (await world.send(sample_mail(world.sample(SampleProcess.SUBPOENA), image_pdf()))).ref or ""
    await world.phase(ref, Phase.VERIFICATION)
    assert "--document-read 1" in (await command("show", ref)).out, "the command that states it is printed"
    unread = await command("review", ref, *GENUINE)
    assert unread.code == Exit.REFUSED
    assert "S2: the document is a scan" in unread.err
    wrong = await command("review", ref, *GENUINE, "--document-read", "2")
    assert (wrong.code, wrong.err) == (Exit.MISUSED, f"S2: {ref} has no document '2'; `show` numbers them\n")
    assert (await command("review", ref, *GENUINE, "--document-read", "1")).code == Exit.DONE
    await world.phase(ref, Phase.LEGAL_REVIEW)
    assert "S2 wanda has read it, and taken it in" in (await command("show", ref)).out


async def test_U3_R3_content_by_subpoena_is_refused_and_then_narrowed_away(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA, classes=EVERYTHING, silence="90 days")
    await command("review", ref, *GENUINE)
    beyond = await command("review", ref, "approve", "--as", "ruth")
    assert "U3: a subpoena never compels content" in beyond.err
    unreadable = await command("review", ref, "narrow", "--identifiers", "one", "--as", "ruth")
    assert unreadable.code == Exit.MISUSED
    assert unreadable.err.startswith("R3: the narrowing cannot be read")
    smaller = await command("review", ref, "narrow", "--class", "D1", "--identifiers", "1", "--as", "ruth")
    assert smaller.code == Exit.DONE
    case = await world.case(ref)
    assert case.approved is not None
    assert case.approved.classes == (DataClass.BASIC,)


async def test_R3_the_scope_that_show_proposes_is_signed_by_one_word(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA, classes=EVERYTHING, since=None, until=None, silence="90 days")
    await command("review", ref, *GENUINE)
    shown = (await command("show", ref)).out
    assert "R3  asks for D3, which a subpoena does not compel" in shown
    assert f"dueprocess review {ref} narrow --proposed --as NAME" in shown
    assert (await command("review", ref, "approve", "--proposed", "--as", "ruth")).code == Exit.MISUSED
    twice = await command("review", ref, "narrow", "--proposed", "--class", "D1", "--as", "ruth")
    assert twice.code == Exit.MISUSED
    assert (await command("review", ref, "narrow", "--proposed", "--as", "ruth")).code == Exit.DONE
    case = await world.case(ref)
    assert case.approved is not None
    assert case.approved.classes == (DataClass.BASIC, DataClass.RECORDS)
    assert case.approved.until == case.envelope.received_at.date()
    assert await world.ended(ref) is Outcome.PRODUCED
    bounded = await command("review", ref, "narrow", "--proposed", "--as", "ruth")
    assert bounded.code == Exit.REFUSED


async def test_G3_a_rejection_takes_its_grounds_and_the_reviewers_words_to_the_agency(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA)
    await command("review", ref, *GENUINE)
    groundless = await command("review", ref, "reject", "--as", "ruth")
    assert "G3: reject needs the clause it rests on" in groundless.err
    words = "Please name the days you need."
    assert (await command("review", ref, "reject", "--ground", "R3", "--reason", words, "--as", "ruth")).code == 0
    assert await world.ended(ref) is Outcome.REJECTED
    assert words in (await world.letter("rejected")).body


async def test_what_print_prints_is_a_statement_that_the_signal_takes(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA)
    printed = await command("review", ref, *GENUINE, "--print")
    assert not (await world.case(ref)).decisions, "printing decides nothing"
    await world.signal(ref, SignedStatement.model_validate_json(printed.out))
    await world.phase(ref, Phase.LEGAL_REVIEW)


async def test_N2_a_gag_without_an_end_is_given_one_by_command(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA, silence="until further notice")
    await command("review", ref, *GENUINE)
    barred = await command("review", ref, "approve", "--as", "ruth")
    assert "N2: the gag has no end" in barred.err
    misread = await command("review", ref, "date_gag", "--until", "next spring", "--as", "ruth")
    assert (misread.code, misread.err.split(" must ")[0]) == (Exit.MISUSED, "N2: --until")
    endless = await command("review", ref, "date_gag", "--as", "ruth")
    assert "N2: a gag must be given a definite end" in endless.err
    assert (await command("review", ref, "date_gag", "--until", "2099-06-30", "--as", "ruth")).code == Exit.DONE
    assert (await command("review", ref, "approve", "--as", "ruth")).code == Exit.DONE
    assert await world.ended(ref) is Outcome.PRODUCED

    async def case() -> CaseFile:
        return await world.case(ref)

    waits = await eventually(case, lambda found: found.notices)
    assert waits.notices[0].delayed_until is not None
    assert waits.notices[0].delayed_until.isoformat() == "2099-07-01T12:00:00+00:00", "over everywhere on earth"


async def test_who_or_what_is_unknown_is_named(
    world: World, command: Command, people: tuple[str, str], world_settings: Settings
) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA)
    stranger = await command("review", ref, "approve", "--as", "nobody")
    assert stranger.code == Exit.MISUSED
    assert stranger.err.startswith("nobody is not on the roster")
    nowhere = await command("review", "DP-1999-000001", "approve", "--as", "ruth")
    assert (nowhere.code, nowhere.err) == (Exit.REFUSED, "no case bears the reference DP-1999-000001\n")
    key_file(world_settings, "ruth").unlink()
    keyless = await command("review", ref, "approve", "--as", "ruth")
    assert keyless.code == Exit.MISUSED
    assert keyless.err.startswith("There is no key ")
    key_file(world_settings, "ruth").write_text("not a key")
    broken = await command("review", ref, "approve", "--as", "ruth")
    assert broken.err.endswith("is not an unencrypted private key\n")


async def test_a_closed_case_hears_nothing_more(world: World, command: Command, people: tuple[str, str]) -> None:
    ref = await arrived(world, SampleProcess.SUBPOENA)
    await command("review", ref, "withdraw", "--as", "ruth")
    assert await world.ended(ref) is Outcome.WITHDRAWN
    late = await command("review", ref, "approve", "--as", "ruth")
    assert late.code == Exit.REFUSED
    assert "is not running" in late.err


async def test_S1_a_verifier_vouches_for_a_message_by_command_and_an_approver_does_not(
    world: World, command: Command, people: tuple[str, str]
) -> None:
    assert (await command("reviewer", "add", "wilma", "--role", "verifier", "--role", "reviewer")).code == 0
    ref = await arrived(world, SampleProcess.SEARCH_WARRANT, badge="", classes=EVERYTHING)
    await world.send_unproven(reply("Badge number: 4471", f"Re: {ref}"))
    waiting = (await world.case(ref)).mail[0].message_id
    assert f"vouch --message {waiting[:16]}" in (await command("show", ref)).out
    vouch = ("review", ref, "vouch", "--message", waiting[:10])
    unknown = await command("review", ref, "vouch", "--message", "0000", *CALLED, "--as", "wanda")
    assert (unknown.code, "--message '0000' names 0 messages" in unknown.err) == (Exit.MISUSED, True)
    uncalled = await command(*vouch, "--as", "wanda")
    assert (uncalled.code, "G1: confirm who asks by a call" in uncalled.err) == (Exit.REFUSED, True)
    assert (await command(*vouch, *CALLED, "--as", "ruth")).code == Exit.REFUSED, "a reviewer vouches for nothing"
    assert (await command(*vouch, *CALLED, "--as", "wilma")).code == Exit.DONE
    await eventually(lambda: world.case(ref), lambda case: not case.missing, "the badge number counts")
    assert (await command("review", ref, *GENUINE)).code == Exit.DONE
    await world.phase(ref, Phase.LEGAL_REVIEW)
    own = await command("review", ref, "approve", "--as", "wilma")
    assert (own.code, "separation of duties" in own.err) == (Exit.REFUSED, True)
    assert (await command("review", ref, "approve", "--as", "ruth")).code == Exit.DONE
