import asyncio
import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import docx
import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # It ships no types.
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.ports import PackageRequest
from gateways.production import ProductionPackager, ProductionRefusedError, TypesetCertifier
from gateways.production.sheets import guarded, original
from gateways.provider.dataset import GUEST
from policy.certificates import ReturnedCertificate
from policy.profile import ProviderProfile
from policy.records import Account, Record, RecordTable, Snapshot
from policy.request import Identifier, IdentifierKind
from policy.scope import Scope
from policy.vocabulary import DataClass, LegalProcess, RequestKind

REF = "DP-2026-000123"
AT = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
MADE = datetime(2026, 7, 12, 9, 30, 16, tzinfo=UTC)
VIDEO = b"\x00\x00\x00\x08ftyp"
VIDEO_SHA256 = hashlib.sha256(VIDEO).hexdigest()
PROFILE = ProviderProfile(
    name="Example Meetings, Inc.",
    department="Legal",
    address=("Legal", "100 Sample Street"),
    guide="https://meetings.example/guide",
    user_contact="privacy@meetings.example",
    custodian_name="Robin Custodian",
    custodian_title="Custodian of Records",
)
MAREN = Account(n=1, number="5100000001", email="maren.holt@example.com")
OTHER = Account(n=2, number="5100000002", email="t.okonjo@example.net")
TEXTS = ("Mình sẽ gọi lại", "=1+1", "'quoted", "two\r\nlines", "bell\x07 and nul\x00", '"a","b"', "＝1", "\t=x", "")


def _record(table: RecordTable, minute: int = 0, media: str | None = None, **values: str) -> Record:
    at = None if table in {RecordTable.PROFILE, RecordTable.BILLING} else AT + timedelta(minutes=minute)
    return Record(table=table, account=1, at=at, values=values, media=media)


RECORDS = (
    _record(RecordTable.PROFILE, display_name="Maren Holt", phone="+1-201-555-0101"),
    _record(RecordTable.SIGN_INS, ip="192.0.2.11"),
    _record(RecordTable.PARTICIPANTS, participant=GUEST),
    *(_record(RecordTable.CHAT, n, sender="maren.holt@example.com", text=text) for n, text in enumerate(TEXTS)),
    _record(RecordTable.RECORDINGS, media=VIDEO_SHA256, meeting_id="81000001111"),
)


def _request(
    records: tuple[Record, ...] = RECORDS,
    classes: tuple[DataClass, ...] = tuple(DataClass),
    process: LegalProcess = LegalProcess.SEARCH_WARRANT,
    agency: str = "Example County Sheriff",
    snapshot: tuple[Record, ...] | None = None,
) -> PackageRequest:
    scope = Scope(
        ref=REF,
        process=process,
        country="US",
        classes=classes,
        identifiers=(Identifier(kind=IdentifierKind.USER_EMAIL, value="maren.holt@example.com"),),
        since=date(2026, 1, 1),
        until=date(2026, 3, 4),
    )
    kept = records if snapshot is None else snapshot
    return PackageRequest(
        ref=REF,
        scope=scope,
        approved_by=("rev-1", "rev-2"),
        agency_name=agency,
        officer_name="Det. Example",
        case_number="26-0042",
        process_sha256=("ab" * 32,),
        snapshot=Snapshot(ref=REF, taken_at=AT + timedelta(days=60), accounts=(MAREN, OTHER), records=kept),
        records=records,
        made_at=MADE,
    )


async def _pack(request: PackageRequest, into: Path) -> dict[str, bytes]:
    path = await ProductionPackager(PROFILE).pack(request, {VIDEO_SHA256: VIDEO}, into)
    with zipfile.ZipFile(path) as archive:
        return {name.removeprefix(f"{REF}/"): archive.read(name) for name in archive.namelist()}


SHA256SUM = ("sha256sum", "--check", "--strict", "manifest-sha256.txt")
BAGIT = (sys.executable, "-m", "bagit", "--validate", ".")


def _accepts(command: Sequence[str], folder: Path) -> bool:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0  # noqa: S603 - above


def sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _rows(sheet: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"), newline="")))


def _words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def _docx_text(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


async def test_PR1_the_package_has_the_formats_that_the_guide_names(tmp_path: Path) -> None:
    files = await _pack(_request(), tmp_path)
    assert [path for path in files if path.startswith("data/")] == [
        "data/D1/profile.csv",
        "data/D2/participants.csv",
        "data/D2/sign_ins.csv",
        "data/D3/chat.csv",
        "data/D3/chat.docx",
        "data/D3/recordings.csv",
        f"data/D3/recordings/{VIDEO_SHA256}.mp4",
        "data/README.txt",
        "data/certificate-of-authenticity.pdf",
        "data/production-summary.docx",
    ]
    assert files[f"data/D3/recordings/{VIDEO_SHA256}.mp4"] == VIDEO
    assert _names(tmp_path) == [f"{REF}-{_request().scope.digest()[:12]}.zip"]


async def test_PR3_the_package_verifies_with_public_tools_and_a_changed_one_does_not(tmp_path: Path) -> None:
    path = await ProductionPackager(PROFILE).pack(_request(), {VIDEO_SHA256: VIDEO}, tmp_path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / REF
    assert _accepts(SHA256SUM, folder)
    assert _accepts(BAGIT, folder)
    (folder / "data/D3/chat.csv").write_bytes(b"altered")
    assert not _accepts(SHA256SUM, folder)
    assert not _accepts(BAGIT, folder)


async def test_the_bag_says_whose_it_is_when_and_for_which_request(tmp_path: Path) -> None:
    info = (await _pack(_request(), tmp_path))["bag-info.txt"].decode().splitlines()
    assert "Source-Organization: Example Meetings, Inc." in info
    assert "Organization-Address: Legal 100 Sample Street" in info
    assert f"External-Identifier: {REF}" in info
    assert "Bagging-Date: 2026-07-12" in info


async def test_the_same_request_gives_the_same_bytes_even_side_by_side(tmp_path: Path) -> None:
    before = Path.cwd()
    folders = [tmp_path / str(n) for n in range(4)]
    for folder in folders:
        folder.mkdir()
    packages = await asyncio.gather(
        *(ProductionPackager(PROFILE).pack(_request(), {VIDEO_SHA256: VIDEO}, folder) for folder in folders)
    )
    assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in packages}) == 1
    assert Path.cwd() == before


async def test_nothing_in_the_package_is_dated_by_the_wall_clock(tmp_path: Path) -> None:
    path = await ProductionPackager(PROFILE).pack(_request(), {VIDEO_SHA256: VIDEO}, tmp_path)
    made = (2026, 7, 12, 9, 30, 16)
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {made}
        documents = [name for name in archive.namelist() if name.endswith(".docx")]
        assert len(documents) == 2
        for name in documents:
            with zipfile.ZipFile(io.BytesIO(archive.read(name))) as parts:
                assert {entry.date_time for entry in parts.infolist()} == {made}
            properties = docx.Document(io.BytesIO(archive.read(name))).core_properties
            assert (properties.created, properties.modified, properties.author) == (MADE, MADE, PROFILE.name)


async def test_no_cell_runs_as_a_formula_and_every_original_comes_back(tmp_path: Path) -> None:
    files = await _pack(_request(), tmp_path)
    sheets = {path: _rows(data) for path, data in files.items() if path.endswith(".csv")}
    cells = [cell for rows in sheets.values() for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))]
    assert [original(row["text"]) for row in sheets["data/D3/chat.csv"]] == list(TEXTS)
    assert [original(row["participant"]) for row in sheets["data/D2/participants.csv"]] == [GUEST]
    assert sheets["data/D1/profile.csv"][0]["phone"] == "'+1-201-555-0101"
    assert "remove one leading apostrophe" in files["data/README.txt"].decode()


