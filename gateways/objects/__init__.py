"""The object store: bytes by their SHA-256, in a directory or in an S3 bucket."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from activities.ports import ObjectStore
from gateways.objects.directory import DirectoryStore

__all__ = ["make_object_store"]


def make_object_store(url: str, endpoint: str | None = None, region: str = "us-east-1") -> ObjectStore:
    """The store at `file:///directory` (made if need be) or `s3://bucket[/prefix]` (`endpoint`: an S3 not Amazon's).

    S3 credentials come from where every AWS client looks for them: environment, profile, or the machine's role.

    Raises:
        ValueError: the address is neither of these.
        OSError: the directory cannot be made or written.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "file" if not parts.netloc and parts.path.startswith("/"):
            return DirectoryStore(Path(unquote(parts.path)))
        case "s3" if parts.netloc:
            from gateways.objects.s3 import S3Store  # Here, as boto3 is slow to import and often not needed.

            return S3Store(parts.netloc, parts.path.strip("/"), endpoint, region)
        case _:
            raise ValueError(f"An object store is file:///directory or s3://bucket[/prefix], not {url!r}.")
