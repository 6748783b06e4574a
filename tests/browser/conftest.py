"""One real `narrative ui` over two tiny series, and one Chromium to drive it. Screenshots stay in ``build/ui``."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.pages import Ui
from tests.fakes.dagster_site import DagsterSite
from tests.fakes.short_season import short_season
from tests.fakes.terminal import ROOT, small_project

CHROMIUM = shutil.which("chromium")
PICTURES = ROOT / "build" / "ui"
# Without these Chromium looks for its maker's servers at every start, and refuses to run as root.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("not run: there is no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterSite]:
    """``lighthouse`` is written, three episodes; ``ferry`` comes from a screenplay and asks about its timing."""
    folder = tmp_path_factory.mktemp("ui")
    ferry = small_project(folder)
    document = json.loads(ferry.read_text(encoding="utf-8"))
    document["human_checkpoints"]["approve_shotlist_timing_lock"] = True
    ferry.write_text(json.dumps(document), encoding="utf-8")
    with DagsterSite(folder, [short_season(folder, 3), ferry]) as site:
        yield site
        if os.environ.get("CI"):
            shutil.copy(site.log, PICTURES / "ui.log")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def ui(page: Page, site: DagsterSite) -> Ui:
    PICTURES.mkdir(parents=True, exist_ok=True)
    return Ui(page, site, PICTURES)
