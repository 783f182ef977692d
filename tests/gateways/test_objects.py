import asyncio
import hashlib
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from activities.ports import ObjectDamaged, ObjectMissing, ObjectStore
from gateways.objects import make_object_store

EMPTY = hashlib.sha256(b"").hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "a store"


@pytest.fixture
def store(root: Path) -> ObjectStore:
    return make_object_store(root.as_uri())


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("data", [b"", b"x", os.urandom(3_000_000)], ids=["empty", "one byte", "3 MB"])
async def test_what_is_put_is_got_back_by_its_hash(store: ObjectStore, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    assert await store.put(data) == await store.put_file(file) == hashlib.sha256(data).hexdigest()
    assert await store.get(hashlib.sha256(data).hexdigest()) == data


async def test_objects_are_read_only_and_nothing_else_remains(store: ObjectStore, root: Path) -> None:
    sha256 = await store.put(b"evidence")
    assert _files(root) == [root / sha256[:2] / sha256[2:]]
    assert stat.S_IMODE(_files(root)[0].stat().st_mode) == 0o400
    assert stat.S_IMODE(_files(root)[0].parent.stat().st_mode) == 0o700


async def test_twenty_writers_of_the_same_bytes_make_one_object_that_is_never_replaced(
    store: ObjectStore, root: Path
) -> None:
    first = await store.put(b"the same mail")
    inode = _files(root)[0].stat().st_ino
    assert set(await asyncio.gather(*(store.put(b"the same mail") for _ in range(20)))) == {first}
    assert [file.stat().st_ino for file in _files(root)] == [inode]


@pytest.mark.parametrize("name", [EMPTY, "", "..", "../../etc/passwd", EMPTY.upper(), EMPTY + "\n"])
async def test_an_unknown_or_impossible_name_is_missing(store: ObjectStore, name: str) -> None:
    with pytest.raises(ObjectMissing):
        await store.get(name)


async def test_a_damaged_object_is_never_given_out_nor_taken_for_stored(store: ObjectStore, root: Path) -> None:
    sha256 = await store.put(b"evidence")
    file = _files(root)[0]
    file.chmod(0o600)
    file.write_bytes(b"evidenc3")
    with pytest.raises(ObjectDamaged, match=sha256):
        await store.get(sha256)
    with pytest.raises(ObjectDamaged, match=sha256):
        await store.put(b"evidence")


async def test_P3_deleting_destroys_the_bytes_and_may_be_repeated(store: ObjectStore, root: Path) -> None:
    sha256 = await store.put(b"a purged snapshot")
    assert await store.has(sha256)
    await store.delete(sha256)
    await store.delete(sha256)
    await store.delete(EMPTY)
    assert _files(root) == []
    with pytest.raises(ObjectMissing):
        await store.get(sha256)


async def test_a_full_disk_is_a_clean_error_that_leaves_nothing_and_recovers_unaided(
    store: ObjectStore, root: Path
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # A write beyond it fails, as one to a full disk does.
    try:
        with pytest.raises(OSError, match="File too large"):
            await store.put(os.urandom(300_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert _files(root) == []
    assert await store.get(await store.put(b"room again")) == b"room again"


async def test_bytes_that_the_disk_gives_back_changed_do_not_count_as_stored(
    store: ObjectStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_sync = os.fsync

    def lying_disk(descriptor: int) -> None:
        really_sync(descriptor)
        os.ftruncate(descriptor, 3)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lying_disk)
        with pytest.raises(OSError, match="gave back other bytes"):
            await store.put(b"evidence")
    assert _files(root) == []


def test_a_writer_killed_half_way_leaves_no_object_and_its_scraps_are_swept_later(root: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from gateways.objects.directory import DirectoryStore\n"
        "def chunks():\n"
        "    yield b'half of a mail' * 100_000\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "DirectoryStore(Path(sys.argv[1]))._store(chunks())\n"
    )
    command = [sys.executable, "-c", program, str(root)]
    killed = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)  # noqa: S603 - the program above
    assert killed.returncode == -9
    scraps = _files(root)
    assert [file.parent.name for file in scraps] == ["incoming"]
    make_object_store(root.as_uri())
    assert _files(root) == scraps, "another process may still be writing"
    os.utime(scraps[0], (0, 0))
    make_object_store(root.as_uri())
    assert _files(root) == []


async def test_a_put_is_on_the_disk_with_its_directory_before_it_has_its_name(
    store: ObjectStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_sync, synced = os.fsync, []

    def watch(descriptor: int) -> None:
        target = Path(os.readlink(f"/proc/self/fd/{descriptor}"))  # noqa: PTH115 - a kernel table, not a file
        synced.append((target.relative_to(root).parts[0], len([f for f in _files(root) if "incoming" not in f.parts])))
        really_sync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    sha256 = await store.put(b"evidence")
    assert synced[0] == ("incoming", 0), "the bytes are synced while the object has no name"
    assert synced[-1] == (sha256[:2], 1), "then the directory that holds the name"


@pytest.mark.parametrize("url", ["file://host/objects", "http://example.com", "s3://", "objects", ""])
def test_an_address_that_is_no_object_store_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="file:///directory or s3://bucket"):
        make_object_store(url)
