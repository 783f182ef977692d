"""A production package as its recipient opens it: a zip, read without the product's own code."""

import csv
import io
import zipfile
from dataclasses import dataclass

from policy.vocabulary import DataClass
from tests.world import World


@dataclass(frozen=True, slots=True)
class Package:
    """The classes of data in a package, its rows of records, and its sheets' text."""

    classes: frozenset[DataClass]
    records: int
    text: str = ""


async def package_of(world: World, ref: str) -> Package:
    """The package that was produced for a case."""
    produced = (await world.case(ref)).production
    assert produced is not None
    with zipfile.ZipFile(io.BytesIO(await world.services.store.get(produced.package))) as archive:
        sheets = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.endswith(".csv")}
        folders = {part for name in archive.namelist() for part in name.split("/")[:-1]}
    return Package(
        classes=frozenset(known for known in DataClass if known.value in folders),
        records=sum(len(list(csv.reader(io.StringIO(text)))) - 1 for text in sheets.values()),
        text="\n".join(sheets.values()),
    )
