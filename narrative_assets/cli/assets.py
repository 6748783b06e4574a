"""`narrative assets`: where every picture and sound of an episode comes from, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from resources.registry import ArtifactStore
from schemas.assets import AssetManifest
from schemas.errors import InputError
from schemas.render import RenderPlan

app = typer.Typer(no_args_is_help=True, help="Where an episode's pictures and sounds come from, and why.")

EpisodeKey = Annotated[str, typer.Argument(help="PROJECT/EPISODE, such as lighthouse/s01e01.")]
Profile = Annotated[str, typer.Option(help="The render profile.")]


@app.command("list")
def list_assets(
    episode: EpisodeKey,
    profile: Profile = "preview_local",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Every need with its source, its licence, why it was chosen and what was passed over."""
    from narrative_assets.media.rights import licence_note

    plan, _ = _plan(ArtifactStore.configured(artifacts_root()), episode, profile)
    if as_json:
        document = plan.model_dump(mode="json", include={"assets", "attributions", "packs"})
        typer.echo(json.dumps(document, indent=2))
        return
    shown = table("", "need", "source", "licence", "considered")
    for asset in plan.assets:
        source = "stand-in" if asset.status == "placeholder" else asset.source
        considered = "; ".join(f"{'→ ' if c.chosen else ''}{c.source} {c.name}: {c.reason}" for c in asset.considered)
        shown.add_row(asset.need_id, source, licence_note(asset.rights), considered)
    output.print(shown)
    for credit in plan.attributions:
        output.print(f"Credit: {credit}", markup=False, soft_wrap=True)


@app.command("sheet")
def sheet(
    episode: EpisodeKey,
    file: Annotated[Path, typer.Argument(help="The PNG to write.")],
    profile: Profile = "preview_local",
) -> None:
    """A contact sheet of every need: its picture or wave, source, licence and reason."""
    from narrative_assets.assets.sheets import plan_sheet
    from resources.durable import write_durably

    store = ArtifactStore.configured(artifacts_root())
    plan, manifest = _plan(store, episode, profile)
    write_durably(file, plan_sheet(store, manifest, plan))
    output.print(f"Wrote {file}: {len(plan.assets)} needs, {len(plan.placeholders())} with a stand-in.", soft_wrap=True)


def _plan(store: ArtifactStore, key: str, profile: str) -> tuple[RenderPlan, AssetManifest]:
    """The render plan that an episode stands on, and the needs that it meets."""
    project, _, episode = key.partition("/")
    digest = store.head(project, episode, profile, "RenderPlan")
    if digest is None:
        raise InputError(
            f"{key} has no render plan under {profile}.", remedy="Run the episode first, or name another profile."
        )
    plan = store.load(digest, RenderPlan)
    return plan, store.load(plan.asset_manifest_hash, AssetManifest)
