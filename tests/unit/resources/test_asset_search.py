"""Searching Openverse: its documented replies read, kept and bounded. A small server of our own stands in for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stamina

from narrative_assets.media.finding import Finder, Found, Wanted
from narrative_assets.media.intake import take_plate
from narrative_assets.media.ports import SearchFile, SearchHit, SearchMiss
from resources.asset_search import Openverse, RecordedSearch, open_searches
from resources.fetching import Fetcher, FetchFailed
from resources.registry import ArtifactStore
from schemas.errors import InputError
from tests.fakes.media import Shelf, png

DATE = "Tue, 05 May 2026 10:00:00 GMT"
Handler = Callable[[BaseHTTPRequestHandler], None]


def item(**changes: Any) -> dict[str, Any]:
    """A result with the fields that the API documents for an image."""
    return {
        "id": "4bc43a04-ef46-4544-a0c1-63c63f56e276", "title": "Tree Bark", "indexed_on": "2022-08-27T17:39:48Z",
        "foreign_landing_url": "https://example.org/photo/1", "url": "/files/bark.png", "creator": "Tim Sullivan",
        "creator_url": "https://example.org/tim", "license": "by", "license_version": "2.0",
        "license_url": "https://creativecommons.org/licenses/by/2.0/", "provider": "stocksnap", "source": "stocksnap",
        "category": "photograph", "filesize": 896128, "filetype": "png",
        "tags": [{"accuracy": None, "name": "tree", "unstable__provider": "stocksnap"}],
        "attribution": "Tree Bark by Tim Sullivan", "fields_matched": ["title"], "mature": False,
        "height": 400, "width": 600, "thumbnail": "/thumb/", "detail_url": "/detail/", "related_url": "/related/",
        "unstable__sensitivity": [], **changes,
    }  # fmt: skip


class StandIn:
    """A server on this machine that answers with Openverse's documented pages and notes what it was asked."""

    def __init__(self) -> None:
        self.results: list[Any] = [item()]
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.handlers: dict[str, Handler] = {"/files/bark.png": lambda ask: say(ask, png(600, 400), "image/png")}
        stand_in = self

        class Ask(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stand_in.paths.append(self.path)
                stand_in.headers.append({name.lower(): value for name, value in self.headers.items()})
                stand_in.handlers.get(urlsplit(self.path).path, stand_in.page)(self)

            def date_time_string(self, timestamp: float | None = None) -> str:
                return DATE

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Ask)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def page(self, ask: BaseHTTPRequestHandler) -> None:
        found = [
            {**each, "url": self.address + each["url"]} if isinstance(each, dict) and "url" in each else each
            for each in self.results
        ]
        page = {"result_count": len(found), "page_count": 1, "page_size": 8, "page": 1, "results": found}
        say(ask, json.dumps(page).encode(), "application/json")

    def asked(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.paths[0]).query)


def say(ask: BaseHTTPRequestHandler, data: bytes, media_type: str, status: int = 200, **headers: str) -> None:
    ask.send_response(status)
    ask.send_header("Content-Type", media_type)
    ask.send_header("Content-Length", str(len(data)))
    for name, value in headers.items():
        ask.send_header(name.replace("_", "-"), value)
    ask.end_headers()
    ask.wfile.write(data)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    server = StandIn()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture(autouse=True)
def quick_retries() -> Iterator[None]:
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


def recorded(store: ArtifactStore, server: StandIn, *, fresh: bool = False, token: str = "") -> RecordedSearch:
    return RecordedSearch(store, Openverse(Fetcher(allow_private=True), server.address, token), fresh=fresh)


def hits(answer: tuple[SearchHit, ...] | SearchMiss) -> tuple[SearchHit, ...]:
    assert not isinstance(answer, SearchMiss), answer
    return answer


def miss(answer: object) -> SearchMiss:
    assert isinstance(answer, SearchMiss), answer
    return answer


