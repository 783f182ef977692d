"""`dueprocess letters`: all that can be sent, as text that a person can review."""

import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateways.folder import SHIPPED
from policy.letters import LetterName
from policy.samples import SAMPLES
from runtime.provider import adopt_provider
from runtime.settings import Settings
from starter import letters
from starter.command import Exit

app = typer.Typer()
letters.register(app)


def say(*arguments: str, folder: Path | None = None) -> tuple[int, str, str]:
    environment = {"DUEPROCESS_PROVIDER_FOLDER": str(folder) if folder else ""}
    said = CliRunner().invoke(app, arguments, env=environment)
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said.exit_code, said.stdout, said.stderr


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_letter_is_shown_with_its_subject_its_clauses_and_its_reader() -> None:
    code, out, _ = say()
    assert code == Exit.DONE
    titles = {line.split()[1].rstrip(",") for line in out.splitlines() if line.startswith("==== ")}
    assert titles == set(SAMPLES)
    assert "\nSubject: Received: DP-2026-000123\n" in out
    assert "\nN1, N2: the user is told, with a copy of the request, as soon as the law no longer forbids it.\n" in out
    assert "To the sender, verified or not; " in out
    assert "To the user; answers go to privacy@provider.example.\n" in out


def test_one_letter_in_one_language_goes_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "letters.txt"
    assert say("user_notice", "--language", "vi", "--to", str(file)) == (Exit.DONE, "", "")
    assert file.read_text(encoding="utf-8").startswith("==== user_notice, vi ====")
    assert "Yêu cầu của chính phủ" in file.read_text(encoding="utf-8")


def test_a_letter_that_is_not_written_in_a_language_is_said_to_go_in_english() -> None:
    code, out, err = say(LetterName.REJECTED.value, "--language", "vi")
    assert (code, out) == (Exit.MISUSED, "")
    assert "sent in English" in err


def test_another_providers_slip_in_a_letter_is_a_sentence(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "provider"))
    (folder / "letters" / "en" / "grounds.txt").write_text("{{ words.clauses }}", encoding="utf-8")
    try:
        code, out, err = say(folder=folder)
    finally:
        adopt_provider(Settings(_env_file=None, provider_folder=None))
    assert (code, out) == (Exit.MISUSED, "")
    assert "The provider folder cannot be used. letters/en/ask_more.txt: " in err
