"""Where the UI shows an episode's record, its canon and its video, so that each leads to the others."""

from urllib.parse import quote

from dagster import MetadataValue, UrlMetadataValue

_SHOWN = {"episode_page": "episode", "canon_page": "canon", "video_page": "render_output"}


def pages(project: str, episode: str, *, but: str = "") -> dict[str, UrlMetadataValue]:
    """Links to the pages of this episode, but the one that shows the asset named ``but`` itself."""
    key = quote(f"{project}/{episode}", safe="")
    return {
        name: MetadataValue.url(f"/assets/{asset}?view=partitions&partition={key}")
        for name, asset in _SHOWN.items()
        if asset != but
    }
