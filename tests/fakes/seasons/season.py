"""A season of scenes: a world lived through from its first minute, and then told, not always in order.

Scenes happen in story order; some that change nothing are told later than they happened, as flashbacks or plainly.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.fakes.seasons.deeds import Stage
from tests.fakes.seasons.founding import Founding, found
from tests.fakes.seasons.geography import DAY, VEHICLE
from tests.fakes.seasons.lives import COMMON, RARE
from tests.fakes.seasons.truth import Said, Shown
from tests.fakes.seasons.world_deeds import WORLDLY


@dataclass(slots=True)
class Season:
    """``scenes`` are those of each episode in the order of the telling; ``threads`` by their id, first and last
    episode (none where it stays open).
    """

    seed: int
    world: Founding
    scenes: list[list[Shown]]
    threads: dict[str, tuple[int, int | None]]

    def actual(self, episode: int) -> list[tuple[int, Shown]]:
        """The scenes of the world itself with their numbers."""
        return [(number, scene) for number, scene in enumerate(self.scenes[episode]) if scene.actual]


def live(seed: int) -> Season:
    """The season of a seed."""
    return _Living(seed).season()


class _Living:
    """Where everybody is and from when on they are free."""

    def __init__(self, seed: int) -> None:
        self.world = found(seed)
        self.rng = Random(f"life {seed}")
        start = self.rng.randint(300, 700)
        places = self.world.geography.places
        self.where = {who: (self.rng.choice(places), start) for who in self.world.people}
        self.clock = start
        self.ferry = (places[0], start)
        self.used: set[tuple[str, int]] = set()

    def season(self) -> Season:
        """Every episode lived, then told."""
        scenes: list[list[Shown]] = []
        for episode in range(self.world.episodes):
            lived = [self._scene(episode) for _ in range(self.rng.randint(3, 7))]
            scenes.append([scene for scene in lived if scene is not None])
            self.clock = max((scene.end for scene in scenes[-1]), default=self.clock) + self._pause()
        memories = self._tell_late(scenes)
        for episode, told in enumerate(scenes):
            if self.rng.random() < 0.25:
                self.rng.shuffle(told)
            for memory in memories:
                if memory.episode == episode:
                    self._remember(memory, told)
            self._unreal(episode, told)
        return Season(self.world.seed, self.world, scenes, self._threads())

    def _pause(self) -> int:
        return self.rng.choice((1, 30, 300, DAY, 9 * DAY, 200 * DAY, 700 * DAY))

    def _scene(self, episode: int) -> Shown | None:
        alive = [who for who in self.world.people if self._alive(who)]
        leader = self.rng.choice(alive)
        if self.rng.random() < 0.08:
            return self._ride(episode, leader)
        here, _ = self.where[leader]
        place = self.rng.choice((here, self.rng.choice(self.world.geography.places)))
        cast = [leader, *(who for who in self.rng.sample(alive, min(len(alive), 3)) if who != leader)]
        start = max(self.clock, *(self._arrival(who, place) for who in cast)) + self.rng.randint(1, 90)
        length = self.rng.choice((6, 12, 20, 28, 90))
        scene = self._leave(self._play(Shown(episode, place, start, start + length, cast)), place, start + length)
        self._pass_by(scene, alive)
        return scene

    def _pass_by(self, scene: Shown, alive: list[str]) -> None:
        """Somebody is there for the first minute only, says nothing and goes on."""
        free = [who for who in alive if who not in scene.present and self._arrival(who, scene.place) <= scene.start]
        if free and self.rng.random() < 0.3:
            who = self.rng.choice(free)
            scene.present.append(who)
            self.where[who] = (scene.place, scene.start + 1)

    def _alive(self, who: str) -> bool:
        return bool(self.world.truth.at(("alive", who), 10**9))

    def _arrival(self, who: str, place: str) -> int:
        here, free = self.where[who]
        return free + self.world.geography.minutes(here, place) + 1

    def _ride(self, episode: int, leader: str) -> Shown:
        """Those at one place take the ferry to another: they are in it while it is under way."""
        geography = self.world.geography
        here, _ = self.where[leader]
        there = self.rng.choice([place for place in geography.places if place != here])
        cast = [who for who, (place, _) in self.where.items() if place == here and self._alive(who)][:4]
        berth, idle = self.ferry
        ready = max(self.clock, idle + geography.minutes(berth, here) + 1, *(self.where[who][1] for who in cast))
        start = ready + self.rng.randint(1, 30)
        length = min(geography.minutes(here, there), 25)
        scene = Shown(episode, VEHICLE, start, start + max(length, 5), cast)
        if self.rng.random() < 0.8:
            scene.claims.append(Said(VEHICLE, "located_at", here, (start, start)))
        self._play(scene)
        lands = start + max(length, 5, geography.minutes(here, there))
        self.ferry = (there, lands)
        scene.steady = False
        return self._leave(scene, there, lands + 1)

    def _play(self, scene: Shown) -> Shown:
        rng, alive = self.rng, list(scene.present)
        if rng.random() < 0.4:
            scene.claims.append(Said(alive[0], "located_at", scene.place, (scene.start, scene.end), presence="bodily"))
        scene.says += [(who, "on_screen") for who in alive if rng.random() < 0.5]
        minutes = sorted(
            rng.sample(range(scene.start + 1, scene.end), min(scene.end - scene.start - 1, rng.randint(2, 9)))
        )
        for minute in minutes:
            stage = Stage(self.world, scene, minute, rng, alive)
            deeds = rng.choices((COMMON, WORLDLY, RARE), (60, 25, 15))[0]
            rng.choice(deeds)(stage)
        return scene

    def _leave(self, scene: Shown, place: str, minute: int) -> Shown:
        """Those of the scene, and whom it has brought back to life, are free at a place from a minute on."""
        back = [said.subject for said in scene.claims if said.change == "resurrect"]
        for who in (*scene.present, *back):
            self.where[who] = (place, minute)
        return scene

    def _tell_late(self, scenes: list[list[Shown]]) -> list[Shown]:
        """Take out some scenes that change nothing: some are told episodes later, the others come back as memories."""
        memories: list[Shown] = []
        for episode in range(len(scenes) - 1):
            steady = [scene for scene in scenes[episode] if scene.steady]
            if len(scenes[episode]) > 2 and steady and self.rng.random() < 0.3:
                late = self.rng.choice(steady)
                scenes[episode].remove(late)
                late.episode = self.rng.randint(episode + 1, len(scenes) - 1)
                if self.rng.random() < 0.5:
                    late.frame = ("flashback", "memory")
                    memories.append(late)
                else:
                    told = scenes[late.episode]
                    told.insert(self.rng.randint(0, len(told)), late)
        return memories

    def _remember(self, memory: Shown, told: list[Shown]) -> None:
        """A flashback follows a scene that lies after it."""
        after = [number for number, scene in enumerate(told) if scene.actual and scene.start > memory.end]
        told.insert(self.rng.choice(after) + 1, memory)

    def _unreal(self, episode: int, told: list[Shown]) -> None:
        """Dreams, tales and visions, in which anything goes that goes together."""
        for number in range(self.rng.choice((0, 0, 1, 2))):
            position = self.rng.randint(1, len(told))
            before = next((scene for scene in reversed(told[:position]) if scene.actual), None)
            before = before or next(scene for scene in told if scene.actual)
            kind = self.rng.choice(("dream", "hallucination", "nested_story", "hypothetical", "flash_forward"))
            who = self.rng.sample(list(self.world.people), 2)
            start = before.end + self.rng.choice((0, 500, 90_000))
            scene = Shown(episode, self.rng.choice(self.world.geography.places), start, start + 10, who)
            scene.frame = (kind, f"{kind}_{episode}_{number}")
            at = (start, start)
            scene.claims = [
                Said(who[0], "name", "Nobody At All", at),
                Said(who[0], "alive", False, at, change="die"),
                Said(who[1], "age", 900, at),
                Said(who[1], "holds", self.rng.choice(self.world.things), at),
                Said(who[1], "does", "dances", at),
                Said(who[0], "eyes", "violet", at),
            ]
            told.insert(position, scene)

    def _threads(self) -> dict[str, tuple[int, int | None]]:
        threads: dict[str, tuple[int, int | None]] = {}
        for number in range(self.rng.randint(1, 3)):
            opened = self.rng.randint(0, self.world.episodes - 1)
            closed = self.rng.randint(opened, self.world.episodes - 1) if self.rng.random() < 0.8 else None
            threads[f"question_{number}"] = (opened, closed)
        return threads
