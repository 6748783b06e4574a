"""Content credentials (C2PA) of a published video: signed into a copy, and verified. Nothing is asked of a network.

Two signings differ in bytes, so the unsigned file stays the artifact and its hash stands in what is signed.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from resources.blobs import file_sha256
from resources.durable import disk_errors, sync_folder
from resources.signing import Signer, algorithm_of
from schemas.errors import InputError, IntegrityError, MediaError
from schemas.render import RenderOutput, RenderPlan

LINEAGE = "app.narrative_assets.lineage"
RIGHTS = "app.narrative_assets.rights"
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_SOFTWARE = "narrative-assets"
_OFFLINE = {"remote_manifest_fetch": False, "ocsp_fetch": False}


@dataclass(frozen=True)
class Credentials:
    """What a file's credentials say, after they were checked against its bytes."""

    state: Literal["valid", "trusted"]
    signed_by: str
    title: str
    software: str
    source_type: str
    unsigned_sha256: str
    lineage: Mapping[str, Any]
    rights: Mapping[str, Any]


def sign_video(source: Path, target: Path, output: RenderOutput, plan: RenderPlan, title: str, signer: Signer) -> None:
    """Write a signed copy of the rendered video at ``source`` to ``target`` and verify it there.

    Raises IntegrityError where ``source`` is not the video of ``output`` or the copy does not verify, InputError for
    a certificate or key that cannot sign.
    """
    import c2pa

    if file_sha256(source) != output.video.sha256:
        raise IntegrityError(
            f"{source.name} is not the video that was rendered ({output.video.sha256[:12]}…).",
            remedy="Render the episode again.",
        )
    writing = target.with_name(f".writing-{target.name}")
    try:
        with _refusals(), disk_errors(target.name):
            algorithm = algorithm_of(signer).encode()
            info = c2pa.C2paSignerInfo(algorithm, signer.certificates, signer.key, None)
            builder = c2pa.Builder(manifest_of(output, plan, title), _context(""))
            with source.open("rb") as read, writing.open("w+b") as written:
                builder.sign(c2pa.Signer.from_info(info), "video/mp4", read, written)
                written.flush()
                os.fsync(written.fileno())
            found = verify_video(writing)
            if found.unsigned_sha256 != output.video.sha256:
                raise IntegrityError("The signed copy names another video.", remedy="Sign it again.")
            writing.replace(target)
            sync_folder(target.parent)
    finally:
        writing.unlink(missing_ok=True)


def verify_video(path: Path, anchors: bytes = b"") -> Credentials:
    """What the credentials in the mp4 at ``path`` say, checked against its bytes.

    ``anchors`` (PEM) are the roots to trust: signed under one of them, the state is ``trusted``. Raises InputError
    for a file without credentials and IntegrityError where file or credentials were changed.
    """
    import c2pa

    if not path.is_file():
        raise InputError(f"There is no file {path}.", remedy="Check the path.")
    try:
        with path.open("rb") as file, c2pa.Reader("video/mp4", file, context=_context(anchors.decode())) as reader:
            report = json.loads(reader.json())
    except c2pa.C2paError.ManifestNotFound as error:
        raise InputError(
            f"{path.name} carries no content credentials.",
            remedy="Sign it when it is handed over: `narrative handoff PROJECT EPISODE --to FOLDER --credentials`.",
        ) from error
    except (c2pa.C2paError, UnicodeDecodeError) as error:
        raise _changed(path, str(error)) from error
    state = str(report.get("validation_state", "Invalid")).lower()
    if state not in ("valid", "trusted"):
        codes = sorted({str(each.get("code")) for each in report.get("validation_status", [])})
        raise _changed(path, ", ".join(codes))
    return _read(report, "trusted" if state == "trusted" else "valid")


