"""The season's arc."""

from __future__ import annotations

import itertools

import pytest
from template_stories import lighthouse, night_mail

from narrative_assets.writing.arc import plan_arc
from narrative_assets.writing.season import kind_of, whose
from narrative_assets.writing.templates import plots
from schemas.canonical import canonical_json
from schemas.errors import InputError
from schemas.project import EpisodeEntry, ScreenplaySource


def test_the_same_project_gives_the_same_arc():
    assert canonical_json(plan_arc(lighthouse(), 1)) == canonical_json(plan_arc(lighthouse(), 1))


@pytest.mark.parametrize("episodes", range(1, 25))
def test_acts_cover_every_episode_of_a_season_of_any_length_in_order(episodes: int):
    arc = plan_arc(lighthouse(episodes=episodes), 1)
    covered = [episode_id for act in arc.acts for episode_id in act.episode_ids]
    assert covered == [episode.episode_id for episode in arc.episodes]
    assert len(arc.episodes) == episodes
    assert [episode.act for episode in arc.episodes] == [act.number for act in arc.acts for _ in act.episode_ids]


@pytest.mark.parametrize("episodes", [1, 2, 3, 8, 24])
def test_every_thread_is_planted_before_it_is_paid_off(episodes: int):
    arc = plan_arc(lighthouse(episodes=episodes), 1)
    kinds = {kind_of(thread.thread_id) for thread in arc.threads}
    assert kinds == {"want", "rule", "secret"} | ({"trust", "fear", "own"} if episodes >= 8 else set())
    for thread in arc.threads:
        assert thread.planted_in is not None
        if thread.carried_over:
            assert thread.pays_off_in is None
            assert thread.due_by is None
            continue
        assert thread.pays_off_in is not None
        assert thread.due_by is not None
        assert thread.planted_in < thread.pays_off_in <= thread.due_by or episodes == 1


def test_a_season_opens_with_an_opening_and_ends_with_a_finale():
    for seed in range(1, 13):
        chosen = [plots()[episode.plot] for episode in plan_arc(lighthouse(seed, 6), 1).episodes]
        assert "opening" in chosen[0].fits
        assert "finale" in chosen[-1].fits


def test_eight_episodes_have_eight_different_plots():
    for seed in range(1, 7):
        chosen = [episode.plot for episode in plan_arc(lighthouse(seed, 8), 1).episodes]
        assert len(set(chosen)) == 8


@pytest.mark.parametrize("seed", range(1, 7))
def test_twenty_four_episodes_have_twenty_four_different_plots_and_titles(seed: int):
    episodes = plan_arc(lighthouse(seed, 24), 1).episodes
    assert len({episode.plot for episode in episodes}) == 24
    assert len({episode.title for episode in episodes}) == 24
    assert len({episode.logline for episode in episodes}) == 24


def test_a_season_longer_than_there_are_plots_never_uses_one_twice_running():
    chosen = [episode.plot for episode in plan_arc(lighthouse(3, 60), 1).episodes]
    assert all(one != other for one, other in itertools.pairwise(chosen))


def test_a_long_season_closes_its_threads_at_different_points():
    arc = plan_arc(lighthouse(episodes=24), 1)
    ends = [thread.pays_off_in for thread in arc.threads if thread.pays_off_in]
    assert len(set(ends)) >= 5
    assert sum(end == "s01e24" for end in ends) < len(ends) / 2
    assert any("s01e10" <= end <= "s01e15" for end in ends)


def test_what_a_season_leaves_open_on_purpose_the_next_one_answers():
    project = lighthouse()
    entries = tuple(EpisodeEntry(id=f"s{season:02d}e{number:02d}") for season in (1, 2) for number in range(1, 10))
    project = project.model_copy(update={"episodes": entries})
    carried = [thread for thread in plan_arc(project, 1).threads if thread.carried_over]
    assert [thread.thread_id for thread in carried] == ["own-mara"]
    answered = next(thread for thread in plan_arc(project, 2).threads if thread.thread_id == "own-mara")
    assert answered.planted_in == carried[0].planted_in
    assert answered.pays_off_in is not None
    assert answered.pays_off_in.startswith("s02")
    assert not answered.carried_over
    plan = {episode.episode_id: episode.plot for episode in plan_arc(project, 2).episodes}
    assert plan[answered.pays_off_in] == "plain"


def test_another_seed_gives_another_season():
    arcs = [plan_arc(lighthouse(seed), 1) for seed in range(1, 11)]
    assert len({tuple((e.plot, e.logline) for e in arc.episodes) for arc in arcs}) >= 9


def test_tension_rises_to_the_end_of_the_season():
    tension = [episode.tension for episode in plan_arc(lighthouse(episodes=8), 1).episodes]
    assert tension == sorted(tension)
    assert tension[-1] > tension[0] + 300


def test_an_episode_with_a_screenplay_keeps_its_place_and_gets_no_plot():
    project = lighthouse()
    screenplay = ScreenplaySource(path="two.fountain", licence="CC0-1.0")
    entries = (project.episodes[0], EpisodeEntry(id="s01e02", screenplay=screenplay), project.episodes[2])
    arc = plan_arc(project.model_copy(update={"episodes": entries}), 1)
    assert [episode.episode_id for episode in arc.episodes] == ["s01e01", "s01e02", "s01e03"]
    assert arc.episodes[1].plot == "imported"
    assert all("s01e02" not in (thread.planted_in, thread.pays_off_in) for thread in arc.threads)


def test_titles_and_loglines_that_the_project_gives_are_kept():
    entries = (EpisodeEntry(id="s01e01", title="Low Water", logline="A key comes in with the tide."),)
    arc = plan_arc(lighthouse().model_copy(update={"episodes": entries}), 1)
    assert (arc.episodes[0].title, arc.episodes[0].logline) == ("Low Water", "A key comes in with the tide.")


def test_a_stranger_arrives_only_where_the_cast_has_one():
    chosen = {plan_arc(night_mail(seed), 1).episodes[0].plot for seed in range(1, 30)}
    assert "stranger" in chosen
    assert all(plan_arc(lighthouse(seed), 1).episodes[0].plot != "stranger" for seed in range(1, 30))


def test_a_second_season_is_about_another_secret():
    project = lighthouse()
    entries = tuple(EpisodeEntry(id=f"s{season:02d}e{number:02d}") for season in (1, 2) for number in (1, 2, 3))
    project = project.model_copy(update={"episodes": entries})
    secrets = [
        {whose(t.thread_id) for t in plan_arc(project, season).threads if kind_of(t.thread_id) == "secret"}
        for season in (1, 2)
    ]
    assert len(secrets[0]) == len(secrets[1]) == 1
    assert secrets[0] != secrets[1]


def test_a_season_that_does_not_exist_is_refused_with_a_remedy():
    with pytest.raises(InputError, match="no episode in season 7"):
        plan_arc(lighthouse(), 7)


def test_a_project_with_one_character_is_refused_with_a_remedy():
    project = lighthouse()
    alone = project.model_copy(update={"cast": project.cast[:1], "props": ()})
    with pytest.raises(InputError, match="needs two characters and one place"):
        plan_arc(alone, 1)
