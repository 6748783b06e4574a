"""Sheets to look at in the UI: model sheets of packs, and the contact sheet of an episode's assets, each drawn once."""

import base64
from collections.abc import Callable, Iterable
from typing import Any

from dagster import MetadataValue

from narrative_assets.media.sheets import asset_sheet, model_sheet
from resources.registry import ArtifactStore
from schemas.assets import AssetManifest
from schemas.canonical import content_hash
from schemas.errors import IntegrityError
from schemas.packs import CharacterPack
from schemas.render import RenderPlan

_MAKER = "2"
_INLINE_BYTES = 1_500_000  # larger pictures make the event log heavy; the terminal shows them all


def pack_sheet(store: ArtifactStore, pack: CharacterPack) -> bytes:
    """The model sheet of a pack as PNG."""
    about = {"model": content_hash(pack)}
    return _kept(store, about, lambda: model_sheet(pack, store.blobs.read))


def plan_sheet(store: ArtifactStore, manifest: AssetManifest, plan: RenderPlan) -> bytes:
    """The contact sheet of a plan's assets as PNG."""
    about = {"assets": content_hash(plan), "needs": content_hash(manifest)}
    return _kept(store, about, lambda: asset_sheet(manifest, plan, store.blobs.read))


def shown_packs(store: ArtifactStore, packs: Iterable[CharacterPack]) -> dict[str, Any]:
    """Model sheets as metadata, as many as the event log can carry."""
    shown, left = {}, _INLINE_BYTES
    for pack in packs:
        png = pack_sheet(store, pack)
        if len(png) <= left:
            left -= len(png)
            shown[f"model_sheet_{pack.character_id}"] = inline(png, f"{pack.name}, version {pack.version}")
    return shown


def shown_assets(store: ArtifactStore, manifest: AssetManifest, plan: RenderPlan) -> dict[str, Any]:
    """The contact sheet as metadata, if the event log can carry it."""
    png = plan_sheet(store, manifest, plan)
    return {"asset_sheet": inline(png, "assets")} if len(png) <= _INLINE_BYTES else {}


def inline(png: bytes, label: str) -> Any:
    """A picture as the UI shows it."""
    return MetadataValue.md(f"![{label}](data:image/png;base64,{base64.b64encode(png).decode()})")


def _kept(store: ArtifactStore, about: dict[str, str], make: Callable[[], bytes]) -> bytes:
    key = content_hash({**about, "maker": _MAKER})
    entry = store.cached("sheet", key)
    if entry is not None:
        try:
            return store.blobs.read(entry[0])
        except IntegrityError:
            pass
    png = make()
    store.cache("sheet", key, store.blobs.put(png, "image/png").sha256, {})
    return png
