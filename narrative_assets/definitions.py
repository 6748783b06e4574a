"""Assembly of the code location, and nothing else."""

from typing import Any

from dagster import AssetSelection, Definitions, define_asset_job, in_process_executor

from narrative_assets.assets.canon import canon, canon_diff, episode
from narrative_assets.assets.decisions import decide
from narrative_assets.assets.film import shot_list
from narrative_assets.assets.media import asset_manifest, render_plan
from narrative_assets.assets.models import model_smoke
from narrative_assets.assets.publication import publish_record
from narrative_assets.assets.story import episode_plan, script, story_arc
from narrative_assets.assets.video import render_output
from narrative_assets.checks.gates import GATE_CHECKS
from resources import configured
from sensors.canon import canon_updates
from sensors.episodes import new_episodes
from sensors.failures import run_failures
from sensors.models import daily_smoke
from sensors.waiting import waiting_episodes

STORY = [story_arc, episode_plan, script, canon_diff, canon, episode]
FILM = [shot_list, asset_manifest, render_plan, render_output, publish_record]
ASSETS = [*STORY, *FILM]

episode_job = define_asset_job(
    "make_episode",
    selection=AssetSelection.assets(*ASSETS),
    description="One episode from its arc to its published video. Choose a partition; nothing has to be typed.",
)

writing_job = define_asset_job(
    "write_episode",
    selection=AssetSelection.assets(*STORY),
    description="One episode's story and what becomes true with it; nothing is filmed.",
)

filming_job = define_asset_job(
    "film_episode",
    selection=AssetSelection.assets(*FILM),
    description="A written episode from its shots to its published video; its story is taken as it stands.",
)

_settings: Any = configured.RunSettingsResource.configure_at_launch()
_store = configured.ArtifactStoreResource()

defs = Definitions(
    assets=[*ASSETS, model_smoke],
    asset_checks=GATE_CHECKS,
    jobs=[episode_job, writing_job, filming_job, decide],
    schedules=[daily_smoke],
    sensors=[new_episodes, waiting_episodes, canon_updates, run_failures],
    executor=in_process_executor,
    resources={
        "settings": _settings,
        "store": _store,
        "studio": configured.StudioResource(store=_store, settings=_settings),
        "language": configured.LanguageResource(),
        "modelled": configured.ModelledMediaResource(),
        "speech": configured.EspeakSpeechResource(store=_store, settings=_settings),
        "toolchain": configured.LocalEncoderResource(),
        "episode_io": configured.EpisodeIOManagerResource(store=_store, settings=_settings),
    },
)
