"""What a production consists of before it is packed: which records in which files, held against what was approved."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from activities.ports import PackageRequest
from gateways.production.sheets import sheet
from policy.process import excess
from policy.records import Account, Record, RecordTable, class_of, is_asked_for, released


class ProductionRefusedError(ValueError):
    """The production would be more than was approved, or not what was recorded. Names the clause."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The files by path, and how many records of each approved table there are. None is an answer too (D5)."""

    files: Mapping[str, bytes]
    counts: Mapping[RecordTable, int]
    accounts: Mapping[int, Account]

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file, by path."""
        return {path: hashlib.sha256(data).hexdigest() for path, data in sorted(self.files.items())}


def contents_of(request: PackageRequest, media: Mapping[str, bytes]) -> Contents:
    """The record files of a production.

    Raises:
        ProductionRefusedError: a record is beyond the approved scope or its legal process (U2, U3, U4), is of an
            account that was not in the snapshot, or a recording's bytes are not those of the snapshot.
    """
    accounts = {account.n: account for account in request.snapshot.accounts}
    _check(request, accounts, media)
    tables: dict[RecordTable, list[Record]] = {table: [] for table in RecordTable if is_asked_for(table, request.scope)}
    for record in request.records:
        tables[record.table].append(record)
    recordings = {
        record.media: f"{class_of(record.table)}/recordings/{record.media}.mp4"
        for record in request.records
        if record.media
    }
    files = {
        f"{class_of(table)}/{table}.csv": sheet(rows, accounts, recordings) for table, rows in tables.items() if rows
    }
    files |= {path: media[sha256] for sha256, path in recordings.items()}
    concerned = {record.account for record in request.records}
    return Contents(
        files=files,
        counts={table: len(rows) for table, rows in tables.items()},
        accounts={n: account for n, account in accounts.items() if n in concerned},
    )


def _check(request: PackageRequest, accounts: Mapping[int, Account], media: Mapping[str, bytes]) -> None:
    # Who calls has filtered already. That nothing more than was approved goes out is worth deciding twice.
    if beyond := excess(request.scope):
        raise ProductionRefusedError(beyond)
    offered = request.snapshot.model_copy(update={"records": request.records})
    if released(offered, request.scope) != request.records:
        raise ProductionRefusedError(
            "U2: a record is of a class or a day that was not approved, so nothing is produced."
        )
    preserved = iter(request.snapshot.records)
    if not all(record in preserved for record in request.records):  # Each is looked for after the one before it.
        raise ProductionRefusedError("P1: a record is not in the snapshot that was approved, so nothing is produced.")
    if any(record.account not in accounts for record in request.records):
        raise ProductionRefusedError("P1: a record is of an account that is not in the snapshot.")
    for sha256 in {record.media for record in request.records if record.media}:
        if sha256 not in media or hashlib.sha256(media[sha256]).hexdigest() != sha256:
            raise ProductionRefusedError(f"P1: the bytes of recording {sha256} are not those of the snapshot.")
