"""Every letter, whole, against the text that was read and agreed on; and what no value can do to one.

The agreed texts are in `letters/`. After changing the wording on purpose, `python -m tests.gateways.test_letters`
writes them anew; read the difference before keeping it.
"""

import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import NoneType
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from gateways.folder import SHIPPED
from gateways.letters import ENGLISH, LetterError, LetterTemplates
from gateways.paragraphs import WIDTH
from policy.findings import Reason
from policy.folder import PROFILE, FolderError, shipped
from policy.frozen import Frozen
from policy.letters import CONTEXTS, TO_US, TO_USERS, TO_VERIFIED, LetterName
from policy.profile import ProviderProfile
from policy.samples import REF, SAMPLES
from policy.vocabulary import Clause, DataClass, LegalProcess

AGREED = Path(__file__).parent / "letters"
TEMPLATES = SHIPPED / "letters"
PROVIDER = ProviderProfile.read(shipped(PROFILE))
WRITER = LetterTemplates("lawenforcement@provider.example", PROVIDER, SHIPPED)
TO = "d.reyes@police.springfield.gov"
UNTIL = datetime(2026, 4, 9, 14, 3, 59, tzinfo=UTC)
NOTICE = {
    "agency": "Springfield Police Department, Detective Bureau",
    "process": LegalProcess.SEARCH_WARRANT,
    "classes": tuple(DataClass),
}
TOP = "Subject: x\n{# S1: it is received. #}\n"
#: Every sample in every language in which there is such a letter, by the name of its agreed text.
EXAMPLES = {
    example if language == ENGLISH else f"{example}.{language}": (name, about, language)
    for example, (name, about) in SAMPLES.items()
    for language in WRITER.languages(name)
}


def written(example: str) -> str:
    name, about, language = EXAMPLES[example]
    letter = WRITER.write(name, TO, dict(about), language)
    return f"To: {letter.to}\nSubject: {letter.subject}\n\n{letter.body}"


@pytest.mark.parametrize("example", EXAMPLES)
def test_letter_reads_as_agreed(example: str) -> None:
    assert written(example) == (AGREED / f"{example}.txt").read_text(encoding="utf-8")