def test_the_stand_in_server_is_asked_as_openverse_documents_it(store: ArtifactStore, stand_in: StandIn) -> None:
    recorded(store, stand_in, token="secret").search("background", "The pier  at night", 8)
    assert urlsplit(stand_in.paths[0]).path == "/v1/images/"
    assert stand_in.asked() == {
        "q": ["The pier at night"], "license": ["by,cc0,pdm"], "page_size": ["8"], "mature": ["false"],
        "extension": ["jpg,jpeg,png,webp"], "aspect_ratio": ["wide"],
    }  # fmt: skip
    assert stand_in.headers[0]["authorization"] == "Bearer secret"


def test_sounds_are_asked_for_at_the_stand_in_servers_audio_address(store: ArtifactStore, stand_in: StandIn) -> None:
    recorded(store, stand_in).search("music", "unease music", 8)
    assert urlsplit(stand_in.paths[0]).path == "/v1/audio/"
    assert stand_in.asked()["category"] == ["music"]


def test_a_hit_of_the_stand_in_server_carries_its_rights_in_full(store: ArtifactStore, stand_in: StandIn) -> None:
    (hit,) = hits(recorded(store, stand_in).search("prop", "bark", 8))
    assert (hit.title, hit.width, hit.height, hit.words) == ("Tree Bark", 600, 400, "tree")
    rights = hit.rights
    assert (rights.license_type, rights.author, rights.retrieval_date) == ("CC-BY-2.0", "Tim Sullivan", "2026-05-05")
    assert rights.provider_or_model == "Openverse (stocksnap)"
    assert rights.source_url == "https://example.org/photo/1"
    assert rights.licence_url == "https://creativecommons.org/licenses/by/2.0/"


@pytest.mark.parametrize(
    ("code", "version", "name"),
    [
        ("cc0", "1.0", "CC0-1.0"),
        ("pdm", "1.0", "PDM-1.0"),
        ("by", None, "CC-BY"),
        ("by-nc-sa", "3.0", "CC-BY-NC-SA-3.0"),
    ],
)
def test_licence_codes_become_names_that_the_allow_list_knows_or_refuses(
    store: ArtifactStore, stand_in: StandIn, code: str, version: str | None, name: str
) -> None:
    stand_in.results = [item(license=code, license_version=version)]
    (hit,) = hits(recorded(store, stand_in).search("prop", "bark", 8))
    assert hit.rights.license_type == name


def test_the_stand_in_servers_file_becomes_a_credited_plate(store: ArtifactStore, stand_in: StandIn) -> None:
    finder = Finder(Shelf(), (recorded(store, stand_in),), "2026-06-01")
    found = finder.find(Wanted("prop:bark", "prop", ("bark",), "bark", lambda data: take_plate(data, 320, 180)))
    assert isinstance(found, Found)
    assert (found.source, found.taken.width) == ("search", 320)
    assert found.rights.attribution.startswith("“Tree Bark” by Tim Sullivan (https://example.org/photo/1)")


def test_what_was_said_once_is_said_again_without_asking(store: ArtifactStore, stand_in: StandIn) -> None:
    first = recorded(store, stand_in)
    (hit,) = hits(first.search("prop", "bark", 8))
    file = first.fetch(hit)
    asked = len(stand_in.paths)
    stand_in.results = []
    again = recorded(store, stand_in)
    assert again.search("prop", "bark", 8) == (hit,)
    assert again.fetch(hit) == file == SearchFile(png(600, 400), "image/png")
    assert len(stand_in.paths) == asked == 2
    assert recorded(store, stand_in, fresh=True).search("prop", "bark", 8) == ()


def test_an_empty_answer_is_an_answer(store: ArtifactStore, stand_in: StandIn) -> None:
    stand_in.results = []
    assert recorded(store, stand_in).search("prop", "bark", 8) == ()
    assert recorded(store, stand_in).search("prop", "bark", 8) == ()
    assert len(stand_in.paths) == 1


