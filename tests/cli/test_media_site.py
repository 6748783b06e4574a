"""The file server beside the UI: videos and captions, and nothing else of the artifacts folder."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from narrative_assets.cli.ui import media_site


def status_of(root: Path, path: str) -> int:
    """The status that the site answers a GET with."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the client stays and says no more
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": [], "query_string": b""}
    asyncio.run(media_site(root)(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("local/ferry/s01e01/preview_local/episode.mp4", 200),
        ("local/ferry/s01e01/preview_local/captions.vtt", 200),
        ("local/.credentials/key.pem", 404),
        ("registry.sqlite", 404),
        ("local/ferry/s01e01/Script.json", 404),
    ],
)
def test_only_media_is_served(tmp_path: Path, name: str, status: int) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(b"bytes")
    assert status_of(tmp_path, f"/{name}") == status
