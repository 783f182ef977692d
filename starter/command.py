"""What every verb shares: settings, one event loop, a clean exit, and errors as sentences with an exit code."""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Coroutine
from enum import IntEnum
from typing import NoReturn

import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError, ProgrammingError
from temporalio.client import RPCTimeoutOrCancelledError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

from activities.ports import CaseNotFound, Conflict, MessageNotFound, ObjectDamaged, ObjectMissing
from intake.authentication.resolvers import ZoneFileError
from policy.book import BookUnknown
from policy.folder import FolderError
from runtime.clock import ClockError
from runtime.codec import KeyRingError
from runtime.connection import TemporalUnreachable
from runtime.settings import Settings
from starter.configuration import Misconfigured, configuration

#: People read standard output; a log keeps it too, so no colour where it is not a terminal.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """Exit codes, the same for every verb."""

    DONE = 0
    REFUSED = 1
    """The request was understood and a rule forbids it, or a check found something wrong."""
    MISUSED = 2
    """The command, a setting or a file is not what it must be."""
    UNREACHABLE = 3
    """A server does not answer; nothing was lost, and trying again later is safe."""


class Trouble(Exception):
    """Ends a verb with a sentence for a person and an exit code."""

    def __init__(self, sentence: str, code: Exit = Exit.REFUSED) -> None:
        super().__init__(sentence)
        self.code = code


def settings() -> Settings:
    """The settings, and their provider's clocks and countries in force; or an end that names each wrong one."""
    try:
        return configuration()[0]
    except Misconfigured as error:
        err.print(str(error), markup=False)
        raise typer.Exit(Exit.MISUSED) from None


def run(verb: Callable[[Settings], Coroutine[object, object, Exit | None]]) -> NoReturn:
    """Run a verb to its end and leave with its exit code.

    The Temporal client is dropped and the loop given a moment before the interpreter ends: a short process that leaves
    at once can otherwise crash in the SDK's native threads (temporalio/sdk-python issue 300).
    """
    config = settings()

    async def whole() -> Exit:
        code = await answered(lambda: verb(config))
        gc.collect()
        await asyncio.sleep(0.05)
        return code

    try:
        code = asyncio.run(whole())
    except KeyboardInterrupt:
        code = Exit.REFUSED
    sys.stdout.flush()
    raise typer.Exit(code)


async def answered(verb: Callable[[], Awaitable[Exit | None]]) -> Exit:
    """Await a verb; whatever goes wrong in a foreseeable way is said in a sentence and becomes an exit code."""
    try:
        return await verb() or Exit.DONE
    except Trouble as trouble:
        err.print(str(trouble), markup=False)
        return trouble.code
    except (CaseNotFound, MessageNotFound, ObjectMissing, ObjectDamaged, Conflict) as missing:
        err.print(str(missing), markup=False)
        return Exit.REFUSED
    except FolderError as unusable:
        err.print(f"The provider folder cannot be used. {unusable}", markup=False)
        return Exit.MISUSED
    except ZoneFileError as unusable:
        err.print(f"DUEPROCESS_DNS: {unusable}", markup=False)
        return Exit.MISUSED
    except (KeyRingError, ClockError, BookUnknown) as misused:
        err.print(str(misused), markup=False)
        return Exit.MISUSED
    except TemporalUnreachable as gone:
        err.print(str(gone), markup=False)
        return Exit.UNREACHABLE
    except (RPCTimeoutOrCancelledError, WorkflowUpdateRPCTimeoutOrCancelledError):
        err.print("No worker answers. What was sent is kept; see that one runs (make up, or worker.py).")
        return Exit.UNREACHABLE
    except RPCError as error:
        err.print(f"Temporal refused: {error.message}", markup=False)
        return Exit.UNREACHABLE
    except OperationalError:
        err.print("The ledger's Postgres does not answer; is the stack up (make up)? Nothing was changed.")
        return Exit.UNREACHABLE
    except ProgrammingError:
        err.print("The ledger's schema is not what this version needs; run `dueprocess migrate`. Nothing was changed.")
        return Exit.MISUSED
    except OSError as error:
        err.print(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", markup=False)
        return Exit.MISUSED