def test_results_that_cannot_be_understood_and_mature_ones_are_left_out(
    store: ArtifactStore, stand_in: StandIn
) -> None:
    stand_in.results = [
        {"id": "no url"}, {"title": "no id", "url": "/x"}, item(mature=True), item(width="wide"), item(id="good"),
        item(id="long", title="x" * 5_000 + "\n\x00", creator=None, license_url="javascript:alert(1)"),
    ]  # fmt: skip
    good, long = hits(recorded(store, stand_in).search("prop", "bark", 8))
    assert good.identifier == "good"
    assert (len(long.title), long.rights.licence_url) == (300, "")
    assert long.rights.attribution == "Tree Bark by Tim Sullivan"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"results": 5}', b"[" * 100_000])
def test_a_page_of_another_form_is_no_answer_and_is_not_kept(
    store: ArtifactStore, stand_in: StandIn, body: bytes
) -> None:
    stand_in.handlers["/v1/images/"] = lambda ask: say(ask, body, "application/json")
    said = miss(recorded(store, stand_in).search("prop", "bark", 8))
    assert (said.reached, "cannot be read" in said.detail) == (False, True)
    del stand_in.handlers["/v1/images/"]
    assert hits(recorded(store, stand_in).search("prop", "bark", 8))


def test_a_server_that_is_overburdened_is_asked_again_and_then_left_alone(
    store: ArtifactStore, stand_in: StandIn
) -> None:
    stand_in.handlers["/v1/images/"] = lambda ask: say(ask, b"", "text/plain", 503)
    source = recorded(store, stand_in)
    assert miss(source.search("prop", "bark", 8)) == SearchMiss("127.0.0.1 answers 503", reached=False)
    assert len(stand_in.paths) == 2
    assert not miss(source.search("prop", "rope", 8)).reached
    assert len(stand_in.paths) == 2


def test_one_failure_is_mended_by_a_second_try(store: ArtifactStore, stand_in: StandIn) -> None:
    def first_fails(ask: BaseHTTPRequestHandler) -> None:
        say(ask, b"", "text/plain", 502) if len(stand_in.paths) == 1 else stand_in.page(ask)

    stand_in.handlers["/v1/images/"] = first_fails
    assert hits(recorded(store, stand_in).search("prop", "bark", 8))


@pytest.mark.parametrize(("status", "headers"), [(400, {}), (403, {}), (404, {}), (429, {"Retry_After": "3600"})])
def test_what_another_try_cannot_mend_is_not_tried_again(
    store: ArtifactStore, stand_in: StandIn, status: int, headers: dict[str, str]
) -> None:
    stand_in.handlers["/v1/images/"] = lambda ask: say(ask, b"", "text/plain", status, **headers)
    assert str(status) in miss(recorded(store, stand_in).search("prop", "bark", 8)).detail
    assert len(stand_in.paths) == 1


def test_nobody_at_the_address_is_no_failure_of_the_run(store: ArtifactStore, stand_in: StandIn) -> None:
    stand_in.server.shutdown()
    stand_in.server.server_close()
    said = miss(recorded(store, stand_in).search("prop", "bark", 8))
    assert said == SearchMiss("127.0.0.1 cannot be reached", reached=False)


def test_a_server_that_says_nothing_is_given_up_after_the_time_limit(stand_in: StandIn) -> None:
    silent = threading.Event()
    stand_in.handlers["/slow"] = lambda ask: (silent.wait(20), None)[1]
    with pytest.raises(FetchFailed, match="took too long") as failed:
        Fetcher(allow_private=True, seconds=0.2, attempts=1).get(f"{stand_in.address}/slow", 100)
    silent.set()
    assert not failed.value.reached


def test_a_reply_that_only_trickles_is_given_up_at_the_deadline(stand_in: StandIn) -> None:
    def trickle(ask: BaseHTTPRequestHandler) -> None:
        ask.send_response(200)
        ask.end_headers()
        for _ in range(30):
            ask.wfile.write(b"x")
            threading.Event().wait(0.05)

    stand_in.handlers["/drip"] = trickle
    with pytest.raises(FetchFailed, match="took too long"):
        Fetcher(allow_private=True, deadline=0.2, attempts=1).get(f"{stand_in.address}/drip", 10_000)


