"""Another provider changes one folder and no code; one that is not right stops everything with a sentence."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contract.ids import preservation_id
from gateways.folder import SHIPPED
from policy.book import current_book
from policy.folder import FolderError
from policy.letters import LetterName
from policy.official import country_of
from policy.preservation import hold_until
from policy.vocabulary import DataClass, LegalProcess, Phase
from runtime.provider import adopt_provider, letters_of
from runtime.settings import Settings
from starter.samples import SampleProcess
from tests.policy.build import NOW
from tests.world import World, eventually

CHANGES = {
    "provider.toml": [
        ("Provider Example, Inc.", "Anders GmbH"),
        ("privacy@provider.example", "datenschutz@anders.example"),
    ],
    "clocks.toml": [
        ('current = "2026-11"', 'current = "anders-1"'),
        ("[book.2026-11]", "[book.anders-1]"),
        ("= 90 ", "= 30 "),
    ],
    "suffixes.toml": [('AU = ["gov.au"]', 'AQ = ["gov.aq"]')],
    "agencies.csv": [("Northmarch Constabulary,northmarch.police.example,GB", "Polizei Anders,polizei.example,DE")],
    "letters/en/acknowledgement.txt": [("We have received your message.", "Your message is here.")],
    "letters/vi/user_notice.txt": [("Subject: ", "Subject: Anders: ")],
}


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Path]:
    """Another provider's folder; afterwards the example provider's rules hold again."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "anders"))
    for name, edits in CHANGES.items():
        edit(folder / name, *edits)
    yield folder
    adopt_provider(settings(None))


@pytest.fixture
def world_settings(world_settings: Settings, other: Path) -> Settings:
    """The other provider's deployment."""
    return world_settings.model_copy(update={"provider_folder": other})


def settings(folder: Path | None) -> Settings:
    return Settings(_env_file=None, provider_folder=folder, intake_address="behoerden@anders.example")