def manifest_of(output: RenderOutput, plan: RenderPlan, title: str) -> dict[str, Any]:
    """What is claimed of a video: made by this software, from what kind of sources, under which licences."""
    created = {
        "action": "c2pa.created",
        "digitalSourceType": _SOURCE_TYPE + source_type(plan),
        "softwareAgent": _agent(),
    }
    cut = {"action": "c2pa.edited", "description": f"{len(output.shots)} shots cut, mixed and captioned"}
    return {
        "claim_generator_info": [_agent()],
        "title": title,
        "format": "video/mp4",
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created, cut]}},
            {"label": LINEAGE, "data": _lineage(output)},
            {"label": RIGHTS, "data": {"assets": _rights(plan), "attributions": list(plan.attributions)}},
        ],
    }


def source_type(plan: RenderPlan) -> str:
    """The IPTC digital source type: drawn by rule, composed with collected media, or with a trained model's."""
    resolved = [asset for asset in plan.assets if asset.status == "resolved"]
    collected = {asset.source for asset in resolved if asset.rights.license_type != "generated_local"}
    if any(asset.source == "generated_external" for asset in resolved):
        return "compositeWithTrainedAlgorithmicMedia"
    return "algorithmicMedia" if collected <= {"generated_local"} else "compositeSynthetic"


def _lineage(output: RenderOutput) -> dict[str, Any]:
    names = ("shot_list_hash", "asset_manifest_hash", "render_plan_hash", "timing_lock_hash", "video_stream_hash")
    return {
        "project": output.project_id,
        "episode": output.episode_id,
        "profile": output.profile_id,
        "unsigned_sha256": output.video.sha256,
        **{name: getattr(output, name) for name in names},
        "placeholders": len(output.placeholder_need_ids),
    }


def _rights(plan: RenderPlan) -> list[dict[str, Any]]:
    """Licences of all assets, those alike counted together, in order of licence and origin."""
    told = (
        (
            asset.rights.license_type, asset.rights.provider_or_model, asset.rights.attribution,
            asset.rights.purchase_record, asset.source if asset.status == "resolved" else "placeholder",
        )
        for asset in plan.assets
    )  # fmt: skip
    names = ("licence", "provider_or_model", "attribution", "purchase_record", "source")
    return [{**dict(zip(names, each, strict=True)), "assets": count} for each, count in sorted(Counter(told).items())]


def _read(report: dict[str, Any], state: Literal["valid", "trusted"]) -> Credentials:
    active = report["manifests"][report["active_manifest"]]
    data = {each["label"]: each["data"] for each in active.get("assertions", [])}
    actions = data.get("c2pa.actions.v2", {}).get("actions", [])
    created: dict[str, Any] = next((each for each in actions if each.get("action") == "c2pa.created"), {})
    signature = active.get("signature_info", {})
    generator = (active.get("claim_generator_info") or [{}])[0]
    lineage = data.get(LINEAGE, {})
    return Credentials(
        state=state,
        signed_by=str(signature.get("common_name") or signature.get("issuer") or ""),
        title=str(active.get("title", "")),
        software=f"{generator.get('name', '')} {generator.get('version', '')}".strip(),
        source_type=str(created.get("digitalSourceType", "")).removeprefix(_SOURCE_TYPE),
        unsigned_sha256=str(lineage.get("unsigned_sha256", "")),
        lineage=lineage,
        rights=data.get(RIGHTS, {}),
    )


def _agent() -> dict[str, str]:
    return {"name": _SOFTWARE, "version": version(_SOFTWARE)}


def _context(anchors: str) -> Any:
    import c2pa

    settings: dict[str, Any] = {
        "verify": {**_OFFLINE, "verify_trust": bool(anchors)},
        "builder": {"thumbnail": {"enabled": False}},
    }
    if anchors:
        settings["trust"] = {"trust_anchors": anchors}
    return c2pa.Context.from_dict(settings)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the library refuses into an error that names certificate and key as the likely cause."""
    import c2pa

    try:
        yield
    except c2pa.C2paError as error:
        raise MediaError(
            f"The video was not signed: {error}.",
            remedy="Check that certificate chain (leaf first) and private key belong together and allow signing.",
        ) from error


def _changed(path: Path, why: str) -> IntegrityError:
    return IntegrityError(
        f"{path.name} or its content credentials were changed after signing: {why}.",
        remedy="Take the file from its source again.",
    )
