"""`dueprocess agency`: what is in the directory decides whose mail is accepted, and whom to call (S1, G1)."""

from pathlib import Path

from policy.dotgov import COLUMNS
from tests.starter.reading.conftest import Command

_AGENCY = ("agency", "add", "Springfield Police", "--country", "US")
_NUMBER = ("--phone", "+1-202-555-0101", "--found", "its printed letterhead", "--as", "dora")
_SPRINGFIELD = (*_AGENCY, *_NUMBER)
_HEAD = "name,domains,country,phone\n"


async def enrolled(command: Command) -> None:
    assert (await command("reviewer", "add", "dora", "--role", "verifier")).code == 0


async def test_S1_G1_an_agency_that_is_added_is_accepted_and_can_be_called_back(command: Command) -> None:
    await enrolled(command)
    before = await command("agency", "show", "police.springfield.gov")
    assert (before.code, before.out.splitlines()[0]) == (0, "police.springfield.gov: hold")
    assert (await command(*_SPRINGFIELD, "--domain", "police.Springfield.gov")).out == "Springfield Police: added\n"
    again = await command(*_SPRINGFIELD, "--domain", "police.springfield.gov")
    assert again.out == "Springfield Police: there already\n"
    after = await command("agency", "show", "j.moreno@police.springfield.gov")
    assert after.out.startswith("j.moreno@police.springfield.gov: accept\n")
    assert "call back on +12025550101" in after.out
    assert "by dora: its printed letterhead" in after.out
    assert "police.springfield.gov" in (await command("agency", "list")).out


async def test_G1_a_number_is_nobodys_word_until_somebody_says_where_it_was_found(command: Command) -> None:
    await enrolled(command)
    unsaid = await command(*_AGENCY, "--domain", "police.springfield.gov", "--phone", "+1-202-555-0101")
    assert (unsaid.code, unsaid.err[:3]) == (2, "G1:")
    bare = await command(*_AGENCY, "--domain", "police.springfield.gov")
    assert "no number to call back on" in bare.out
    by = ("--as", "dora")
    verified = await command("agency", "number", "Springfield Police", "+1 202 555 0101", "--found", "the court", *by)
    assert verified.out == "Springfield Police: +12025550101 verified\n"
    await command("agency", "number", "Springfield Police", "+12025550101", "--retire", *by)
    assert "no number to call back on" in (await command("agency", "show", "police.springfield.gov")).out


async def test_S1_a_domain_that_imitates_one_is_refused_with_the_reason(command: Command) -> None:
    await command(*_AGENCY, "--domain", "police.springfield.gov")
    said = await command("agency", "show", "police.springfield.gov.example.com")
    assert said.out.startswith("police.springfield.gov.example.com: refuse\n")
    assert "imitates police.springfield.gov" in said.out


async def test_S1_a_domain_of_another_agency_is_not_given_to_a_second(command: Command) -> None:
    await command(*_AGENCY, "--domain", "police.springfield.gov")
    other = await command("agency", "add", "Other", "--domain", "police.springfield.gov", "--country", "US")
    assert other.code == 1
    assert "Other was not added: " in other.err
    assert "Other" not in (await command("agency", "list")).out


async def test_a_file_is_imported_once_however_often_it_is_given(command: Command, tmp_path: Path) -> None:
    await enrolled(command)
    file = tmp_path / "agencies.csv"
    file.write_text(_HEAD + "One,one.gov,US,+12025550111\nTwo,two.gov two.us,US,+12025550122\n")
    unsaid = await command("agency", "import", str(file))
    assert (unsaid.code, unsaid.err[:3]) == (2, "G1:")
    rehearsed = await command("agency", "import", str(file), "--as", "dora", "--dry-run")
    assert rehearsed.out.startswith("2 added, ")
    assert "(nothing was changed)" in rehearsed.out
    done = await command("agency", "import", str(file), "--as", "dora")
    assert done.out.startswith("2 added, ")
    assert "line 3: Two: added" in done.out
    assert (await command("agency", "import", str(file), "--as", "dora")).out.startswith("0 added, ")


async def test_G1_the_list_of_gov_domains_gives_agencies_without_a_number(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "current-full.csv"
    file.write_text(
        ",".join(COLUMNS)
        + "\nspringfield.gov,City,City of Springfield,,Springfield,IL,(blank)"
        + "\nspringfieldpd.gov,City,City of Springfield,,Springfield,IL,soc@springfield.gov"
        + "\nspringfield-ma.gov,City,City of Springfield,,Springfield,MA,(blank)"
        + "\nnobodys.gov,City,,,Springfield,IL,(blank)\n"
    )
    done = await command("agency", "import", str(file))
    assert done.out.startswith("2 added, ")
    assert "1 skipped" in done.out
    assert "line 5, Organization name: is empty" in done.out
    shown = await command("agency", "show", "springfieldpd.gov")
    assert shown.out.startswith("springfieldpd.gov: accept\n")
    assert "no number to call back on" in shown.out


async def test_a_file_with_one_bad_line_is_not_imported_at_all(command: Command, tmp_path: Path) -> None:
    await enrolled(command)
    file = tmp_path / "bad.csv"
    for row, problem in (
        ("Two,nodomain,US,+12025550122", "line 3, domains: "),
        ("Two,two.gov,usa,+12025550122", "line 3, country: "),
        ("Two,two.gov,US,555-1", "line 3, phone: "),
        (",two.gov,US,+12025550122", "line 3, name: "),
        ("Two,one.gov,US,+12025550122", "line 3, domains: "),
    ):
        file.write_text(_HEAD + "One,one.gov,US,+12025550111\n" + row + "\n")
        bad = await command("agency", "import", str(file), "--as", "dora")
        assert (bad.code, problem in bad.err) == (2, True), bad.err
        assert "nothing was imported" in bad.err
    assert "One" not in (await command("agency", "list")).out


async def test_what_cannot_be_an_agency_is_said_in_one_sentence(command: Command) -> None:
    absent = await command("agency", "import", "absent.csv")
    assert (absent.code, absent.err) == (2, "absent.csv: No such file or directory\n")
    lower = await command("agency", "add", "One", "--domain", "one.gov", "--country", "usa")
    assert lower.code == 2
    assert "Look at: country" in lower.err


async def test_S1_a_sender_is_blocked_and_unblocked_by_somebody_for_a_reason(command: Command) -> None:
    await enrolled(command)
    await command(*_AGENCY, "--domain", "police.springfield.gov")
    officer, because = "j.moreno@police.springfield.gov", ("--reason", "the officer says it is stolen", "--as", "dora")
    blocked = await command("agency", "block", officer, *because)
    assert (blocked.code, "no open request came from there" in blocked.out) == (0, True)
    assert "nothing has been given to it" in blocked.out
    assert (await command("agency", "show", officer)).out.startswith(f"{officer}: hold, as it is blocked\n")
    colleague = "p.other@police.springfield.gov"
    assert (await command("agency", "show", colleague)).out.startswith(f"{colleague}: accept\n")
    assert f"UTC: {officer}" in (await command("agency", "list")).out
    assert (await command("agency", "unblock", officer, *because)).code == 0
    shown = await command("agency", "show", officer)
    assert shown.out.startswith(f"{officer}: accept\n")
    assert "unblocked" in shown.out
    assert (await command("agency", "unblock", officer, *because)).err == f"{officer} is not blocked\n"
