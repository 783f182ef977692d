"""Bad input through the real command: each a clear sentence, a clear exit code, and nothing lost."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from activities.ports import CaseFile
from policy.vocabulary import Clause, Outcome, Phase, Role
from runtime.clock import BusinessClock
from runtime.embedded.ports import free_port
from runtime.services import Services, open_services
from runtime.settings import Settings
from starter.command import Exit
from starter.mailroom import MailDesk
from starter.reviewer import enrol
from starter.samples import SampleProcess, SampleRequest, document, sample_mail
from tests.e2e.conftest import Said, dueprocess
from tests.e2e.waiting import until

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + bytes(64)
BROKEN_PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> this is not how it goes on"


@pytest.fixture
async def services(stack: Settings) -> AsyncIterator[Services]:
    async with open_services(stack) as opened:
        yield opened


def _request(stack: Settings, case_number: str, **changes: object) -> SampleRequest:
    now = BusinessClock(stack.clock_file).now()
    asked = SampleRequest(
        process=SampleProcess.SUBPOENA,
        case_number=case_number,
        dated=now,
        response_due=(now + timedelta(days=30)).date(),
    )
    return replace(asked, **changes)  # type: ignore[arg-type] # each test names fields of the request


def _saved(folder: Path, name: str, mail: bytes) -> Path:
    file = folder / f"{name}.eml"
    file.write_bytes(mail)
    return file


@pytest.fixture(scope="module")
async def incomplete(stack: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, dict[str, bytes]]:
    """Requests that lack something, taken in by one command; what it said, and the mails by name."""
    without_pdf = EmailMessage(policy=SMTP)
    without_pdf["From"], without_pdf["To"] = _request(stack, "NO-PDF").sender, stack.intake_address
    without_pdf.set_content("Legal process: subpoena\nCase number: NO-PDF\nUser email: maren.holt@example.com\n")
    large = _request(stack, "LARGE")
    unknown = (("User email", "no.one@example.com"),)
    mails = {
        "without-pdf": without_pdf.as_bytes(),
        "image": sample_mail(_request(stack, "IMAGE"), pdf=PNG),
        "broken-pdf": sample_mail(_request(stack, "BROKEN"), pdf=BROKEN_PDF),
        "no-identifier": sample_mail(_request(stack, "NO-IDENTIFIER", identifiers=())),
        "unknown-user": sample_mail(_request(stack, "UNKNOWN-USER", identifiers=unknown)),
        "50-megabytes": sample_mail(large, pdf=document(large) + b"\n%" + b"x" * (37 * 1024 * 1024)),
    }
    folder = tmp_path_factory.mktemp("incomplete")
    said = await dueprocess(stack, "intake", *(_saved(folder, name, mail) for name, mail in mails.items()))
    return said, mails


async def _taken(services: Services, incomplete: tuple[Said, dict[str, bytes]], name: str) -> CaseFile:
    """The case that was made of a mail, as soon as it has been read. Every byte of the mail must be there."""
    said, mails = incomplete
    assert said.code == Exit.DONE, said.err
    found = re.search(rf"{name}\.eml: (DP-\d{{4}}-\d{{6}}) \(new request\)", said.out)
    assert found, said.out

    async def look() -> CaseFile | None:
        case = await services.casebook.case(found.group(1))
        return case if case.phase is not Phase.RECEIVED else None

    case = await until(look)
    assert await services.store.get(case.envelope.object) == mails[name]
    return case


async def test_S1_what_is_no_mail_or_too_large_is_refused_and_a_missing_file_named(
    stack: Settings, tmp_path: Path
) -> None:
    files = {"noise": bytes(range(256)) * 40, "empty": b"\r\n", "huge": b"y" * (stack.smtp_max_message_bytes + 1)}
    said = await dueprocess(stack, "intake", *(_saved(tmp_path, name, mail) for name, mail in files.items()))
    assert said.code == Exit.REFUSED
    assert "noise.eml: refused and deleted. S1: From does not name exactly one address" in said.err
    assert "empty.eml: the file is empty" in said.err
    assert f"huge.eml: {stack.smtp_max_message_bytes + 1} bytes" in said.err
    said = await dueprocess(stack, "intake", tmp_path / "nowhere.eml")
    assert said.code == Exit.MISUSED
    assert "nowhere.eml: No such file or directory" in said.err


async def test_S2_a_mail_without_a_pdf_waits_for_it(
    services: Services, incomplete: tuple[Said, dict[str, bytes]]
) -> None:
    assert Clause.S2 in (await _taken(services, incomplete, "without-pdf")).missing


@pytest.mark.parametrize(("name", "attached"), [("image", PNG), ("broken-pdf", BROKEN_PDF)], ids=["image", "broken"])
async def test_S2_an_image_or_a_broken_pdf_is_no_legal_document(
    services: Services, incomplete: tuple[Said, dict[str, bytes]], name: str, attached: bytes
) -> None:
    case = await _taken(services, incomplete, name)
    assert Clause.S2 in case.missing
    assert [document.accepted for document in case.documents] == [False]
    assert case.documents[0].reasons, "the record says what is wrong with it"
    assert await services.store.get(case.documents[0].sha256) == attached, "and keeps it as it came"


async def test_50_megabytes_are_taken_whole(services: Services, incomplete: tuple[Said, dict[str, bytes]]) -> None:
    case = await _taken(services, incomplete, "50-megabytes")
    assert len(incomplete[1]["50-megabytes"]) > 50 * 1024 * 1024
    assert len(case.documents) == 1


async def test_R1_a_request_that_names_nobody_waits_for_an_identifier(
    stack: Settings, services: Services, incomplete: tuple[Said, dict[str, bytes]]
) -> None:
    case = await _taken(services, incomplete, "no-identifier")
    assert case.missing == (Clause.R1,)
    said = await dueprocess(stack, "show", case.ref)
    assert "R1  at least one identifier" in said.out


async def test_R1_a_user_whom_nobody_knows_ends_as_account_not_found(
    stack: Settings, services: Services, incomplete: tuple[Said, dict[str, bytes]]
) -> None:
    for name, role in (("val", Role.VERIFIER), ("ron", Role.REVIEWER)):
        await enrol(stack, name, (role,))
    ref = (await _taken(services, incomplete, "unknown-user")).ref
    said = await dueprocess(stack, "review", ref, "approve", "--as", "ron")
    assert said.code == Exit.REFUSED
    assert "refused, and nothing has changed" in said.err
    said = await dueprocess(stack, "review", ref, "authentic", "--signature-seen", "--as", "val")
    assert "(--called-back NUMBER)" in said.err, "it came from a file, which proves no sender"
    called = ("--called-back", "+1-202-555-0101", "--badge-checked")
    said = await dueprocess(stack, "review", ref, "authentic", "--signature-seen", *called, "--as", "val")
    assert said.code == Exit.DONE, said.err
    said = await dueprocess(stack, "review", ref, "approve", "--as", "ron")
    assert said.code == Exit.DONE, said.err

    async def look() -> Outcome | None:
        return (await services.casebook.case(ref)).outcome

    assert await until(look) is Outcome.ACCOUNT_NOT_FOUND


async def test_without_postgres_nothing_is_changed_and_the_file_can_be_taken_in_later(
    stack: Settings, tmp_path: Path
) -> None:
    file = _saved(tmp_path, "later", sample_mail(_request(stack, "POSTGRES-AWAY")))
    nowhere = f"postgresql+psycopg://dueprocess_app@127.0.0.1:{free_port()}/dueprocess"
    said = await dueprocess(stack, "intake", file, database_url=nowhere)
    assert said.code == Exit.UNREACHABLE
    assert "Postgres does not answer" in said.err
    assert "Nothing was changed" in said.err
    said = await dueprocess(stack, "intake", file)
    assert said.code == Exit.DONE, said.err
    assert "(new request)" in said.out


async def test_without_temporal_a_message_is_kept_and_goes_on_by_itself(
    stack: Settings, services: Services, tmp_path: Path
) -> None:
    mail = sample_mail(_request(stack, "TEMPORAL-AWAY"))
    file = _saved(tmp_path, "kept", mail)
    said = await dueprocess(stack, "intake", file, temporal_address=f"127.0.0.1:{free_port()}")
    assert said.code == Exit.UNREACHABLE
    assert "Temporal at" in said.err
    assert "The messages are kept" in said.err
    desk = MailDesk(services, BusinessClock(stack.clock_file), stack.task_queue)

    async def look() -> str | None:
        return await desk.case_of((await desk.keep(mail))[0])

    assert await until(look)
