"""Records as .csv: exactly what the record says, except for one rule that keeps spreadsheets from running it."""

import csv
import io
from collections.abc import Mapping, Sequence

from gateways.production.wording import instant
from policy.records import Account, Record

FORMULA_RULE = (
    "A spreadsheet runs a cell as a formula if it begins with = + - @ (also in their full-width forms), a tab or a "
    "line break. Every cell that begins with one of these, or with an apostrophe, therefore has one apostrophe (') put "
    "in front of it. To recover the original, remove one leading apostrophe from every cell that begins with one; "
    "nothing else was changed."
)
_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")
_COMMON = ("account_number", "account_email", "at_utc")
_RECORDING = ("file", "sha256")


def guarded(cell: str) -> str:
    """The cell as FORMULA_RULE has it."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def original(cell: str) -> str:
    """The inverse of `guarded`."""
    return cell.removeprefix("'")


def sheet(records: Sequence[Record], accounts: Mapping[int, Account], files: Mapping[str, str]) -> bytes:
    """The records of one table, one row each, in UTF-8 with a byte order mark, all cells quoted.

    `accounts` by their number in the case; `files` names the recordings' files by SHA-256.
    """
    columns = list(dict.fromkeys(name for record in records for name in record.values))
    recording = _RECORDING if any(record.media for record in records) else ()
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(guarded(name) for name in (*_COMMON, *columns, *recording))
    for record in records:
        account = accounts[record.account]
        common = (account.number, account.email, instant(record.at) if record.at else "")
        media = (files[record.media] if record.media else "", record.media or "") if recording else ()
        values = (record.values.get(name, "") for name in columns)
        writer.writerow(guarded(cell) for cell in (*common, *values, *media))
    return text.getvalue().encode("utf-8-sig")