@given(st.text())
def test_the_formula_rule_is_reversible_and_leaves_no_formula(cell: str) -> None:
    assert original(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


async def test_rows_say_whose_they_are_when_and_which_file_they_mean(tmp_path: Path) -> None:
    files = await _pack(_request(), tmp_path)
    assert _rows(files["data/D3/recordings.csv"]) == [
        {
            "account_number": "5100000001",
            "account_email": "maren.holt@example.com",
            "at_utc": "2026-03-04 15:00:00 UTC",
            "meeting_id": "81000001111",
            "file": f"D3/recordings/{VIDEO_SHA256}.mp4",
            "sha256": VIDEO_SHA256,
        }
    ]
    assert _rows(files["data/D1/profile.csv"])[0]["at_utc"] == ""


async def test_chat_can_be_read_as_a_document_without_its_control_characters(tmp_path: Path) -> None:
    text = _docx_text((await _pack(_request(), tmp_path))["data/D3/chat.docx"])
    assert "Mình sẽ gọi lại" in text
    assert "two\nlines" in text
    assert "bell\ufffd and nul\ufffd" in text


async def test_PR3_the_certificate_states_each_element_of_the_rules(tmp_path: Path) -> None:
    files = await _pack(_request(), tmp_path)
    pdf = files["data/certificate-of-authenticity.pdf"]
    words = _words(pdf)
    for phrase in (
        "Rules 803(6)(A)-(C) and 902(11)",
        "(A) each record was made at or near the time of the act, event or condition that it sets forth by, or from "
        "information transmitted by, someone with knowledge",
        "(B) each record was kept in the course of a regularly conducted activity",
        "(C) making the record was a regular practice of that activity",
        "Rule 902(13)",
        "they produce an accurate result",
        "Rule 902(14)",
        "has the same hash is an exact duplicate",
        "under penalty of perjury",
        "28 U.S.C. § 1746",
        "I, Robin Custodian, state as follows.",
        "Signature of the custodian of records",
        "no effect until it is signed",
        REF,
        "Search warrant",
        "D3 stored content",
        "1 January 2026 to 4 March 2026, both included (UTC)",
        _request().scope.digest(),
        "ab" * 32,
        "2026-07-12 09:30:16 UTC",
    ):
        assert phrase in words, phrase
    certified = {path for path in files if path.startswith("data/")} - {"data/certificate-of-authenticity.pdf"}
    for path in certified:
        assert hashlib.sha256(files[path]).hexdigest() in words, path
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert metadata.pdfa_status == "2B"


FORM, COMPLETED, OTHER_FORM = b"%PDF-1.4 as the court sent it\n\x00", b"%PDF-1.7 signed", b"%PDF-1.4 another"
RETURNED = (
    ReturnedCertificate(form=sha256(FORM), completed=sha256(COMPLETED)),
    ReturnedCertificate(form=sha256(OTHER_FORM)),
)


async def _pack_with(certificates: tuple[ReturnedCertificate, ...], into: Path, **changed: bytes) -> dict[str, bytes]:
    request = _request().model_copy(update={"certificates": certificates})
    objects = {sha256(octets): octets for octets in (VIDEO, FORM, COMPLETED, OTHER_FORM)} | changed
    path = await ProductionPackager(PROFILE).pack(request, objects, into)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(into)
        return {name.removeprefix(f"{REF}/"): archive.read(name) for name in archive.namelist()}


async def test_PR3_certificates_that_the_agency_sent_in_come_back_byte_for_byte_and_completed(tmp_path: Path) -> None:
    files = await _pack_with(RETURNED, tmp_path)
    assert {path: data for path, data in files.items() if path.startswith("data/certificates/")} == {
        "data/certificates/1-as-it-came.pdf": FORM,
        "data/certificates/1-completed.pdf": COMPLETED,
        "data/certificates/2-as-it-came.pdf": OTHER_FORM,
    }
    assert _accepts(BAGIT, tmp_path / REF)
    manifest = files["manifest-sha256.txt"].decode()
    words = _words(files["data/certificate-of-authenticity.pdf"])
    for octets in (FORM, COMPLETED, OTHER_FORM):
        assert sha256(octets) in manifest
        assert words.count(sha256(octets)) == 2, "among the certificates, and in the annex"
    assert "7. Certificates that the requesting agency sent in" in words
    assert "One that has no completed one beside it was not completed" in words
    assert "Nor are the certificates that the requesting agency sent in" in words, "they are no records of the business"
    assert "- certificates: what the agency sent in" in files["data/README.txt"].decode()


async def test_PR3_our_own_certificate_says_that_theirs_is_completed_and_nothing_where_there_is_none(
    tmp_path: Path,
) -> None:
    on_paper = (ReturnedCertificate(form=None, completed=sha256(COMPLETED)),)
    files = await _pack_with(on_paper, tmp_path)
    assert [path for path in files if "certificates/" in path] == ["data/certificates/1-completed.pdf"]
    words = _words(files["data/certificate-of-authenticity.pdf"])
    assert "The Provider returns them completed. They and this certificate are about the same records." in words
    assert "was not completed" not in words
    none = await _pack(_request(), tmp_path)
    assert "sent in" not in _words(none["data/certificate-of-authenticity.pdf"])
    assert "- certificates" not in none["data/README.txt"].decode()


async def test_PR3_a_certificate_whose_bytes_changed_is_not_returned(tmp_path: Path) -> None:
    for sha in (sha256(FORM), sha256(COMPLETED)):
        with pytest.raises(ProductionRefusedError, match=f"^PR3: .*{sha}"):
            await _pack_with(RETURNED, tmp_path, **{sha: b"altered"})


async def test_D4_D5_every_production_states_what_the_provider_does_not_vouch_for(tmp_path: Path) -> None:
    files = await _pack(_request(), tmp_path)
    for words in (
        _words(files["data/certificate-of-authenticity.pdf"]),
        _docx_text(files["data/production-summary.docx"]),
        files["data/README.txt"].decode(),
    ):
        assert "users typed themselves" in words
        assert "cannot be retrieved" in words
        assert "reachable only for a short while" in words
        assert "content of live meetings is not recorded" in words


async def test_D5_what_was_not_found_is_said_table_by_table(tmp_path: Path) -> None:
    files = await _pack(_request(records=()), tmp_path)
    assert not [path for path in files if path.endswith(".csv")]
    summary = _docx_text(files["data/production-summary.docx"])
    assert "There are no responsive records within the approved scope." in summary
    assert summary.count("No responsive records") == len(RecordTable)
    certificate = _words(files["data/certificate-of-authenticity.pdf"])
    assert certificate.count("No responsive records") == len(RecordTable) + 1, "each table, and what it means"
    partly = await _pack(_request(records=RECORDS[:1], classes=(DataClass.BASIC,)), tmp_path)
    assert _docx_text(partly["data/production-summary.docx"]).count("No responsive records") == 1


async def test_the_summary_names_only_accounts_whose_records_are_given(tmp_path: Path) -> None:
    summary = _docx_text((await _pack(_request(), tmp_path))["data/production-summary.docx"])
    assert MAREN.number in summary
    assert OTHER.number not in summary
    assert "rev-1, rev-2" in summary


@pytest.mark.parametrize(
    ("request_", "clause"),
    [
        (_request(process=LegalProcess.SUBPOENA), "U3"),
        (_request(process=LegalProcess.PRESERVATION_LETTER), "P1"),
        (_request(classes=(DataClass.BASIC, DataClass.RECORDS)), "U2"),
        (_request(records=(*RECORDS, _record(RecordTable.SIGN_INS, 24 * 60))), "U2"),
        (_request(records=RECORDS, snapshot=RECORDS[:-1]), "P1"),
        (_request(records=(RECORDS[0].model_copy(update={"account": 3}),)), "P1"),
        (_request(records=(_record(RecordTable.RECORDINGS, media="cd" * 32),)), "P1"),
    ],
    ids=["content by subpoena", "a letter", "another class", "another day", "not preserved", "nobody's", "no bytes"],
)
async def test_nothing_beyond_what_was_approved_can_be_packed(
    request_: PackageRequest, clause: str, tmp_path: Path
) -> None:
    with pytest.raises(ProductionRefusedError, match=f"^{clause}: "):
        await _pack(request_, tmp_path)
    assert _names(tmp_path) == []


async def test_a_recording_whose_bytes_changed_is_not_produced(tmp_path: Path) -> None:
    with pytest.raises(ProductionRefusedError, match=VIDEO_SHA256):
        await ProductionPackager(PROFILE).pack(_request(), {VIDEO_SHA256: b"tampered"}, tmp_path)


@settings(max_examples=25)
@given(agency=st.text(max_size=80))
def test_whatever_an_agency_calls_itself_the_certificate_can_be_set(
    agency: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("package")
    asyncio.run(_pack(_request(agency=agency), folder))


async def test_an_agencys_words_are_shown_and_never_run(tmp_path: Path) -> None:
    files = await _pack(_request(agency='#panic("x") $x$ *b* \x00 Sở 警'), tmp_path)
    assert '#panic("x") $x$ *b* [U+0000] Sở [U+8B66]' in _words(files["data/certificate-of-authenticity.pdf"])


async def test_E1_the_package_says_that_no_legal_process_stands_behind_it(tmp_path: Path) -> None:
    whole = _request()
    emergency = whole.scope.model_copy(update={"kind": RequestKind.EMERGENCY, "process": None})
    files = await _pack(whole.model_copy(update={"scope": emergency, "process_sha256": ()}), tmp_path)
    certificate = _words(files["data/certificate-of-authenticity.pdf"])
    assert "disclosed voluntarily and without legal process" in certificate
    assert "18 U.S.C. 2702(b)(8) and (c)(4)" in certificate
    assert "in answer to the legal process" not in certificate
    assert "None: voluntary emergency disclosure" in _docx_text(files["data/production-summary.docx"])
    ordinary = await _pack(whole, tmp_path)
    assert "in answer to the legal process named above" in _words(ordinary["data/certificate-of-authenticity.pdf"])


async def test_P3_the_certificate_of_destruction_names_every_object_and_when(tmp_path: Path) -> None:
    objects = [hashlib.sha256(bytes([n])).hexdigest() for n in range(60)]
    certifier = TypesetCertifier(PROFILE)
    first = await certifier.destruction(REF, objects, date(2026, 1, 3), MADE)
    words = _words(first)
    assert all(sha256 in words for sha256 in objects)
    for phrase in (REF, "3 January 2026", "2026-07-12 09:30:16 UTC", "Objects destroyed 60", "cannot restore"):
        assert phrase in words
    assert await certifier.destruction(REF, objects, date(2026, 1, 3), MADE) == first


async def test_PR3_what_the_request_does_not_say_is_called_not_stated(tmp_path: Path) -> None:
    files = await _pack(_request().model_copy(update={"case_number": ""}), tmp_path)
    for text in (
        _words(files["data/certificate-of-authenticity.pdf"]),
        _docx_text(files["data/production-summary.docx"]),
    ):
        assert "Agency's case number not stated" in " ".join(text.replace("’", "'").split())
