"""How many requests go through: whole ones, and a burst of mail up to legal review."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import aiosmtplib

from contract.ids import request_id
from intake.message import fingerprint
from policy.statements import SignedStatement, Verdict
from policy.vocabulary import Phase
from runtime.embedded.ports import LOOPBACK
from runtime.embedded.process import OwnedProcess
from starter.mailroom import MailDesk
from starter.serve import AT_ONCE as READ_AT_ONCE
from tests.bench.lines import Line, ratios
from tests.bench.sizes import Sizes
from tests.bench.stage import Stage
from tests.bench.waiting import at_once

_SENDERS = 4


async def throughput(stage: Stage, sizes: Sizes) -> list[Line]:
    """Whole requests for a subpoena with a gag, so that nothing waits on a clock: from the start to the outcome."""
    pairs = []
    for _ in range(sizes.throughput_rounds):
        product = await _whole(stage, sizes.throughput_requests, bare=False)
        pairs.append((product, await _whole(stage, sizes.throughput_requests, bare=True)))
    note = (
        f"{sizes.throughput_requests} at once; mail kept and read beforehand, statements signed beforehand; in the "
        "product: ledger, letters by SMTP, copy of records, package with certificate"
    )
    return [ratios("2 whole requests", pairs, 0.8, unit="/s", bound="at least", note=note)]


async def _whole(stage: Stage, n: int, *, bare: bool) -> float:
    """Requests a second."""
    jobs = await stage.jobs(n, bare=bare, gagged=True)
    began = time.perf_counter()
    await at_once([stage.start(job) for job in jobs])
    await stage.until_phase(jobs, Phase.VERIFICATION)
    await at_once([stage.state(job, Verdict.AUTHENTIC) for job in jobs])
    await stage.until_phase(jobs, Phase.LEGAL_REVIEW)
    await at_once([stage.state(job, Verdict.APPROVE) for job in jobs])
    await stage.finish(jobs)
    rate = n / (time.perf_counter() - began)
    await stage.clear()
    return rate


async def burst(stage: Stage, sizes: Sizes) -> list[Line]:
    """Mails by SMTP to the real intake process until all are in legal review; bare ones are started and decided."""
    pairs, kept, read = [], [], []
    for _ in range(sizes.burst_rounds):
        async with _intake(stage):
            answered, in_verification, in_review = await _mails(stage, sizes.burst_mails)
        await stage.clear()
        pairs.append((in_review, await _bare(stage, sizes.burst_mails)))
        kept.append(answered)
        read.append(in_verification)
    note = (
        f"{sizes.burst_mails} mails by SMTP; in the product: storing and syncing each before its 250, reading its PDF "
        f"in the intake ({READ_AT_ONCE} at once), ledger, acknowledgement by SMTP, ruling on a statement; signing "
        "is not timed"
    )
    return [
        ratios("3 burst to legal review", pairs, 2, unit="s", note=note),
        Line("3 burst answered 250", sum(kept) / len(kept), unit="s", note="of which: every mail kept"),
        Line("3 burst in verification", sum(read) / len(read), unit="s", note="of which: read, started, acknowledged"),
    ]


async def _mails(stage: Stage, n: int) -> tuple[float, float, float]:
    """Seconds until all mails were answered, all cases were in verification, and all were in legal review."""
    mails = [stage.mail() for _ in range(n)]
    began = time.perf_counter()
    await asyncio.gather(*(_send(stage, mails[place::_SENDERS]) for place in range(_SENDERS)))
    answered = time.perf_counter() - began
    await stage.until_lists(stage.settings.task_queue, Phase.VERIFICATION, n)
    in_verification = time.perf_counter() - began
    statements = await _statements(stage, mails)
    began_deciding = time.perf_counter()
    await at_once([stage.bring(request_id(ref), signed) for ref, signed in statements.items()])
    await stage.until_lists(stage.settings.task_queue, Phase.LEGAL_REVIEW, n)
    return answered, in_verification, in_verification + time.perf_counter() - began_deciding


async def _send(stage: Stage, mails: Sequence[bytes]) -> None:
    async with aiosmtplib.SMTP(hostname=LOOPBACK, port=stage.settings.smtp_intake_port, start_tls=False) as line:
        for mail in mails:
            await line.sendmail("officer@police.springfield.gov.example", stage.settings.intake_address, mail)


async def _statements(stage: Stage, mails: Sequence[bytes]) -> Mapping[str, SignedStatement]:
    desk = MailDesk(stage.services, stage.clock, stage.settings.task_queue)
    statements = {}
    for mail in mails:
        ref = await desk.case_of(fingerprint(mail))
        if ref is None:
            raise RuntimeError("a mail that was answered 250 has no case")
        case = await stage.services.casebook.case(ref)
        statements[ref] = stage.people.on(case, "verifier", Verdict.AUTHENTIC, stage.clock.now())
    return statements


async def _bare(stage: Stage, n: int) -> float:
    jobs = await stage.jobs(n, bare=True)
    began = time.perf_counter()
    await at_once([stage.start(job) for job in jobs], READ_AT_ONCE)
    await stage.until_phase(jobs, Phase.VERIFICATION)
    await at_once([stage.state(job, Verdict.AUTHENTIC) for job in jobs])
    await stage.until_phase(jobs, Phase.LEGAL_REVIEW)
    took = time.perf_counter() - began
    await stage.clear()
    return took


@asynccontextmanager
async def _intake(stage: Stage) -> AsyncIterator[None]:
    """The real intake process, only as long as it is measured: it would start what other figures prepare."""
    intake = _Intake(stage)
    await intake.start()
    try:
        yield
    finally:
        await intake.stop()


class _Intake(OwnedProcess):
    name = "intake"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.settings.state_dir / "logs" / "intake.log")
        self._settings = stage.settings

    def command(self) -> list[str]:
        return [sys.executable, "-m", "starter", "serve", "intake"]

    def environment(self) -> Mapping[str, str]:
        return {**super().environment(), **self._settings.environment()}

    async def is_ready(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, self._settings.smtp_intake_port)
        except OSError:
            return False
        writer.close()
        return True
