"""The SMTP listener of a real stack, as the world's mail servers meet it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiosmtplib
import pytest

from intake.message import fingerprint
from ledger.mailroom import Mailroom
from ledger.reports import Reports
from runtime.embedded.ports import free_port
from runtime.services import open_services
from runtime.settings import Settings
from starter.samples import SampleProcess, SampleRequest, sample_mail
from starter.tour.letters import Letterbox, Received
from tests.e2e.waiting import until
from tests.replies import reply

ASKED = SampleRequest(process=SampleProcess.SUBPOENA, case_number="SMTP-1")


async def _listening(port: int) -> None:
    async def look() -> bool | None:
        try:
            async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port):
                return True
        except OSError:
            return None

    await until(look)


async def _send(port: int, mail: bytes, to: str) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as relay:
        await relay.sendmail(ASKED.sender, [to], mail)


async def test_a_message_above_the_limit_gets_552_when_announced_and_when_not(stack: Settings) -> None:
    await _listening(stack.smtp_intake_port)
    most = stack.smtp_max_message_bytes
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=stack.smtp_intake_port) as relay:
        with pytest.raises(aiosmtplib.SMTPSenderRefused) as announced:
            await relay.mail(ASKED.sender, options=[f"SIZE={most + 1}"])
        assert announced.value.code == 552
        await relay.mail(ASKED.sender)
        await relay.rcpt(stack.intake_address)
        with pytest.raises(aiosmtplib.SMTPDataError) as sent:
            await relay.data(sample_mail(ASKED) + (b"y" * 998 + b"\r\n") * (most // 1000))
        assert sent.value.code == 552


async def test_an_unknown_recipient_gets_550(stack: Settings) -> None:
    await _listening(stack.smtp_intake_port)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await _send(stack.smtp_intake_port, sample_mail(ASKED), "sales@provider.example")
    assert refused.value.recipients[0].code == 550


async def test_N1_a_user_whose_mail_names_no_case_hears_at_once_what_to_write(stack: Settings) -> None:
    await _listening(stack.smtp_intake_port)
    for subject, code in (("Where are my data?", 550), ("Re: About your access: DP-2020-000001", 250)):
        mail = reply("Hello,\n\nI have a question.", subject, sender="alice.martin@example.org")
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=stack.smtp_intake_port) as relay:
            await relay.mail("alice.martin@example.org")
            await relay.rcpt("privacy@provider.example")
            try:
                answer = await relay.data(mail)
            except aiosmtplib.SMTPDataError as refused:
                answer = aiosmtplib.SMTPResponse(refused.code, refused.message)
        assert (answer.code, "DP-..." in answer.message) == (code, code == 550)


async def test_the_same_message_twice_at_once_and_again_is_one_request(stack: Settings) -> None:
    await _listening(stack.smtp_intake_port)
    mail = sample_mail(replace(ASKED, case_number="SMTP-TWICE"))
    async with open_services(stack) as services:
        before = len(await Reports(services.engine).cases())
        await asyncio.gather(*(_send(stack.smtp_intake_port, mail, stack.intake_address) for _ in range(2)))

        async def look() -> str | None:
            return await Mailroom(services.engine).case_of_message(fingerprint(mail))

        ref = await until(look)
        await _send(stack.smtp_intake_port, mail, stack.intake_address)
        # A later message settles after it, so this one has been dealt with by then.
        last = sample_mail(replace(ASKED, case_number="SMTP-LAST"))
        await _send(stack.smtp_intake_port, last, stack.intake_address)

        async def look_for_last() -> str | None:
            return await Mailroom(services.engine).case_of_message(fingerprint(last))

        await until(look_for_last)
        assert await look() == ref
        assert len(await Reports(services.engine).cases()) == before + 2


async def test_R4_a_request_is_completed_by_two_replies(
    stack: Settings,
) -> None:
    """They name no reference, only the letter that they answer; the second letter asks for what is left."""
    await _listening(stack.smtp_intake_port)
    mail = sample_mail(replace(ASKED, case_number="SMTP-REPLIES", badge="", phone=""))
    await _send(stack.smtp_intake_port, mail, stack.intake_address)
    async with open_services(stack) as services:

        async def opened() -> str | None:
            return await Mailroom(services.engine).case_of_message(fingerprint(mail))

        ref = await until(opened)
        letters = Letterbox(stack.state_dir / "mail")

        async def asked(times: int) -> list[Received] | None:
            found = [letter for letter in letters.all() if letter.subject == f"More needed: {ref}"]
            return found if len(found) == times else None

        first = (await until(lambda: asked(1)))[0]
        await _send(
            stack.smtp_intake_port,
            reply("Badge number: 4471\n", "Re: your question", answers=first.message_id),
            stack.intake_address,
        )
        second = (await until(lambda: asked(2)))[1]
        assert ("badge" in first.body, "telephone" in first.body) == (True, True)
        assert ("badge" in second.body, "telephone" in second.body) == (False, True)
        await _send(
            stack.smtp_intake_port,
            reply("Phone: +1-202-555-0101\n", "Re: your question", answers=second.message_id),
            stack.intake_address,
        )

        async def complete() -> bool | None:
            return not (await services.casebook.case(ref)).missing or None

        await until(complete)
        assert await asked(2)


@asynccontextmanager
async def _intake_without_postgres(stack: Settings) -> AsyncIterator[int]:
    port = free_port()
    nowhere = f"postgresql+psycopg://dueprocess_app@127.0.0.1:{free_port()}/dueprocess"
    changed = {"DUEPROCESS_SMTP_INTAKE_PORT": str(port), "DUEPROCESS_DATABASE_URL": nowhere}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "starter", "serve", "intake"),
        env=os.environ | stack.environment() | changed,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        process.terminate()
        await process.wait()


async def test_without_postgres_the_sender_keeps_the_message_and_sends_it_again(stack: Settings) -> None:
    mail = sample_mail(replace(ASKED, case_number="SMTP-LATER"))
    async with _intake_without_postgres(stack) as port:
        await _listening(port)
        with pytest.raises(aiosmtplib.SMTPDataError) as deferred:
            await _send(port, mail, stack.intake_address)
        assert deferred.value.code == 451
    await _send(stack.smtp_intake_port, mail, stack.intake_address)
    async with open_services(stack) as services:

        async def look() -> str | None:
            return await Mailroom(services.engine).case_of_message(fingerprint(mail))

        assert await until(look)
