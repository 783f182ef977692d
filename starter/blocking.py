"""`dueprocess agency block|unblock`: a mailbox or a domain is in other hands, and what follows from it at once (S1)."""

from collections.abc import Sequence
from datetime import datetime

import typer

from ledger.blocking import Blocking, Given
from ledger.directory import Directory
from policy.addresses import normal_domain
from policy.sender import judge_domain
from policy.vocabulary import SenderVerdict
from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.services import Services, open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.desk import roster_id
from starter.lines import counted
from starter.machines import say_facts_changed


def register(agencies: typer.Typer) -> None:
    """Add the verbs."""

    @agencies.command()
    def block(
        sender: str = typer.Argument(help="A mail address, or a domain with all below it."),
        reason: str = typer.Option(..., help="What is known; kept in the ledger, and only there."),
        by: str = typer.Option(..., "--as", help="Who you are on the roster."),
        revoke_links: bool = typer.Option(False, "--revoke-links", help="Links that still work give nothing any more."),
    ) -> None:
        """Hold its mail, freeze its open requests, and list what it has been given. Again, it only does the rest."""
        run(lambda settings: block_sender(settings, sender, by, reason, revoke_links=revoke_links))

    @agencies.command()
    def unblock(
        sender: str = typer.Argument(help="The address or domain, as it was blocked."),
        reason: str = typer.Option(..., help="How it is known that the mailbox is its owner's again."),
        by: str = typer.Option(..., "--as", help="Who you are on the roster."),
    ) -> None:
        """Take its mail again. Requests that were frozen still wait for a verifier's call."""
        run(lambda settings: unblock_sender(settings, sender, by, reason))


async def block_sender(settings: Settings, typed: str, by: str, reason: str, *, revoke_links: bool) -> Exit:
    """Block first, as nothing may go out meanwhile; then wake what is frozen, and list what had been given."""
    who, at = sender(typed), BusinessClock(settings.clock_file).now()
    async with open_services(settings) as services:
        signer, blocking = await roster_id(services, by), Blocking(services.engine)
        directory = await Directory(services.engine).read()
        if judge_domain(who.rpartition("@")[2], directory).verdict is SenderVerdict.REFUSE:
            raise Trouble(f"S1: mail from {who} is refused and destroyed as it is; there is nothing to block")
        if who in {block.sender for block in directory.blocked}:
            out.print(f"{who} is blocked already", markup=False)
        else:
            await blocking.block(who, signer, reason, at)
            out.print(f"{who} is blocked: its mail is held from now on (S1)", markup=False)
        await _wake(settings, services, await blocking.frozen(who))
        if revoke_links:
            revoked = await blocking.revoke_links(await blocking.given(who), signer, at)
            out.print(f"{counted(revoked, 'link')} revoked", markup=False)
        _list(await blocking.given(who), at)
    return Exit.DONE


async def unblock_sender(settings: Settings, typed: str, by: str, reason: str) -> Exit:
    """End the block."""
    who, at = sender(typed), BusinessClock(settings.clock_file).now()
    async with open_services(settings) as services:
        signer, blocking = await roster_id(services, by), Blocking(services.engine)
        if not await blocking.unblock(who, signer, reason, at):
            raise Trouble(f"{who} is not blocked")
        waiting = await blocking.frozen(who)
    out.print(f"{who} is not blocked any more", markup=False)
    if waiting:
        out.print(f"still to be verified by a call: {', '.join(waiting)}", markup=False)
    return Exit.DONE


def sender(text: str) -> str:
    """A mail address or a domain, in lower case.

    Raises:
        Trouble: it is neither.
    """
    local, at, after = text.strip().lower().rpartition("@")
    return f"{local}{at}{domain(after)}"


def domain(text: str) -> str:
    """A mail domain.

    Raises:
        Trouble: it is none.
    """
    normal = normal_domain(text)
    if normal is None:
        raise Trouble(f"{text!r} is not a mail domain such as police.springfield.gov", Exit.MISUSED)
    return normal


async def _wake(settings: Settings, services: Services, refs: Sequence[str]) -> None:
    """Have each machine look at the record. It stops what it must anyway, even if nothing woke the machine."""
    if not refs:
        out.print("no open request came from there", markup=False)
        return
    out.print(f"frozen until a verifier has called back: {', '.join(refs)}", markup=False)
    client = await connect(settings)
    for ref in refs:
        await say_facts_changed(client, await services.casebook.case(ref))


def _list(given: Sequence[Given], now: datetime) -> None:
    if not given:
        out.print("nothing has been given to it", markup=False)
        return
    out.print(f"what it has been given ({counted(len(given), 'production')}):", markup=False)
    for one in given:
        out.print(f"  {one.ref}  {one.made_at:%Y-%m-%d %H:%M} UTC  {_scope(one)}", markup=False)
        out.print(f"    {_link(one, now)}; {_fetched(one)}", markup=False)


def _scope(one: Given) -> str:
    if one.scope is None:
        return f"{counted(one.records, 'record')} (the scope has been erased)"
    scope = one.scope
    days = f"{scope.since or 'any day'} to {scope.until or 'any day'}"
    who = counted(len(scope.identifiers), "identifier")
    return f"{counted(one.records, 'record')} of {', '.join(scope.classes)}, {who}, {days}"


def _link(one: Given, now: datetime) -> str:
    if one.revoked_at is not None:
        return f"link revoked {one.revoked_at:%Y-%m-%d %H:%M} UTC"
    works = now < one.link_expires_at
    return f"link {'WORKS until' if works else 'ended'} {one.link_expires_at:%Y-%m-%d %H:%M} UTC"


def _fetched(one: Given) -> str:
    return f"fetched {counted(one.fetched, 'time')}" if one.fetched else "never fetched"
