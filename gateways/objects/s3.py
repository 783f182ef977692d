"""The object store in an S3 bucket with versions and Object Lock, where not even an administrator can overwrite."""

import asyncio
import base64
import hashlib
import io
from pathlib import Path
from typing import IO, Any

import boto3  # type: ignore[import-untyped]  # It ships no types.
from botocore.config import Config  # type: ignore[import-untyped]  # It ships no types.
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # It ships no types.

from gateways.objects.naming import damaged, missing, path_of

_ALREADY_THERE = "PreconditionFailed"
_NOT_FOUND = "NoSuchKey"
#: The answer to a HEAD has no body that could name an error: its status stands for the code.
_NO_SUCH_HEAD = "404"


class S3Store:
    """Create-only objects under `prefix` of a bucket. How long each is retained is the bucket's default retention.

    Retention is to be in governance mode: `delete` destroys every version, for which the role needs
    `s3:BypassGovernanceRetention`. A mere delete marker would leave the bytes, and make a certificate of destruction
    (P3) or the deletion of refused mail (S1) untrue.
    """

    def __init__(self, bucket: str, prefix: str, endpoint: str | None, region: str) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        # boto3 is documented to be safe in threads for clients, not for sessions.
        self._client: Any = boto3.client(
            "s3", endpoint_url=endpoint, region_name=region, config=Config(retries={"mode": "standard"})
        )

    async def put(self, data: bytes) -> str:
        return await asyncio.to_thread(self._store, io.BytesIO(data))

    async def put_file(self, path: Path) -> str:
        return await asyncio.to_thread(self._store_file, path)

    async def get(self, sha256: str) -> bytes:
        return await asyncio.to_thread(self._read, sha256)

    async def has(self, sha256: str) -> bool:
        return await asyncio.to_thread(self._exists, sha256)

    async def delete(self, sha256: str) -> None:
        await asyncio.to_thread(self._destroy, sha256)

    def _store_file(self, path: Path) -> str:
        with path.open("rb") as file:
            return self._store(file)

    def _store(self, body: IO[bytes]) -> str:
        digest = hashlib.file_digest(body, "sha256")  # type: ignore[arg-type]  # Typeshed wants more than read() here.
        sha256 = digest.hexdigest()
        body.seek(0)
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key(sha256),
                Body=body,
                IfNoneMatch="*",
                # S3 itself refuses bytes that do not have it.
                ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
            )
        except ClientError as error:
            if _code(error) != _ALREADY_THERE:
                raise _unreachable(error) from error
        except BotoCoreError as error:
            raise _unreachable(error) from error
        if (found := self._hash(sha256)) != sha256:
            raise damaged(sha256, found)
        return sha256

    def _hash(self, sha256: str) -> str:
        digest = hashlib.sha256()
        for chunk in self._open(sha256).iter_chunks(1 << 20):
            digest.update(chunk)
        return digest.hexdigest()

    def _read(self, sha256: str) -> bytes:
        data: bytes = self._open(sha256).read()
        if (found := hashlib.sha256(data).hexdigest()) != sha256:
            raise damaged(sha256, found)
        return data

    def _open(self, sha256: str) -> Any:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=self._key(sha256))["Body"]
        except ClientError as error:
            if _code(error) == _NOT_FOUND:
                raise missing(sha256) from None
            raise _unreachable(error) from error
        except BotoCoreError as error:
            raise _unreachable(error) from error

    def _exists(self, sha256: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=self._key(sha256))
        except ClientError as error:
            if _code(error) in (_NOT_FOUND, _NO_SUCH_HEAD):
                return False
            raise _unreachable(error) from error
        except BotoCoreError as error:
            raise _unreachable(error) from error
        return True

    def _destroy(self, sha256: str) -> None:
        key = self._key(sha256)
        try:
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key)
            for page in pages:
                for version in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                    self._client.delete_object(
                        Bucket=self._bucket, Key=key, VersionId=version["VersionId"], BypassGovernanceRetention=True
                    )
        except (ClientError, BotoCoreError) as error:
            raise _unreachable(error) from error

    def _key(self, sha256: str) -> str:
        return self._prefix + path_of(sha256)


def _code(error: ClientError) -> str:
    code: str = error.response["Error"]["Code"]
    return code


def _unreachable(error: Exception) -> OSError:
    return OSError(f"The object store did not do what was asked: {error}")
