"""The Dagster resources: configuration in, plain objects out.

Only this module and the IO manager know Dagster; all else in ``resources`` runs without it.
"""

import os

from dagster import ConfigurableIOManagerFactory, ConfigurableResource, InitResourceContext, ResourceDependency
from pydantic import Field

from narrative_assets.video.toolchain import Toolchain, find_toolchain
from resources.caches import TakeFolder
from resources.inference.configured import LANGUAGE, LATITUDE, Wording, configured_wording
from resources.inference.configured_media import PLATES, SPEECH, configured_plates, configured_speech
from resources.io_manager import EpisodeIOManager
from resources.model_media import ModelledMedia
from resources.registry import ArtifactStore
from resources.speech import EspeakSpeech, Speech
from resources.studio import MEDIA_URL, RunSettings, Studio


class RunSettingsResource(ConfigurableResource[RunSettings]):
    """What a run may choose: the render profile, whether to make everything anew, and the workers."""

    profile: str = Field(
        default=RunSettings.profile,
        description="The render profile: preview_local, standard_local, preview_vertical, preview_square, "
        "or one of the project's own. Each has a video of its own.",
    )
    force: bool = Field(default=False, description="Make everything anew, even what is stored.")
    workers: int = Field(default=RunSettings.workers, ge=1, le=64, description="Shots rendered at once.")
    media_url: str = Field(
        default="", description=f"Where finished videos are served. Empty: what `{MEDIA_URL}` says, as the UI sets it."
    )

    def create_resource(self, context: InitResourceContext) -> RunSettings:
        """The settings as a plain object."""
        media = self.media_url or os.environ.get(MEDIA_URL, RunSettings.media_url)
        return RunSettings(self.profile, self.force, self.workers, media)


class ArtifactStoreResource(ConfigurableResource[ArtifactStore]):
    """The artifact folder and its registry, as the environment names them: see ``ArtifactStore.configured``."""

    def create_resource(self, context: InitResourceContext) -> ArtifactStore:
        """The store, migrated and ready."""
        return ArtifactStore.configured()


class StudioResource(ConfigurableResource[Studio]):
    """Store, projects, canon and approvals of one tenant."""

    store: ResourceDependency[ArtifactStore]
    settings: ResourceDependency[RunSettings]

    def create_resource(self, context: InitResourceContext) -> Studio:
        """The studio over the configured store."""
        return Studio(self.store, self.settings)


class LanguageResource(ConfigurableResource[Wording]):
    """Who words the lines: see ``resources.inference.configured``."""

    order: str = Field(
        default="",
        description="Backends in order, for example `onnxruntime:MODEL, openai:MODEL`. Empty: what "
        f"`{LANGUAGE}` says; the templates where it says nothing.",
    )
    latitude: str = Field(
        default="", description=f"`free` or `guided`, for small models. Empty: what `{LATITUDE}` says, else free."
    )

    def create_resource(self, context: InitResourceContext) -> Wording:
        """The models, named and not yet loaded."""
        return configured_wording(order=self.order, latitude=self.latitude)


class ModelledMediaResource(ConfigurableResource[ModelledMedia]):
    """Who speaks and pictures beside the local voice and the painter: see ``resources.inference.configured_media``."""

    speech: str = Field(
        default="",
        description=f"Speech models in order, for example `openai:MODEL`. Empty: what `{SPEECH}` says; the local voice "
        "where it says nothing.",
    )
    image_plate: str = Field(
        default="",
        description=f"Image models in order, for example `openai:MODEL`. Empty: what `{PLATES}` says; the painter "
        "where it says nothing.",
    )

    def create_resource(self, context: InitResourceContext) -> ModelledMedia:
        """The models, named and not yet asked."""
        return ModelledMedia(configured_speech(order=self.speech), configured_plates(order=self.image_plate))


class EspeakSpeechResource(ConfigurableResource[Speech]):
    """The local voice: espeak-ng, one fresh process a line."""

    store: ResourceDependency[ArtifactStore]
    settings: ResourceDependency[RunSettings]

    def create_resource(self, context: InitResourceContext) -> Speech:
        """The voice with its takes cached in the store."""
        return EspeakSpeech(TakeFolder(self.store, fresh=self.settings.force), workers=self.settings.workers)


class LocalEncoderResource(ConfigurableResource[Toolchain]):
    """The ffmpeg build that renders on this machine."""

    def create_resource(self, context: InitResourceContext) -> Toolchain:
        """The toolchain that comes with the installed packages."""
        return find_toolchain()


class EpisodeIOManagerResource(ConfigurableIOManagerFactory[EpisodeIOManager]):
    """Artifacts in the readable folders of their episodes."""

    store: ResourceDependency[ArtifactStore]
    settings: ResourceDependency[RunSettings]

    def create_io_manager(self, context: InitResourceContext) -> EpisodeIOManager:
        """The IO manager over the configured store and profile."""
        return EpisodeIOManager(self.store, self.settings.profile)