def edit(file: Path, *edits: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, f"{file.name} has no {old!r}"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def test_another_provider_has_its_own_name_clocks_countries_agencies_and_letters(other: Path) -> None:
    provider = adopt_provider(settings(other))
    assert (provider.profile.name, provider.profile.user_contact) == ("Anders GmbH", "datenschutz@anders.example")
    assert current_book().edition.startswith("anders-1@")
    assert hold_until(NOW, current_book()) == NOW + timedelta(days=30)
    assert (country_of("antarctic.gov.aq"), country_of("fwc.gov.au")) == ("AQ", None)
    assert (agency := provider.agencies.agency_of("polizei.example")) is not None
    assert agency.country == "DE"


def test_another_provider_writes_its_own_letters_in_every_language(other: Path) -> None:
    letters = letters_of(adopt_provider(settings(other)), settings(other))
    to, ref = "d.reyes@police.springfield.gov", "AN-2026-000001"
    received = letters.write(LetterName.ACKNOWLEDGEMENT, to, {"ref": ref})
    assert "Your message is here." in received.body
    assert "Anders GmbH" in received.body
    assert "Please write to behoerden@anders.example" in received.body
    notice = {
        "ref": ref,
        "agency": "Springfield Police Department",
        "process": LegalProcess.SUBPOENA,
        "classes": (DataClass.BASIC,),
        "objection_until": NOW,
    }
    told = letters.write(LetterName.USER_NOTICE, "linh@mail.example", notice, "vi")
    assert told.subject.startswith("Anders: ")
    assert "datenschutz@anders.example" in told.body


def test_a_folder_that_is_not_right_changes_nothing_of_the_rules_in_force(other: Path) -> None:
    before = current_book()
    (other / "provider.toml").write_text("", encoding="utf-8")
    with pytest.raises(FolderError):
        adopt_provider(settings(other))
    assert (current_book(), country_of("fwc.gov.au")) == (before, "AU")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("provider.toml", "\nname = ", "\nnam = ", r"provider.toml: name: Field required; nam: Extra"),
        ("provider.toml", "datenschutz@anders.example", "a@b.example, c@d.example", r"provider.toml: user_contact: "),
        ("provider.toml", "1 Example Way", r"1 Example Way\nSubject: x", r"provider.toml: address.0: "),
        ("provider.toml", "[", "[[", r"provider.toml: .*line "),
        ("clocks.toml", "hold_days = 30", "hold_days = 30.5", r"clocks.toml: book.anders-1.hold_days: "),
        ("suffixes.toml", 'AQ = ["gov.aq"]', 'Antarctica = ["gov.aq"]', r"suffixes.toml: Antarctica: a country is two"),
        ("suffixes.toml", "gov.aq", "*.gov.aq", r"suffixes.toml: AQ: '\*.gov.aq' is not a domain suffix"),
        ("suffixes.toml", "gov.aq", "gov.uk", r"suffixes.toml: AQ: gov.uk stands under GB already"),
        ("agencies.csv", "polizei.example", "not a domain!", r"agencies.csv: agency directory, line 9, domains: "),
        ("letters/en/words.toml", "subpoena = ", "subpena = ", r"letters/en/words.toml: process.subpena"),
        ("letters/en/words.toml", 'D3 = "content', 'D4 = "content', r"letters/en/words.toml: data_class.D4"),
        ("letters/en/words.toml", 'N2 = "', 'N2 = "" #', r"letters/en/words.toml: clause.N2"),
        ("letters/vi/words.toml", '"tháng 12",', "", r"letters/vi/words.toml: months: Tuple should have at least 12"),
        ("letters/vi/words.toml", "{day}", "{weekday}", r"letters/vi/words.toml: moment: only {day}"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_named_by_file_and_key(other: Path, file: str, old: str, new: str, said: str) -> None:
    edit(other / file, (old, new))
    with pytest.raises(FolderError, match=said):
        letters_of(adopt_provider(settings(other)), settings(other))


@pytest.mark.parametrize(
    "file", ["provider.toml", "clocks.toml", "suffixes.toml", "agencies.csv", "letters/en/words.toml"]
)
def test_a_file_that_is_missing_or_no_text_is_named(other: Path, file: str) -> None:
    (other / file).write_bytes(b"\xff\xfe")
    with pytest.raises(FolderError, match=f"{file}: it is not UTF-8"):
        letters_of(adopt_provider(settings(other)), settings(other))
    (other / file).unlink()
    with pytest.raises(FolderError, match=f"{file}: No such file or directory"):
        letters_of(adopt_provider(settings(other)), settings(other))


def test_a_command_of_a_provider_whose_folder_is_not_right_ends_with_a_sentence(other: Path) -> None:
    edit(other / "clocks.toml", ("link_days", "link_weeks"))
    given = {**os.environ, "DUEPROCESS_PROVIDER_FOLDER": str(other)}
    command = [sys.executable, "-m", "starter", "inspect", str(other)]
    said = subprocess.run(command, env=given, capture_output=True, text=True, timeout=60)  # noqa: S603 - our own command
    assert (said.returncode, said.stdout) == (2, "")
    assert "clocks.toml: book.anders-1.link_days: Field required" in said.stderr
    assert "Traceback" not in said.stderr


async def test_P3_a_case_keeps_the_clocks_it_was_received_under_and_waits_while_they_are_edited(
    world: World, other: Path
) -> None:
    ref = await world.mail(SampleProcess.PRESERVATION_LETTER)
    case = await world.phase(ref, Phase.HELD)
    assert case.hold is not None
    assert case.hold.until == case.envelope.received_at + timedelta(days=30), "the other provider's own clock"
    assert "Anders GmbH" in (await world.letter("preservation_started")).body

    edit(other / "clocks.toml", ("extension_days = 30 ", "extension_days = 300 "))
    adopt_provider(world.settings)
    await world.mail(SampleProcess.EXTENSION, reference=ref)

    async def trouble() -> str:
        described = await world.client.get_workflow_handle(preservation_id(ref)).describe()
        failed = [step.last_failure for step in described.raw_description.pending_activities if step.attempt > 1]
        return "".join([str(await world.client.data_converter.decode_failure(failure)) for failure in failed])

    said = await eventually(trouble, what="a step that says what is wrong")
    assert "the policy book anders-1 in clocks.toml is not the one that cases were received under" in said
    assert (await world.case(ref)).hold == case.hold

    edit(other / "clocks.toml", ("extension_days = 300 ", "extension_days = 30 "))
    adopt_provider(world.settings)
    await world.letter("preservation_extended")
    extended = (await world.case(ref)).hold
    assert extended is not None
    assert extended.until == case.hold.until + timedelta(days=30)
