"""`dueprocess doctor`: what is reachable, and what is insecure for production."""

import asyncio

import typer

from runtime.settings import Settings
from starter.checkup import Part, examine
from starter.command import Exit, out, run


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def doctor(
        parts: list[Part] = typer.Argument(None, help="Only these parts; all of them if none is named."),
    ) -> None:
        """Say what is reachable and what is insecure for production. Exit 3 if something does not answer."""
        run(lambda settings: examine_all(settings, parts or list(Part)))


async def examine_all(settings: Settings, parts: list[Part]) -> Exit:
    """Examine the parts, all at once, and print what was found in their order."""
    findings = await asyncio.gather(*(examine(part, settings) for part in parts))
    for finding in findings:
        out.print(f"{'ok   ' if finding.well else 'FAULT'}  {finding.part.value:<9} {finding.sentence}", markup=False)
    for sentence in settings.insecurities():
        out.print(f"WARNING: not for production: {sentence}", style="bold yellow", markup=False)
    return Exit.DONE if all(finding.well for finding in findings) else Exit.UNREACHABLE
