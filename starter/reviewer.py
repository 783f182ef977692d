"""`dueprocess reviewer add|revoke|list`: the people whose signatures count, and their keys."""

from collections.abc import Sequence

import typer

from activities.ports import Conflict
from contract.signing import public_key_of
from ledger.roster import Roster
from policy.statements import Signer
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


async def add_person(settings: Settings, name: str, roles: Sequence[Role], public_key: str = "") -> Exit:
    """Add a person, and say where their key is."""
    signer = await enrol(settings, name, roles, public_key)
    named = ", ".join(sorted(role.value for role in signer.roles))
    out.print(f"{name} is on the roster as {signer.id} ({named})", markup=False)
    if not public_key:
        out.print(f"private key: {key_file(settings, name)}. Give it to {name} and keep no other copy.", markup=False)
    return Exit.DONE


async def enrol(settings: Settings, name: str, roles: Sequence[Role], public_key: str = "") -> Signer:
    """Put a person on the roster; the key is made first, so that nobody stands there with a key that was never kept.

    Raises:
        Trouble: the name or the key is on the roster, or the key is not one.
    """
    async with open_services(settings) as services:
        roster = Roster(services.engine)
        if await roster.by_name(name) is not None:
            raise Trouble(f"{name} is on the roster already", Exit.MISUSED)
        public_key = public_key or public_key_of(new_key(settings, name))
        try:
            return await roster.add(name, public_key, roles, BusinessClock(settings.clock_file).now())
        except (ValueError, Conflict) as error:
            raise Trouble(f"{name} cannot be added: {error}", Exit.MISUSED) from error


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
            revoked = ", revoked" if entry.signer.revoked_at else ""
            out.print(f"{entry.signer.id}  {entry.name}  {roles}{revoked}", markup=False)
    return Exit.DONE
