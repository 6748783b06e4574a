"""Dagster's pages as a person uses them: where things are, what is clicked, what is looked at."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests.fakes.dagster_site import LOCATION, DagsterSite, Run

_PATIENCE_SECONDS = 900  # a busy machine is slow; a quiet one needs a tenth
_SETTLE_MS = 700  # only for the eye: what slides in has come to rest


@dataclass
class Ui:
    """A browser window on the site."""

    page: Page
    site: DagsterSite
    pictures: Path

    def open(self, path: str) -> None:
        self.page.goto(f"{self.site.url}{path}")

    def picture(self, name: str) -> None:
        """Keep what is seen now, once what still loads has settled."""
        expect(self.page.get_by_text(re.compile("^Loading"))).to_have_count(0)
        self.page.wait_for_timeout(_SETTLE_MS)
        self.page.screenshot(path=self.pictures / f"{name}.png")

    def text(self, words: str) -> Locator:
        """The first place that shows these words."""
        return self.page.get_by_text(words).first

    def see(self, words: str) -> None:
        expect(self.text(words)).to_be_visible()

    def lineage(self) -> None:
        """The asset graph."""
        self.open("/asset-groups")
        expect(self.page.get_by_role("button", name="Materialize all")).to_be_enabled()

    def catalog(self, selection: str) -> None:
        """The assets that a selection picks."""
        self.open(f"/assets?asset-selection={quote(selection)}")

    def materialize(self, *episodes: str) -> None:
        """Choose partitions in the dialog and launch: clicks alone, nothing typed."""
        self.lineage()
        self.see("a_story")
        self.page.get_by_role("button", name="Materialize all").click()
        self.text("Select a partition").click()
        for episode in episodes:
            self.page.locator("a[role=menuitem], li, [role=option]").filter(has_text=episode).first.click()
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_role("button", name="Launch")).to_be_enabled()

    def launch(self) -> None:
        self.page.get_by_role("button", name=re.compile("^Launch")).click()

    def partition(self, asset: str, episode: str) -> None:
        """The page of one episode of an asset."""
        self.open(f"/assets/{asset}?view=partitions&partition={quote(episode, safe='')}")

    def events(self, asset: str, episode: str) -> None:
        """What happened to one episode of an asset."""
        self.open(f"/assets/{asset}?view=events&partition={quote(episode, safe='')}")

    def row(self, name: str) -> Locator:
        """The row of a metadata entry."""
        return self.page.locator("tr").filter(has=self.page.get_by_text(name, exact=True)).first

    def follow(self, name: str) -> Page:
        """Click the link of a metadata entry; the page it opens, in a new tab or here."""
        link = self.row(name).get_by_role("link").first
        if link.get_attribute("target") == "_blank":
            with self.page.context.expect_page() as opened:
                link.click()
            return opened.value
        link.click()
        return self.page

    def job(self, name: str) -> None:
        self.open(f"/locations/{LOCATION}/jobs/{name}")

    # -- what the site says -----------------------------------------------------------------------------

    def runs_of(self, episode: str) -> list[Run]:
        """Runs of an episode, the oldest first."""
        return [run for run in reversed(self.site.runs()) if run.episode == episode]

    def wait(self, until: Callable[[], Any], what: str) -> Any:
        return self.site.wait(until, what, _PATIENCE_SECONDS)

    def ended(self, episode: str) -> list[Run]:
        """The runs of the episode once all have ended."""

        def all_ended() -> list[Run]:
            runs = self.runs_of(episode)
            return runs if runs and all(run.ended for run in runs) else []

        return list(self.wait(all_ended, f"the runs of {episode} to end"))
