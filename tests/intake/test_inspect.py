"""`dueprocess inspect`: what it prints and how it ends, over good and bad files."""

import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from intake.authentication.authenticator import Authenticator
from intake.authentication.resolvers import ZoneFile
from intake.peer import SmtpPeer
from policy.directory import AgencyDirectory
from policy.folder import AGENCIES, shipped
from runtime.embedded.zone import zone_of
from starter.inspect import Inspector, inspect
from starter.samples import sample_mail
from tests.intake import builders

DIRECTORY = AgencyDirectory.read(shipped(AGENCIES))
ZONE = zone_of(domain for agency in DIRECTORY.agencies for domain in agency.domains)
FROM_A_FILE = Inspector(DIRECTORY, (), Authenticator(ZoneFile(ZONE), ("lawenforcement@provider.example",)))


def by_smtp(mail_from: str) -> Inspector:
    return replace(FROM_A_FILE, peer=SmtpPeer(address="127.0.0.1", mail_from=mail_from))


def run(
    capsys: pytest.CaptureFixture[str], *paths: Path | str, handed_over: Inspector = FROM_A_FILE
) -> tuple[int, list[dict[str, object]], str]:
    code = inspect([str(path) for path in paths], as_json=True, inspector=handed_over)
    printed = capsys.readouterr()
    return code, [json.loads(line) for line in printed.out.splitlines()], printed.err


def test_a_request_is_accepted_with_each_facts_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "request.eml"
    file.write_bytes(sample_mail(builders.SUBPOENA))
    code, (found,), _ = run(capsys, file, handed_over=by_smtp(builders.SUBPOENA.sender))
    assert code == 0
    assert (found["path"], found["kind"], found["verdict"]) == (str(file), "mail", "accept")
    request = found["request"]
    assert isinstance(request, dict)
    assert request["view"]["process"] == "subpoena"
    assert {fact["source"]["kind"] for fact in request["facts"]} == {"mail", "pdf"}


@pytest.mark.parametrize(
    ("octets", "kind", "verdict"),
    [
        (builders.good_pdf(), "pdf", "accept"),
        (builders.image_pdf(), "pdf", "refuse"),
        (builders.good_pdf()[:300], "pdf", "refuse"),
        (builders.mail(), "mail", "hold"),
        (builders.mail(b"", ("w.pdf", builders.PNG)), "mail", "hold"),
        (builders.mail(b"", ("w.pdf", builders.good_pdf()), sender=b"From: a@gmail.com"), "mail", "refuse"),
        (builders.mail(b"", ("w.pdf", builders.good_pdf()), sender=b"From: a@fbi.gov"), "mail", "hold"),
        (builders.PNG, "other", "refuse"),
        (b"", "other", "refuse"),
    ],
)
def test_every_readable_file_has_a_verdict_and_a_reason(
    octets: bytes, kind: str, verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_bytes(octets)
    code, (found,), errors = run(capsys, file)
    assert (code, found["kind"], found["verdict"], errors) == (0, kind, verdict, "")
    assert bool(found["reasons"]) or verdict == "accept"


def test_S1_the_page_shows_what_proves_the_sender_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "request.eml"
    file.write_bytes(sample_mail(builders.SUBPOENA))
    inspect([str(file)], as_json=False, inspector=by_smtp(builders.SUBPOENA.sender))
    proven = capsys.readouterr().out
    assert "accept" in proven.splitlines()[0]
    assert "SPF: pass for police.springfield.gov.example" in proven
    inspect([str(file)], as_json=False, inspector=FROM_A_FILE)
    unproven = capsys.readouterr().out
    assert "hold" in unproven.splitlines()[0]
    for line in (
        "DKIM: not signed",
        "SPF: not known which host",
        "asks for reject",
        "does not prove",
        "must call back",
    ):
        assert line in unproven


def test_a_maildir_is_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1").write_bytes(builders.mail())
    (tmp_path / "cur" / "2:2,S").write_bytes(builders.mail())
    code, found, _ = run(capsys, tmp_path)
    assert (code, len(found)) == (0, 2)


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(builders.mail())))
    code, (found,), _ = run(capsys, "-")
    assert (code, found["path"], found["kind"]) == (0, "-", "mail")


def test_an_unreadable_path_is_a_sentence_and_the_others_are_still_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").write_bytes(builders.mail())
    code, found, errors = run(capsys, tmp_path / "missing", tmp_path / "a")
    assert (code, len(found)) == (2, 1)
    assert errors.strip() == f"{tmp_path / 'missing'}: cannot be read: No such file or directory"


def test_a_file_name_that_is_no_text_is_shown_as_far_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a\udcff.eml").write_bytes(builders.mail())
    code, (found,), _ = run(capsys, tmp_path)
    assert code == 0
    assert str(found["path"]).endswith("a\ufffd.eml")


def test_the_page_for_people_shows_hostile_text_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "[bold]x.eml"
    file.write_bytes(builders.mail(b"Agency: [red]X[/nothing]\x1b[2J\r\n"))
    assert inspect([str(file)], as_json=False, inspector=FROM_A_FILE) == 0
    printed = capsys.readouterr().out
    assert "[red]X[/nothing]" in printed
    assert "\x1b[2J" not in printed
