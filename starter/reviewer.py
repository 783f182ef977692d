"""`dueprocess reviewer add|revoke|list`: the people whose signatures count, and their keys."""

from pathlib import Path

import typer

from activities.ports import Conflict
from contract.signing import public_key_of
from ledger.roster import Roster
from policy.vocabulary import Role
from runtime.clock import BusinessClock
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.desk import key_file, new_key


def register(app: typer.Typer) -> None:
    """Add the verb."""
    people = typer.Typer(help="The roster: who may verify, review and audit.", no_args_is_help=True)
    app.add_typer(people, name="reviewer")

    @people.command()
    def add(
        name: str = typer.Argument(help="The person's name on the roster."),
        role: list[Role] = typer.Option(..., help="What they may sign; may be repeated."),
        public_key: str = typer.Option("", help="Their public key, if they made the pair themselves (base64url)."),
    ) -> None:
        """Put a person on the roster; without --public-key a key pair is made on this machine."""
        run(lambda settings: add_person(settings, name, role, public_key))

    @people.command()
    def revoke(name: str = typer.Argument(help="The person's name on the roster.")) -> None:
        """Take a person's key off the roster. What they signed before stays as it is."""
        run(lambda settings: revoke_person(settings, name))

    @people.command(name="list")
    def list_people() -> None:
        """Show the roster."""
        run(show_people)


async def add_person(settings: Settings, name: str, roles: list[Role], public_key: str = "") -> Exit:
    """Add a person; the key is made first, so that nobody stands on the roster with a key that was never kept."""
    async with open_services(settings) as services:
        roster = Roster(services.engine)
        if await roster.by_name(name) is not None:
            raise Trouble(f"{name} is on the roster already", Exit.MISUSED)
        key_path: Path | None = None
        if not public_key:
            public_key, key_path = public_key_of(new_key(settings, name)), key_file(settings, name)
        try:
            signer = await roster.add(name, public_key, roles, BusinessClock(settings.clock_file).now())
        except (ValueError, Conflict) as error:
            raise Trouble(f"{name} cannot be added: {error}", Exit.MISUSED) from error
    named = ", ".join(sorted(role.value for role in signer.roles))
    out.print(f"{name} is on the roster as {signer.id} ({named})", markup=False)
    if key_path is not None:
        out.print(f"private key: {key_path}. Give it to {name} and keep no other copy.", markup=False)
    return Exit.DONE


async def revoke_person(settings: Settings, name: str) -> Exit:
    """Revoke a person's key."""
    async with open_services(settings) as services:
        roster = Roster(services.engine)
        signer = await roster.by_name(name)
        if signer is None:
            raise Trouble(f"{name} is not on the roster", Exit.MISUSED)
        await roster.revoke(signer.id, BusinessClock(settings.clock_file).now())
    out.print(f"{name}'s key no longer signs anything", markup=False)
    return Exit.DONE


async def show_people(settings: Settings) -> Exit:
    """List the roster, also those whose key was revoked."""
    async with open_services(settings) as services:
        for entry in await Roster(services.engine).list():
            roles = ", ".join(sorted(role.value for role in entry.signer.roles))
            revoked = ", revoked" if entry.signer.revoked else ""
            out.print(f"{entry.signer.id}  {entry.name}  {roles}{revoked}", markup=False)
    return Exit.DONE
