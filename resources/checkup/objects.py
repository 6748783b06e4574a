"""The check of the object store: one object is written, read and deleted under the prefix that blobs will have."""

from __future__ import annotations

import uuid
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from resources.checkup.findings import Finding, failed, not_run, ok, told
from resources.checkup.surroundings import Surroundings

_SECONDS = 5
_PROBE = b"narrative doctor\n"
_KEYS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a pair that the store knows."
_REMEDIES = {
    "NoSuchBucket": "Make the bucket, or name another in NARRATIVE_OBJECTS_URL.",
    "InvalidAccessKeyId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "InvalidSecurity": _KEYS,
    "AccessDenied": "Allow this key to put, get and delete objects under the prefix.",
    "RequestTimeTooSkewed": "Set this machine's clock.",
    "PermanentRedirect": "Set AWS_DEFAULT_REGION to the bucket's region.",
    "AuthorizationHeaderMalformed": "Set AWS_DEFAULT_REGION to the bucket's region.",
}


def object_store(around: Surroundings) -> Finding:
    """Whether the object store answers, knows the key, has the bucket, and keeps what is written."""
    if not around.objects:
        return not_run("No object store is named; blobs lie in the artifact folder.")
    address = urlsplit(around.objects)
    if address.scheme != "s3" or not address.netloc:
        return failed("NARRATIVE_OBJECTS_URL names no bucket.", "Write s3://BUCKET or s3://BUCKET/PREFIX.")
    if find_spec("boto3") is None:
        return failed(
            "boto3, the client of object stores, is not installed.",
            "Install the extra: pip install 'narrative-assets[cluster]'.",
        )
    return _round_trip(around, address.netloc, address.path.strip("/"))


def _round_trip(around: Surroundings, bucket: str, prefix: str) -> Finding:
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

    where = f"s3://{bucket}/{prefix}".rstrip("/")
    at = f" at {around.objects_endpoint}" if around.objects_endpoint else ""
    try:
        same = _kept(_client(around), bucket, f"{prefix}/.doctor/{uuid.uuid4().hex}".lstrip("/"))
    except (NoCredentialsError, PartialCredentialsError):
        return failed(f"No key for {where}{at} is set.", _KEYS)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        remedy = _REMEDIES.get(code, "See what the store's log says of this request.")
        return failed(f"{where}{at} refused: {told(error)}", remedy)
    except (BotoCoreError, ValueError) as error:
        return failed(
            f"{where}{at} cannot be reached: {told(error)}",
            "Check NARRATIVE_OBJECTS_ENDPOINT (leave it out for AWS itself), and that the store is up.",
        )
    if not same:
        return failed(f"{where}{at} gave back other bytes than were written.", "Have the store checked.")
    return ok(f"{where}{at} takes objects: written, read, deleted.")


def _client(around: Surroundings) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=_SECONDS,
        read_timeout=_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 2},
        # As the store itself asks (resources.objects): a store that is fit for that is fit for this.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client("s3", endpoint_url=around.objects_endpoint or None, config=config)


def _kept(client: Any, bucket: str, key: str) -> bool:
    """Whether an object reads as it was written. It is deleted again."""
    client.put_object(Bucket=bucket, Key=key, Body=_PROBE)
    try:
        return bool(client.get_object(Bucket=bucket, Key=key)["Body"].read() == _PROBE)
    finally:
        client.delete_object(Bucket=bucket, Key=key)
