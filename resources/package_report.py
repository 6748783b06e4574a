"""How a render package's response says what was made, from what, and what went wrong. Pure: nothing is read or kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from narrative_assets.video.gates import ADVISORY_GATES
from schemas.errors import IntegrityError, NarrativeError
from schemas.package import PackageError
from schemas.render import BlobRef, RenderOutput, RenderPlan


def public_url(url: str) -> str:
    """An address without what may be secret in it: user, password, query and fragment; 300 characters at most."""
    return re.sub(r"[?#].*$", "", re.sub(r"//[^/@]*@", "//", url))[:300]


def files_of(output: RenderOutput) -> dict[str, BlobRef]:
    """The files of an output by the name they have in a response, which starts with the desired output."""
    files = {"video": output.video}
    for caption in output.captions:
        files[f"captions-{caption.purpose}-{_slug(caption.language)}-{caption.format}"] = caption.file
    files.update({f"audio_stems-{stem.name}": stem.file for stem in output.stems})
    if output.contact_sheet is not None:
        files["video-contact-sheet"] = output.contact_sheet
    return files


def lineage_of(hashes: Mapping[str, str], output: RenderOutput | None, digest: str | None) -> dict[str, str]:
    """The hashes of what went in, and of what came out where it did."""
    found = dict(hashes)
    if output is not None and digest is not None:
        found.update(RenderOutput=digest, video_stream=output.video_stream_hash, audio_pcm=output.audio_pcm_hash)
    return found


def findings(plan: RenderPlan, output: RenderOutput) -> list[PackageError]:
    """What keeps a rendered video from being whole: gates that do not hold, then needs that nothing met."""
    gates = [
        PackageError(
            code="quality_gate",
            message=f"{finding.gate}: {finding.message or finding.measured}",
            stage="quality",
            recoverable=finding.gate in ADVISORY_GATES,
        )
        for finding in output.quality
        if not finding.passed
    ]
    missing = [
        PackageError(
            code="placeholder",
            message=f"{need.need_id}: {need.wanted} ({need.reason.replace('_', ' ')})",
            stage="render_plan",
            recoverable=True,
        )
        for need in plan.placeholders()
    ]
    return [*gates, *missing]


def error_of(error: Exception, stage: str) -> PackageError:
    """An error in the response's terms: what is missing or refused for now may be asked for again."""
    known = isinstance(error, NarrativeError)
    code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(error).__name__).lower() if known else "internal_error"
    again = isinstance(error, IntegrityError) or (isinstance(error, NarrativeError) and error.transient)
    said = f"{message_of(error)} {remedy_of(error)}".strip()
    return PackageError(code=code, message=said[:8_000], stage=_slug(stage), recoverable=again)


def message_of(error: Exception) -> str:
    """What went wrong, in words a contract can hold."""
    said = error.message if isinstance(error, NarrativeError) else f"{type(error).__name__}: {error}"
    return said.replace("\x00", "")[:8_000]


def remedy_of(error: Exception) -> str:
    """What to do about it, where that is known."""
    return error.remedy.replace("\x00", "")[:8_000] if isinstance(error, NarrativeError) else ""


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-") or "x"
