"""The object store in a directory: what it says is stored survives a power cut, and nothing is ever half visible."""

import asyncio
import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateways.objects.naming import damaged, missing, path_of

_CHUNK = 1 << 20
_READ_ONLY = 0o400
_ABANDONED_AFTER_SECONDS = 3600


class DirectoryStore:
    """Write-once files. An object gets its name only when its bytes are on the disk and were read back.

    File permissions alone keep evidence from deletion here; S3 with Object Lock is for production.
    """

    def __init__(self, root: Path) -> None:
        """Open the store, making its directory if need be. Raises OSError when it cannot be written."""
        self._root = root
        self._incoming = root / "incoming"
        _make_directory(root)
        for name in ("incoming", *(f"{byte:02x}" for byte in range(256))):
            (root / name).mkdir(mode=0o700, exist_ok=True)
        _sync_directory(root)  # Whoever made them, and whether or not they lived to sync them.
        self._sweep()

    async def put(self, data: bytes) -> str:
        return await asyncio.to_thread(self._store, (data,))

    async def put_file(self, path: Path) -> str:
        return await asyncio.to_thread(lambda: self._store(_chunks(path)))

    async def get(self, sha256: str) -> bytes:
        return await asyncio.to_thread(self._read, sha256)

    async def has(self, sha256: str) -> bool:
        return await asyncio.to_thread((self._root / path_of(sha256)).exists)

    async def delete(self, sha256: str) -> None:
        await asyncio.to_thread(self._destroy, sha256)

    def _store(self, chunks: Iterable[bytes]) -> str:
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            digest = hashlib.sha256()
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(descriptor)
                # Let go of the cached pages, so that reading back asks the disk and not memory.
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            sha256 = digest.hexdigest()
            if (found := _hash(temporary)) != sha256:
                raise OSError(f"The disk gave back other bytes than it was given: {found} in place of {sha256}.")
            temporary.chmod(_READ_ONLY)
            self._name(temporary, sha256)
        finally:
            temporary.unlink(missing_ok=True)
        return sha256

    def _name(self, temporary: Path, sha256: str) -> None:
        final = self._root / path_of(sha256)
        try:
            final.hardlink_to(temporary)  # A link, unlike a rename, never replaces what is there.
        except FileExistsError:
            if (found := _hash(final)) != sha256:
                raise damaged(sha256, found) from None
        _sync_directory(final.parent)

    def _read(self, sha256: str) -> bytes:
        try:
            data = (self._root / path_of(sha256)).read_bytes()
        except FileNotFoundError:
            raise missing(sha256) from None
        if (found := hashlib.sha256(data).hexdigest()) != sha256:
            raise damaged(sha256, found)
        return data

    def _destroy(self, sha256: str) -> None:
        final = self._root / path_of(sha256)
        final.unlink(missing_ok=True)
        _sync_directory(final.parent)

    def _sweep(self) -> None:
        # A process killed while it stored left a nameless file. Others may be storing now, so only old ones go.
        oldest = time.time() - _ABANDONED_AFTER_SECONDS
        for file in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):  # Its writer, or another sweep, was faster.
                if file.stat().st_mtime < oldest:
                    file.unlink()


def _make_directory(path: Path) -> None:
    if not path.is_dir():
        _make_directory(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
        _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
