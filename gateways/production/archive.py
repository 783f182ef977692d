"""Zip files whose bytes follow from their content alone."""

import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

_REGULAR_FILE = 0o100644
_UNIX = 3
_COMPRESSED = (".docx", ".mp4")


def write_zip(target: Path | IO[bytes], entries: Iterable[tuple[str, bytes]], at: datetime) -> None:
    """Write the entries in their order, all dated `at` in UTC.

    What is compressed already is stored as it is.
    """
    moment = at.astimezone(UTC)
    date_time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name, date_time)
            entry.create_system = _UNIX
            entry.external_attr = _REGULAR_FILE << 16
            kind = zipfile.ZIP_STORED if name.endswith(_COMPRESSED) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, kind)
