"""Taking messages in by command, where that could do harm."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake.authentication.authenticator import Authenticator
from policy.vocabulary import Phase, RequestKind, SenderVerdict
from starter.command import Exit
from starter.mailroom import MailDesk, NotYet
from starter.samples.mail import sample_mail
from starter.samples.request import SampleProcess
from tests.intake.authentication.agency import Silent
from tests.starter.signing.conftest import Command, arrived
from tests.world import World


async def test_S1_whoever_sends_us_a_cases_own_document_does_not_have_it_destroyed(
    world: World, command: Command, tmp_path: Path
) -> None:
    """The user who is told has a copy of the request; its bytes, sent as a mail, are refused, but the case has them."""
    ref = await arrived(world, SampleProcess.SUBPOENA)
    document = (await world.case(ref)).documents[0].sha256
    octets = await world.services.store.get(document)
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(octets)
    refused = await command("intake", str(copy))
    assert refused.code == Exit.REFUSED
    assert refused.err.startswith(f"{copy}: refused and deleted. S1: ")
    assert await world.services.store.get(document) == octets


async def test_S1_refused_bytes_that_no_case_needs_are_gone(world: World, command: Command, tmp_path: Path) -> None:
    letter = tmp_path / "letter.eml"
    letter.write_bytes(b"From: somebody@freemail.example\r\nSubject: hello\r\n\r\nhello\r\n")
    assert (await command("intake", str(letter))).code == Exit.REFUSED
    kept = [path for path in (world.settings.state_dir / "objects").rglob("*") if path.is_file()]
    assert not any(path.read_bytes() == letter.read_bytes() for path in kept)


async def test_a_message_that_the_service_took_up_first_is_told_as_if_we_had(
    world: World, command: Command, tmp_path: Path
) -> None:
    """The service that runs beside the command may be quicker: between keeping and sending on, or earlier."""
    request, refused = tmp_path / "request.eml", tmp_path / "refused.eml"
    request.write_bytes(sample_mail(world.sample(SampleProcess.SUBPOENA)))
    refused.write_bytes(b"From: somebody@freemail.example\r\nSubject: hello\r\n\r\nhello\r\n")
    first = await world.send(request.read_bytes())
    await world.send(refused.read_bytes())
    accepted = await command("intake", str(request))
    assert (accepted.code, accepted.out.splitlines()[-1]) == (Exit.DONE, f"{request}: {first.ref} (new request)")
    again = await command("intake", str(refused))
    assert again.code == Exit.REFUSED
    assert again.err.startswith(f"{refused}: refused and deleted. S1: ")


async def test_two_that_send_on_the_same_message_open_one_case(world: World) -> None:
    message_id = await world.keep(sample_mail(world.sample(SampleProcess.SUBPOENA)))
    settled = await asyncio.gather(*(world.desk.settle(world.client, message_id) for _ in range(4)))
    assert len({one.ref for one in settled if one}) == 1
    assert all(one is not None and one.opened is RequestKind.DISCLOSURE for one in settled)


async def test_S1_mail_waits_for_name_servers_that_do_not_answer_and_then_is_held(world: World) -> None:
    """It is neither refused nor accepted meanwhile, and is not asked about over and over."""
    silent = Silent()
    services = replace(world.services, authenticator=Authenticator(silent, (world.settings.intake_address,)))
    desk = MailDesk(services, world.clock, world.settings.task_queue)
    message_id = await world.keep(sample_mail(world.sample(SampleProcess.SUBPOENA)))
    (waiting,) = await desk.waiting()
    with pytest.raises(NotYet):
        await desk.send_on(world.client, waiting)
    asked = len(silent.asked)
    assert asked
    assert await desk.settle(world.client, message_id) is None
    assert len(silent.asked) == asked

    world.clock.advance_to(world.clock.now() + timedelta(minutes=31))
    sent = await MailDesk(services, world.clock, world.settings.task_queue).send_on(world.client, waiting)
    assert sent.ref is not None
    case = await world.case(sent.ref)
    assert (await services.casebook.reading(message_id)).authentication is not None
    await world.phase(case.ref, Phase.VERIFICATION)
    case = await world.case(sent.ref)
    assert case.sender is SenderVerdict.HOLD
    assert any("does not prove" in reason.detail for reason in case.reasons)


async def test_S1_the_command_takes_an_unsigned_file_in_and_holds_it(
    world: World, command: Command, tmp_path: Path
) -> None:
    request = tmp_path / "request.eml"
    request.write_bytes(sample_mail(world.sample(SampleProcess.SUBPOENA)))
    said = await command("intake", str(request))
    assert said.code == Exit.DONE
    ref = said.out.split()[1]
    await world.phase(ref, Phase.VERIFICATION)
    assert (await world.case(ref)).sender is SenderVerdict.HOLD
    shown = (await command("show", ref)).out
    assert "not proven" in shown
    assert "SPF: not known which host handed the message over" in shown