@pytest.mark.parametrize("stated", [True, False])
def test_a_file_over_the_limit_is_given_up_on_stated_or_not(stand_in: StandIn, stated: bool) -> None:
    def large(ask: BaseHTTPRequestHandler) -> None:
        ask.send_response(200)
        if stated:
            ask.send_header("Content-Length", str(3 << 20))
        ask.end_headers()
        ask.wfile.write(bytes(3 << 20))

    stand_in.handlers["/large"] = large
    with pytest.raises(FetchFailed, match="more than 1 MB"):
        Fetcher(allow_private=True).get(f"{stand_in.address}/large", 1 << 20)


def test_redirects_are_followed_a_few_times_and_without_the_token(stand_in: StandIn) -> None:
    port = stand_in.server.server_address[1]
    stand_in.handlers["/moved"] = lambda ask: say(
        ask, b"", "text/plain", 302, Location=f"http://localhost:{port}/files/bark.png"
    )
    stand_in.handlers["/round"] = lambda ask: say(ask, b"", "text/plain", 301, Location="/round")
    fetcher = Fetcher(allow_private=True)
    reply = fetcher.get(f"{stand_in.address}/moved", 1 << 20, {"Authorization": "Bearer secret"})
    assert reply.media_type == "image/png"
    assert ["authorization" in headers for headers in stand_in.headers] == [True, False]
    with pytest.raises(FetchFailed, match="without end"):
        fetcher.get(f"{stand_in.address}/round", 100)
    assert len(stand_in.paths) == 7


WITH_NAME = ":".join(("user", "word")) + "@"


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://example.org/x",
        "gopher://example.org",
        f"http://{WITH_NAME}127.0.0.1/",
        "http://[bad",
    ],
)
def test_a_redirect_to_anything_but_plain_http_is_refused(stand_in: StandIn, target: str) -> None:
    stand_in.handlers["/out"] = lambda ask: say(ask, b"", "text/plain", 302, Location=target)
    with pytest.raises(FetchFailed, match="no plain http or https address"):
        Fetcher(allow_private=True).get(f"{stand_in.address}/out", 100)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::ffff:127.0.0.1]", "0.0.0.0",  # noqa: S104
     "[fe80::1]", "2130706433"],
)  # fmt: skip
def test_hosts_inside_the_house_are_not_reached(host: str) -> None:
    with pytest.raises(FetchFailed, match="not on the public internet"):
        Fetcher().get(f"http://{host}:9/", 100)


def test_a_file_address_inside_the_house_is_not_fetched(store: ArtifactStore, stand_in: StandIn) -> None:
    source = RecordedSearch(store, Openverse(Fetcher(), stand_in.address))
    (hit,) = hits(recorded(store, stand_in).search("prop", "bark", 8))
    assert "not on the public internet" in miss(source.fetch(hit)).detail
    assert len(stand_in.paths) == 1


def test_a_damaged_record_is_asked_for_again(store: ArtifactStore, stand_in: StandIn) -> None:
    source = recorded(store, stand_in)
    (hit,) = hits(source.search("prop", "bark", 8))
    source.fetch(hit)
    for path in store.blobs.folder.glob("??/*"):
        path.write_bytes(b"damaged")
    again = recorded(store, stand_in)
    assert hits(again.search("prop", "bark", 8)) == (hit,)
    assert again.fetch(hit) == SearchFile(png(600, 400), "image/png")


def test_a_project_that_names_no_source_searches_none_and_an_unknown_one_is_refused(store: ArtifactStore) -> None:
    assert open_searches(store, ()) == ()
    assert [source.name for source in open_searches(store, ("openverse", "openverse"))] == ["openverse"]
    with pytest.raises(InputError, match="'flickr' is no source") as refused:
        open_searches(store, ("openverse", "flickr"))
    assert "openverse" in refused.value.remedy
