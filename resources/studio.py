"""The studio: what every stage needs of the outside, opened once for one tenant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from resources.approvals import Approvals
from resources.canon_store.store import CanonStore
from resources.projects import ProjectCatalogue
from resources.registry import ArtifactStore
from resources.tokenizing import VocabularyCounter, packaged_counter

MEDIA_URL = "NARRATIVE_MEDIA_URL"
"""The environment variable that says where finished videos are served."""


@dataclass(frozen=True)
class RunSettings:
    """How this run is to work: under which profile, whether stored results may serve, with how many workers."""

    profile: str = "preview_local"
    force: bool = False
    workers: int = 2
    media_url: str = "http://127.0.0.1:3001"


class Studio:
    """Store, projects, canon and approvals of one tenant."""

    def __init__(self, store: ArtifactStore, settings: RunSettings) -> None:
        self.store = store
        self.settings = settings
        self.projects = ProjectCatalogue(store)
        self.canon = CanonStore(store.engine, store.tenant)
        self.approvals = Approvals(store)

    @property
    def tokens(self) -> VocabularyCounter:
        """What counts the tokens of context packs; its vocabulary is read at the first count."""
        return packaged_counter()

    @classmethod
    def open(cls, root: Path, settings: RunSettings | None = None) -> Studio:
        """A studio over a local folder, for the terminal."""
        return cls(ArtifactStore.configured(root), settings or RunSettings())
