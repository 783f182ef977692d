"""`dueprocess agency`: what is in the directory decides whose mail is accepted (S1)."""

from pathlib import Path

from tests.starter.reading.conftest import Command

_SPRINGFIELD = ("agency", "add", "Springfield Police", "--country", "US", "--phone", "+1-202-555-0101")


async def test_S1_an_agency_that_is_added_is_accepted_and_can_be_called_back(command: Command) -> None:
    before = await command("agency", "show", "police.springfield.gov")
    assert (before.code, before.out.splitlines()[0]) == (0, "police.springfield.gov: hold")
    assert (await command(*_SPRINGFIELD, "--domain", "police.Springfield.gov")).out == "1 added\n"
    assert (await command(*_SPRINGFIELD, "--domain", "police.springfield.gov")).out == "0 added, 1 there already\n"
    after = await command("agency", "show", "j.moreno@police.springfield.gov")
    assert after.out.startswith("police.springfield.gov: accept\n")
    assert "Springfield Police (US), call back on +1-202-555-0101" in after.out
    assert "police.springfield.gov" in (await command("agency", "list")).out


async def test_S1_a_domain_that_imitates_one_is_refused_with_the_reason(command: Command) -> None:
    await command(*_SPRINGFIELD, "--domain", "police.springfield.gov")
    said = await command("agency", "show", "police.springfield.gov.example.com")
    assert said.out.startswith("police.springfield.gov.example.com: refuse\n")
    assert "imitates police.springfield.gov" in said.out


async def test_S1_a_domain_of_another_agency_is_not_given_to_a_second(command: Command) -> None:
    await command(*_SPRINGFIELD, "--domain", "police.springfield.gov")
    other = await command(
        "agency", "add", "Other", "--domain", "police.springfield.gov", "--country", "US", "--phone", "555"
    )
    assert other.code == 1
    assert "Other was not added: one of these domains belongs to another agency" in other.err
    assert "Other" not in (await command("agency", "list")).out


async def test_a_file_is_imported_once_however_often_it_is_given(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "agencies.csv"
    file.write_text("name,domains,country,phone\nOne,one.gov,US,555-1\nTwo,two.gov two.us,US,555-2\n")
    assert (await command("agency", "import", str(file))).out == "2 added\n"
    assert (await command("agency", "import", str(file))).out == "0 added, 2 there already\n"


async def test_what_cannot_be_an_agency_is_said_in_one_sentence(command: Command, tmp_path: Path) -> None:
    absent = await command("agency", "import", "absent.csv")
    assert (absent.code, absent.err) == (2, "absent.csv: No such file or directory\n")
    (tmp_path / "bad.csv").write_text("name,domains,country,phone\nOne,nodomain,US,555-1\n")
    malformed = await command("agency", "import", "bad.csv")
    assert malformed.code == 2
    assert "line 2: 'nodomain' is not a mail domain" in malformed.err
    lower = await command("agency", "add", "One", "--domain", "one.gov", "--country", "usa", "--phone", "555-1")
    assert lower.code == 2
    assert "look at: country" in lower.err
