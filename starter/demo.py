"""`dueprocess demo`: the tour. Requests through their whole lives on a stack of their own, in about a minute."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from runtime.clock import BusinessClock
from runtime.connection import connect
from runtime.embedded.lock import is_held
from runtime.embedded.ports import PortTakenError, free_port, require_free
from runtime.services import open_services
from runtime.settings import Settings
from starter.command import Exit, Trouble, err, out, run
from starter.listing import web_ui
from starter.tour.narration import Narrator
from starter.tour.people import gather_people
from starter.tour.results import conclude
from starter.tour.stories import STORIES
from starter.tour.telling import tell
from starter.tour.world import Deviation, World
from starter.up import stack_run
from starter.up import tell as tell_addresses

#: A folder with this file is a tour's, and may be removed for the next one.
_MARK = "tour.txt"
_FOLDERS = ("sent", "packages", "certificates", "cases")
_PORTS = ("postgres_port", "temporal_port", "web_ui_port", "smtp_intake_port", "smtp_relay_port", "pages_port")

Watcher = Callable[[Settings, str], Awaitable[None]]


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def demo(
        folder: Path = typer.Option(Path("var/demo"), "--into", help="Where the tour's state and results go."),
        keep: bool = typer.Option(False, "--keep", help="Leave the stack running afterwards, until Ctrl-C."),
    ) -> None:
        """Take requests through their whole lives, months passing in seconds. Exit 0 only if all came out as told."""
        run(lambda settings: take_tour(settings, folder.absolute(), keep=keep))


async def take_tour(settings: Settings, folder: Path, *, keep: bool = False, watcher: Watcher | None = None) -> Exit:
    """Take the tour. `watcher` is awaited after each step, with the settings of what runs and what the step said.

    Raises:
        Trouble: the folder is not a tour's, or the stack does not start.
    """
    clear(folder)
    done = False

    async def body(running: Settings) -> None:
        nonlocal done
        await _tour(running, folder, watcher)
        done = True
        if keep:
            _say_that_it_runs(running)
            await asyncio.Event().wait()

    with _log_to(folder / "stack" / "logs" / "stack.log"):
        try:
            await stack_run(_stack_settings(settings, folder, keep=keep), body)
        except Deviation as deviation:
            err.print(f"The tour did not come out as told: {deviation}.", markup=False)
            err.print(f"The servers' logs are in {folder / 'stack' / 'logs'}.", markup=False)
    return Exit.DONE if done else Exit.REFUSED


def clear(folder: Path) -> None:
    """Make the folder fresh. Only what an earlier tour left is removed.

    Raises:
        Trouble: the folder holds something else, or a tour is running in it.
    """
    if is_held(folder / "stack"):
        raise Trouble(
            f"A tour is running in {folder}; stop it first, or choose another folder with --into", Exit.MISUSED
        )
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise Trouble(
                f"{folder} is not a tour's folder, and is left alone; choose another with --into", Exit.MISUSED
            )
        shutil.rmtree(folder)
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True)
    (folder / _MARK).touch()


async def _tour(settings: Settings, folder: Path, watcher: Watcher | None) -> None:
    async def after_step(step: str) -> None:
        if watcher is not None:
            await watcher(settings, step)

    narrator = Narrator(folder / _MARK, after_step)
    clock = BusinessClock(settings.clock_file)
    async with open_services(settings) as services:
        world = World(settings, services, await connect(settings), clock, narrator, folder, began_at=clock.now())
        await world.ready()
        narrator.heading("The stack runs: Temporal, Postgres, mail in and out, the worker, the pages")
        narrator.line(f"Temporal Web UI   {web_ui(settings)}")
        narrator.line(f"Outgoing mail     {settings.public_url}/mail")
        narrator.line("Everyone and everything in it is made up.")
        narrator.heading("The people")
        await gather_people(world)
        await tell(world, STORIES)
        await conclude(world)
    _say_where(narrator, folder)


def _say_where(narrator: Narrator, folder: Path) -> None:
    narrator.heading("Where to look")
    for name, what in (
        (_MARK, "all of the above"),
        ("sent", "the mails as the agencies sent them"),
        ("stack/mail", "the letters as they went out"),
        ("packages", "the productions, zipped and unpacked"),
        ("certificates", "the certificates of destruction"),
        ("cases", "each case as `dueprocess show` prints it, and as JSON"),
        ("verification.json", "what was verified, with the ledger's head"),
    ):
        narrator.line(f"{folder / name}: {what}")


def _say_that_it_runs(settings: Settings) -> None:
    out.print(
        f"\nThe stack runs until Ctrl-C. `DUEPROCESS_STATE_DIR={settings.state_dir} dueprocess list --all` sees it.",
        markup=False,
    )
    tell_addresses(settings)


def _stack_settings(settings: Settings, folder: Path, *, keep: bool) -> Settings:
    """A stack of the tour's own, with a clock that can be moved."""
    state_dir = folder / "stack"
    return Settings.model_validate(
        {
            "state_dir": state_dir,
            "clock_file": state_dir / "clock",
            "object_store_url": (state_dir / "objects").as_uri(),
            **{name: _port(getattr(settings, name), usual=keep) for name in _PORTS},
        }
    )


def _port(usual_port: int, *, usual: bool) -> int:
    """The usual port, where that is wanted and nobody has it; otherwise any free one."""
    if usual:
        try:
            require_free({"": usual_port})
        except PortTakenError:
            return free_port()
        return usual_port
    return free_port()


@contextmanager
def _log_to(file: Path) -> Iterator[None]:
    """This process's log goes to a file: what is printed is the tour."""
    file.parent.mkdir(parents=True)
    handler = logging.FileHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