def test_every_letter_has_an_agreed_text_and_no_text_is_left_over() -> None:
    assert {name for name, _ in SAMPLES.values()} == set(LetterName)
    assert {path.stem for path in AGREED.glob("*.txt")} == set(EXAMPLES)


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*/*.txt")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_template_says_which_clauses_it_carries_out_and_has_no_markup(template: Path) -> None:
    lines = template.read_text(encoding="utf-8").splitlines()
    header = lines[1] if lines[0].startswith("Subject: ") else lines[0]
    assert header.startswith("{# ")
    if template.stem in set(LetterName):
        assert any(clause in header for clause in Clause)
    assert "<" not in "".join(lines)


@pytest.mark.parametrize("example", EXAMPLES)
def test_letter_is_wrapped_for_any_mail_reader(example: str) -> None:
    long = [line for line in written(example).splitlines() if len(line) > WIDTH]
    assert all(line.startswith(("Subject: ", "  https://")) for line in long)


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_letter_tracks_its_reader(example: str) -> None:
    """Plain text, and no address in it but our public guide and the one link that the letter is about."""
    _, about, _ = EXAMPLES[example]
    ours = {PROVIDER.guide, getattr(about, "link", None) or ""}
    assert set(re.findall(r"[a-z]+://\S+|www\.\S+", written(example))) <= ours


def _types(of: object) -> set[object]:
    """Every type that a value of this type can hold, down to what cannot be taken apart."""
    if isinstance(of, type) and issubclass(of, Frozen):
        return set().union(*(_types(field.annotation) for field in of.model_fields.values()))
    inner = [part for part in get_args(of) if part is not Ellipsis and not isinstance(part, FieldInfo)]
    return set().union(*map(_types, inner)) if inner else {of}


@pytest.mark.parametrize("name", [name for name in LetterName if name not in TO_VERIFIED | TO_USERS | TO_US])
def test_a_sender_whom_nobody_has_verified_is_told_nothing_of_the_request(name: LetterName) -> None:
    """References, times, counts and clauses; no text but what a clause asks for, and a person's own words of refusal.

    What a clause asks for never quotes the request: see `test_R4_what_is_asked_for_never_quotes_the_request`.
    """
    about = CONTEXTS[name]
    texts = {field for field, known in about.model_fields.items() if str in _types(known.annotation)}
    assert texts <= {"ref", "by_ref", "by_refs", "items", "reason"}
    assert ("reason" not in texts) or about.model_fields["reason"].annotation in (Reason, str | None)
    assert _types(about) <= {str, int, AwareDatetime, Clause, NoneType}


def test_acknowledgement_cannot_be_told_whether_an_account_exists() -> None:
    assert set(CONTEXTS[LetterName.ACKNOWLEDGEMENT].model_fields) == {"ref"}
    with pytest.raises(LetterError, match="account"):
        WRITER.write(LetterName.ACKNOWLEDGEMENT, TO, {"ref": REF, "account": "found"})


def test_P4_no_preservation_letter_promises_that_information_exists() -> None:
    assert "does not promise that the information still exists" in " ".join(written("preservation_started").split())


def test_N1_a_user_whose_language_has_no_letter_is_told_in_english() -> None:
    context = {"ref": REF, **NOTICE, "objection_until": UNTIL}
    french, english = (WRITER.write(LetterName.USER_NOTICE, TO, context, language) for language in ("fr", "en"))
    assert french == english


def test_a_deadline_is_told_in_utc_whatever_zone_it_comes_in() -> None:
    elsewhere = UNTIL.astimezone(timezone(timedelta(hours=7)))
    letter = WRITER.write(LetterName.PRESERVATION_EXTENDED, TO, {"ref": REF, "until": elsewhere})
    assert "  9 April 2026, 14:03 UTC\n" in letter.body


@pytest.mark.parametrize(
    ("name", "context", "named"),
    [
        (LetterName.PRESERVATION_EXTENDED, {"ref": REF}, "until"),
        (LetterName.PRESERVATION_EXTENDED, {"ref": REF, "until": datetime(2026, 4, 9)}, "until"),  # noqa: DTZ001 - naive
        (LetterName.REJECTED, {"ref": REF, "grounds": ()}, "grounds"),
        (LetterName.PRODUCTION_READY, {"ref": REF, "link": "javascript:x"}, "link"),
        ("love_letter", {"ref": REF}, "love_letter"),
    ],
)
def test_a_value_that_is_missing_or_wrong_is_an_error_and_never_a_blank(
    name: str, context: Mapping[str, object], named: str
) -> None:
    with pytest.raises(LetterError, match=named):
        WRITER.write(name, TO, context)


@pytest.mark.parametrize("ref", ["DP-1\r\nBcc: x@evil.example", "DP-1\n", "DP-1\u2028x", "DP 1", ""])
def test_a_reference_cannot_add_a_header(ref: str) -> None:
    with pytest.raises(LetterError, match="ref") as caught:
        WRITER.write(LetterName.ACKNOWLEDGEMENT, TO, {"ref": ref})
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize(
    "to",
    ["a@b.gov, c@evil.example", "a@b.gov\r\nBcc: c@evil.example", "<a@b.gov>", "Chief <a@b.gov>", "a@b@c", "", "a"],
)
def test_a_letter_goes_to_one_plain_address_or_is_not_written(to: str) -> None:
    with pytest.raises(LetterError, match="exactly one mail address"):
        WRITER.write(LetterName.ACKNOWLEDGEMENT, to, {"ref": REF})


@given(agency=st.text(min_size=1), detail=st.text(min_size=1))
def test_no_value_can_start_a_line_of_ours_or_reach_the_subject(agency: str, detail: str) -> None:
    agency += "\r\n\r\nYou may object.\u2029Nothing\x85more"
    notice = WRITER.write(
        LetterName.USER_NOTICE, TO, {"ref": REF, **NOTICE, "agency": agency, "objection_until": UNTIL}
    )
    assert notice.body.count("\nYou may object.") == 1
    missing = (Reason(clause=Clause.R1, detail=f"{detail}\nPlease write to x@evil.example"),)
    asked = WRITER.write(LetterName.ITEMS_MISSING, TO, {"ref": REF, "items": missing})
    assert "\nPlease write to x@evil.example" not in asked.body
    for letter in (notice, asked):
        assert letter.subject.endswith(REF)
        assert not set(letter.body) & set("\r\x00\x1b\x85\u2028\u202e")


def test_a_value_cannot_be_a_template() -> None:
    notice = {**NOTICE, "agency": "{{ provider.guide.__class__.__mro__ }}", "objection_until": UNTIL}
    assert (
        "{{ provider.guide.__class__.__mro__ }}"
        in WRITER.write(LetterName.USER_NOTICE, TO, {"ref": REF, **notice}).body
    )


@pytest.mark.parametrize(
    ("wording", "problem"),
    [
        (f"{TOP}{{{{ officer }}}}", "officer, which this letter is never given"),
        (TOP + "{{ provider.telephone }}", "acknowledgement.txt: .* has no attribute 'telephone'"),
        (TOP + "{{ ref | moment }}", "acknowledgement.txt: 'str' object has no attribute"),
        ("Subject: x\n{# It is received. #}\nDear Sir", "the second line must name its clauses"),
        ("Subject: x", "the second line must name its clauses"),
        ("Dear Sir", "the first line must begin with 'Subject: '"),
        (TOP + "{% if %}", "acknowledgement.txt: Expected an expression"),
        (TOP + "{% include 'gone.txt' %}", "gone.txt is missing"),
        (None, "letters/en/acknowledgement.txt is missing"),
    ],
)
def test_wrong_wording_is_found_when_the_system_starts(tmp_path: Path, wording: str | None, problem: str) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "provider"))
    file = folder / "letters" / "en" / "acknowledgement.txt"
    file.unlink()
    if wording is not None:
        file.write_text(wording, encoding="utf-8")
    with pytest.raises(FolderError, match=problem):
        LetterTemplates("legal@other.example", PROVIDER, folder)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("process", LegalProcess)
def test_every_process_and_class_has_its_words(process: LegalProcess, language: str) -> None:
    context = {"ref": REF, **NOTICE, "process": process, "disclosed": True}
    body = WRITER.write(LetterName.USER_NOTICE_AFTER_GAG, TO, context, language).body
    assert body.count("\n- ") == len(DataClass)
    assert process.value not in {"court_order", "search_warrant"} or process.value not in body


@pytest.mark.parametrize("clause", Clause)
def test_G3_every_clause_can_be_given_as_a_ground_in_words(clause: Clause) -> None:
    body = WRITER.write(LetterName.REJECTED, TO, {"ref": REF, "grounds": (clause,)}).body
    ground = next(block for block in body.split("\n\n") if block.startswith("- "))
    assert " ".join(ground.split()).endswith(f" ({clause}).")
    assert len(ground) > 30


if __name__ == "__main__":
    for example in EXAMPLES:
        (AGREED / f"{example}.txt").write_text(written(example), encoding="utf-8")
