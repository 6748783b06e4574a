"""Loaded models: loaded once, never closed in use, and let go by count, bytes and idle time."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from resources.inference.model_cache import Limits, Loaded, ModelCache


class Model:
    def __init__(self) -> None:
        self.closed = 0
        self.users = 0

    def close(self) -> None:
        assert self.users == 0, "closed in use"
        self.closed += 1


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def loader(made: list[Model], size: int = 1):
    def load() -> Loaded[Model]:
        made.append(Model())
        return Loaded(made[-1], size, made[-1].close)

    return load


def test_the_least_recently_used_goes_first_and_is_closed():
    made: list[Model] = []
    cache = ModelCache(Limits(models=2), clock=Clock())
    for key in ("a", "b", "a", "c"):
        with cache.using(key, loader(made)):
            pass
    assert [model.closed for model in made] == [0, 1, 0]
    assert cache.evictions == {"count": 1}


def test_bytes_are_bounded_and_a_model_too_large_for_all_of_it_goes_when_it_comes_back():
    made: list[Model] = []
    cache = ModelCache(Limits(size=10), clock=Clock())
    for key, size in (("a", 4), ("b", 4)):
        with cache.using(key, loader(made, size)):
            pass
    with cache.using("huge", loader(made, 100)):
        assert [model.closed for model in made] == [1, 1, 0]
    assert made[2].closed == 1
    assert cache.evictions == {"bytes": 3}


def test_idle_time_slides_with_each_use():
    made: list[Model] = []
    clock = Clock()
    cache = ModelCache(Limits(idle_seconds=10), clock=clock)
    for clock.now in (0, 8, 16):
        with cache.using("a", loader(made)):
            pass
    clock.now = 25
    cache.sweep()
    assert made[0].closed == 0
    clock.now = 27
    cache.sweep()
    assert [model.closed for model in made] == [1]
    assert cache.evictions == {"idle": 1}


def test_what_is_in_use_is_never_closed_and_goes_when_it_comes_back():
    made: list[Model] = []
    clock = Clock()
    cache = ModelCache(Limits(models=1, idle_seconds=5), clock=clock)
    with cache.using("a", loader(made)) as held:
        clock.now = 100
        with cache.using("b", loader(made)):
            assert held.closed == 0
        cache.close()
        assert held.closed == 0
    assert [model.closed for model in made] == [1, 1]
    assert len(cache) == 0


def test_a_load_that_fails_is_tried_again_by_the_next_who_asks():
    made: list[Model] = []
    cache = ModelCache()

    def failing() -> Loaded[Model]:
        raise OSError("no such model")

    with pytest.raises(OSError, match="no such model"), cache.using("a", failing):
        pass
    with cache.using("a", loader(made)):
        assert len(made) == 1
    assert not cache._turns


def test_many_threads_load_one_model_once():
    made: list[Model] = []
    cache = ModelCache()
    start = threading.Barrier(16)

    def slow() -> Loaded[Model]:
        time.sleep(0.02)
        return loader(made)()

    def ask() -> Model:
        start.wait()
        with cache.using("a", slow) as model:
            return model

    with ThreadPoolExecutor(16) as pool:
        got = [each.result() for each in [pool.submit(ask) for _ in range(16)]]
    assert len(made) == 1
    assert all(each is made[0] for each in got)


def test_under_a_storm_of_threads_nothing_is_closed_in_use_or_twice_and_all_is_closed_in_the_end():
    made: list[Model] = []
    cache = ModelCache(Limits(models=2, idle_seconds=0.001))
    lock = threading.Lock()

    def storm(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(150):
            action = chance.random()
            if action < 0.05:
                cache.drop(chance.randrange(5))
            elif action < 0.1:
                cache.sweep()
            else:
                with cache.using(chance.randrange(5), loader(made)) as model:
                    with lock:
                        model.users += 1
                    assert model.closed == 0
                    with lock:
                        model.users -= 1

    with ThreadPoolExecutor(8) as pool:
        for each in [pool.submit(storm, seed) for seed in range(8)]:
            each.result()
    cache.close()
    assert {model.closed for model in made} == {1}
    assert sum(cache.evictions.values()) == len(made)
    assert not cache._turns


def test_the_event_loop_goes_on_while_a_model_loads_and_a_cancelled_wait_leaves_no_pin():
    made: list[Model] = []
    cache = ModelCache(Limits(models=1))
    loading, gate = threading.Event(), threading.Event()

    def slow() -> Loaded[Model]:
        loading.set()
        gate.wait(5)
        return loader(made)()

    async def hold() -> None:
        async with cache.using_async("a", slow):
            pass

    async def story() -> None:
        first, second = asyncio.create_task(hold()), asyncio.create_task(hold())
        while not loading.is_set():
            await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        gate.set()
        await second

    asyncio.run(story())
    assert len(made) == 1
    cache.close()
    assert made[0].closed == 1
