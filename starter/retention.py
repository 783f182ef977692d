"""`dueprocess retention`: destroy what closed cases hold, once the time for which it is kept is over."""

from collections.abc import Sequence
from datetime import datetime

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.ports import ObjectStore
from ledger.erasure import Erasure
from ledger.reliance import destroying
from runtime.clock import BusinessClock
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, out, run


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def retention(
        look: bool = typer.Option(False, "--look", help="Only say which cases are due."),
    ) -> None:
        """Erase the closed cases whose time of retention is over, and destroy their documents, copies and packages.

        The service does the same by itself, so this is for whoever wants it done, or wants to look, now.
        """
        run(lambda settings: _retention(settings, look=look))


async def _retention(settings: Settings, *, look: bool) -> Exit:
    now = BusinessClock(settings.clock_file).now()
    async with open_services(settings) as services:
        if look:
            due = await Erasure(services.engine).due(now)
            out.print(f"{len(due)} cases are past their retention: {', '.join(due) or 'none'}", markup=False)
            return Exit.DONE
        erased = await end_retention(services.engine, services.store, now)
    out.print(f"{len(erased)} cases erased and their objects destroyed: {', '.join(erased) or 'none'}", markup=False)
    return Exit.DONE


async def end_retention(engine: AsyncEngine, store: ObjectStore, now: datetime) -> Sequence[str]:
    """Erase what is due and destroy the objects that nothing else relies on; returns the cases that are gone now.

    The record goes first: were we to die in between, the next round destroys what is left.
    """
    erasure = Erasure(engine)
    for ref in await erasure.due(now):
        await erasure.erase(ref, now)
    left = await erasure.left()
    for ref, objects in left.items():
        for sha256 in objects:
            async with destroying(engine, sha256) as unneeded:
                if unneeded:
                    await store.delete(sha256)
        await erasure.destroyed(ref, objects, now)
    return tuple(left)
