"""Blobs in an object store that speaks S3: what one worker made, every other one finds there.

The name of an object is the SHA-256 of its bytes, as in ``resources.blobs``; who fetches checks that it is so.
"""

from __future__ import annotations

import base64
import mimetypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

from schemas.errors import InputError, StorageError

_SECONDS = 10
_ATTEMPTS = 4
_ABSENT = {"404", "NoSuchKey", "NotFound"}


class BlobOrigin(Protocol):
    """Where blobs are kept for all workers; the folder of each is its working copy."""

    def send(self, sha256: str, path: Path, *, anew: bool = False) -> None:
        """Keep the file at ``path`` under its hash; nothing is done where it is kept already, unless ``anew``."""

    def fetch(self, sha256: str, path: Path) -> bool:
        """Write the bytes kept under the hash to ``path``, unchecked; False where there are none."""

    def show(self, name: str, path: Path, sha256: str) -> None:
        """Keep a readable file under ``name``, in place of what was there; nothing is done where it is the same."""

    def size(self, sha256: str) -> int | None:
        """Bytes kept under the hash; None where there are none."""

    def remove(self, sha256: str) -> None:
        """Forget what is kept under the hash."""


class S3Blobs:
    """Objects ``{prefix}/{ab}/{abcdef…}`` and ``{prefix}/episodes/{name}`` of one bucket.

    Access keys and region come from where boto3 looks for them.
    """

    def __init__(self, bucket: str, prefix: str, endpoint: str = "") -> None:
        self._bucket = bucket
        self._prefix = prefix.strip("/")
        self._endpoint = endpoint or None
        self._client: Any = None
        self._opening = Lock()

    def send(self, sha256: str, path: Path, *, anew: bool = False) -> None:
        """Upload the file once, with its checksum. Raises StorageError."""
        with self._told("written"):
            if not anew and self._size(sha256) == path.stat().st_size:
                return
            self._put(self._key(sha256), path, sha256)

    def fetch(self, sha256: str, path: Path) -> bool:
        """Download into ``path``; False where the bucket has none. Raises StorageError."""
        with self._told("read"):
            if self._size(sha256) is None:
                return False
            self._s3.download_file(self._bucket, self._key(sha256), str(path))
            return True

    def show(self, name: str, path: Path, sha256: str) -> None:
        """Upload a readable file for people, its hash beside it. Raises StorageError."""
        with self._told("written"):
            key = f"{self._prefix}/episodes/{name}".lstrip("/")
            head = self._head(key)
            if head is None or head["Metadata"].get("sha256") != sha256:
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                self._put(key, path, sha256, ContentType=kind, Metadata={"sha256": sha256})

    def size(self, sha256: str) -> int | None:
        """Bytes of the object; None where there is none. Raises StorageError."""
        with self._told("read"):
            return self._size(sha256)

    def remove(self, sha256: str) -> None:
        """Delete the object. Raises StorageError."""
        with self._told("removed"):
            self._s3.delete_object(Bucket=self._bucket, Key=self._key(sha256))

    def _put(self, key: str, path: Path, sha256: str, **more: Any) -> None:
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        with path.open("rb") as file:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=file, ChecksumSHA256=checksum, **more)

    def _size(self, sha256: str) -> int | None:
        head = self._head(self._key(sha256))
        return None if head is None else int(head["ContentLength"])

    def _head(self, key: str) -> dict[str, Any] | None:
        from botocore.exceptions import ClientError

        try:
            found: dict[str, Any] = self._s3.head_object(Bucket=self._bucket, Key=key)
            return found
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _ABSENT:
                return None
            raise

    @property
    def _s3(self) -> Any:
        with self._opening:
            if self._client is None:
                self._client = self._open()
        return self._client

    def _open(self) -> Any:
        import boto3
        from botocore.config import Config

        settings = Config(
            connect_timeout=_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            # Only what is asked for: stores beside Amazon's know no checksum in a trailer.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        # Clients are safe among threads; sessions, boto3's own for everybody among them, are not.
        return boto3.session.Session().client("s3", endpoint_url=self._endpoint, config=settings)

    def _key(self, sha256: str) -> str:
        return "/".join(part for part in (self._prefix, sha256[:2], sha256) if part)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError, Boto3Error) as error:
            raise StorageError(
                f"The bucket {self._bucket!r} could not be {what}: {error}.",
                remedy="Check its address, its keys and that it is up (`narrative doctor`); finished work is kept.",
            ) from error


def blob_origin(url: str, endpoint: str, tenant: str) -> BlobOrigin | None:
    """The store that ``s3://bucket/prefix`` names, for one tenant; None where no address is given.

    Raises InputError for another kind of address, or where boto3 is not installed.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise InputError(
            f"The object store's address {url!r} is none of the form s3://bucket/prefix.",
            remedy="Correct NARRATIVE_OBJECTS_URL, or leave it out to keep everything in the artifact folder.",
        )
    _require_boto3()
    return S3Blobs(parts.netloc, f"{parts.path.strip('/')}/{tenant}", endpoint)


def _require_boto3() -> None:
    try:
        import boto3  # noqa: F401
    except ImportError as error:
        raise InputError(
            "An object store is configured, but boto3 is not installed.",
            remedy="Install the extra `cluster`: pip install 'narrative-assets[cluster]'.",
        ) from error


def configured_origin(tenant: str) -> BlobOrigin | None:
    """The store that the environment names, if any."""
    return blob_origin(
        os.environ.get("NARRATIVE_OBJECTS_URL", ""), os.environ.get("NARRATIVE_OBJECTS_ENDPOINT", ""), tenant
    )
