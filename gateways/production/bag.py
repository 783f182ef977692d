"""BagIt 1.0 (RFC 8493): a package that anyone can verify with public tools.

Written here rather than by the `bagit` library, which changes the working directory of the whole process while it
works and so cannot run beside anything else. The tests verify every package with that library.
"""

import hashlib
from collections.abc import Iterable, Mapping

_ALGORITHMS = ("sha256", "sha512")
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def bag(payload: Mapping[str, bytes], info: Mapping[str, str]) -> dict[str, bytes]:
    """All files of the bag by path: the payload under `data/`, and what BagIt says of it, sorted by path."""
    data = {f"data/{path}": content for path, content in payload.items()}
    oxum = f"{sum(map(len, data.values()))}.{len(data)}"
    tags = {"bagit.txt": _DECLARATION, "bag-info.txt": _info({**info, "Payload-Oxum": oxum})}
    tags |= {f"manifest-{algorithm}.txt": _manifest(algorithm, data.items()) for algorithm in _ALGORITHMS}
    tags |= {f"tagmanifest-{algorithm}.txt": _manifest(algorithm, tags.items()) for algorithm in _ALGORITHMS}
    return dict(sorted((tags | data).items()))


def _info(info: Mapping[str, str]) -> bytes:
    # A line break in a value would begin a tag of its own.
    lines = (f"{tag}: {' '.join(value.split())}\n" for tag, value in info.items())
    return "".join(lines).encode()


def _manifest(algorithm: str, files: Iterable[tuple[str, bytes]]) -> bytes:
    lines = (f"{hashlib.new(algorithm, content).hexdigest()}  {path}\n" for path, content in sorted(files))
    return "".join(lines).encode()
