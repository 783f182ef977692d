"""Fetching a production as an agency does: through the link in the letter, then checking every byte (PR1, PR3)."""

import asyncio
import hashlib
import http.client
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from policy.vocabulary import Clause, DataClass
from starter.tour.world import Deviation, World

_LINK = re.compile(r"https?://\S+/d/\S+")
_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Package:
    """A production as the agency has it. `files` are the paths in its payload."""

    link: str
    files: frozenset[str]

    @property
    def classes(self) -> set[str]:
        """The classes of data that it has records of."""
        return {path.partition("/")[0] for path in self.files} & set(DataClass)


async def fetch_package(world: World, ref: str, to: str) -> Package:
    """Follow the link, check the package against its letter and its own manifests, and keep it among the results."""
    letter = await world.letter(ref, "Records ready", to=to)
    link, sha256 = _LINK.search(letter.body), _SHA256.search(letter.body)
    if link is None or sha256 is None:
        raise Deviation(f"expected a link and a SHA-256 in the letter of {ref}")
    await world.say(ref, f"a link, and no record, goes to {to}", Clause.PR1)
    status, zipped = await asyncio.to_thread(_get, link.group())
    world.require(status == http.client.OK, f"the link of {ref} to work; it answered {status}")
    world.require(hashlib.sha256(zipped).hexdigest() == sha256.group(), f"the package of {ref} to match its letter")
    (world.folder / "packages" / f"{ref}.zip").write_bytes(zipped)
    files = await asyncio.to_thread(_unpack, zipped, world.folder / "packages", ref)
    await world.say(ref, f"downloaded; SHA-256 and the bag's manifests agree: {len(files)} files", Clause.PR3)
    for path in sorted(files):
        world.narrator.line(f"{'':34}{path}")
    return Package(link.group(), files)


async def link_is_dead(world: World, package: Package) -> None:
    """A link that has ended answers like one that never was."""
    status, _ = await asyncio.to_thread(_get, package.link)
    world.require(status == _NOT_FOUND, f"a link that has ended to answer {_NOT_FOUND}, not {status}")


def _get(link: str) -> tuple[int, bytes]:
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _unpack(zipped: bytes, folder: Path, ref: str) -> frozenset[str]:
    """Unpack, and compare every file with the bag's manifests (RFC 8493); returns the payload's paths.

    Raises:
        Deviation: a file is not listed, or does not have its hash.
    """
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        archive.extractall(folder)
    bag = folder / ref
    listed = _manifest(bag / "manifest-sha256.txt")
    for path, sha256 in (listed | _manifest(bag / "tagmanifest-sha256.txt")).items():
        if hashlib.sha256((bag / path).read_bytes()).hexdigest() != sha256:
            raise Deviation(f"expected {path} in the package of {ref} to have the hash that its manifest says")
    present = {str(path.relative_to(bag)) for path in (bag / "data").rglob("*") if path.is_file()}
    if present != set(listed):
        raise Deviation(
            f"expected the package of {ref} to have what its manifest lists; they differ in {present ^ set(listed)}"
        )
    return frozenset(path.removeprefix("data/") for path in listed)


def _manifest(file: Path) -> dict[str, str]:
    lines = (line.split(maxsplit=1) for line in file.read_text(encoding="utf-8").splitlines())
    return {path: sha256 for sha256, path in lines}
