"""Files that verbs write for a person."""

import os
from pathlib import Path

from starter.command import Exit, Trouble


def write_new(path: Path, octets: bytes) -> None:
    """Write a file that only its owner can read, since it may hold anything of anybody.

    Raises:
        Trouble: there is such a file already.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Trouble(f"{path} exists already and is not overwritten", Exit.MISUSED) from None
    with os.fdopen(handle, "wb") as file:
        file.write(octets)
