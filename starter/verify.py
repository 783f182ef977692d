"""`dueprocess verify`: prove the record to an auditor, or name what does not hold."""

import json
from dataclasses import asdict

import typer

from ledger.chain import Head
from runtime.connection import connect
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, out, run
from starter.verification import Verification, verify_all


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def verify(
        head: str = typer.Option("", help="A head that an earlier verification printed and you kept: SEQ:HASH"),
        as_json: bool = typer.Option(False, "--json", help="One JSON object, for programs."),
    ) -> None:
        """Verify the ledger's chain, every object's hash, and Postgres against Temporal. Exit 0 only if all hold."""
        run(lambda settings: verify_record(settings, head, as_json=as_json))


async def verify_record(settings: Settings, head: str = "", *, as_json: bool = False) -> Exit:
    """Verify, and print what was found."""
    expected = _head(head) if head else None
    async with open_services(settings) as services:
        found = await verify_all(services, await connect(settings), expected)
    if as_json:
        print(json.dumps(asdict(found) | {"head": str(found.chain.head), "holds": found.holds}, indent=2))
    else:
        for line in report(found):
            out.print(line, markup=False)
    return Exit.DONE if found.holds else Exit.REFUSED


def report(found: Verification) -> list[str]:
    """What was verified, in sentences; faults below what they belong to."""
    chain, objects, machines = found.chain, found.objects, found.machines
    erased = f", of which {chain.erased} had their content erased" if chain.erased else ""
    return [
        f"{_mark(chain.faults)} ledger: {chain.events} events in one chain{erased}",
        *(f"       {fault.sentence}" for fault in chain.faults),
        f"{_mark(objects.faults)} objects: {objects.objects} with {objects.octets} bytes were read and hashed, "
        f"{objects.gone} destroyed ones looked for",
        *(f"       {fault}" for fault in objects.faults),
        f"{_mark(machines.differences)} Temporal: {machines.running} of {machines.needed} machines run as recorded",
        *(f"       {difference}" for difference in machines.differences),
        f"head   {chain.head}",
        "       Keep it where the database's owner cannot write: with --head it shows a rebuilt chain.",
    ]


def _mark(faults: tuple[object, ...]) -> str:
    return "FAULT " if faults else "ok    "


def _head(text: str) -> Head:
    try:
        return Head.parse(text)
    except ValueError as error:
        raise Trouble(f"--head {text!r}: {error}", Exit.MISUSED) from error
