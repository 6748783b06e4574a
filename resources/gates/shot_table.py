"""The pandera schema of the shot table that people read, and the judgement of a shot list against it."""

from typing import Any, get_args

from schemas.shots import ShotKind, ShotList, ShotSize

_MAX_SHOT_SECONDS = 60


def shot_table_problems(shot_list: ShotList) -> list[str]:
    """What is wrong with the shot table, one sentence each; empty when it holds."""
    # pandas and pandera take a second to import; only this check needs them.
    import pandas
    from pandera.errors import SchemaErrors

    frame = pandas.DataFrame(
        [
            {
                "shot_id": shot.shot_id,
                "size": shot.framing.size,
                "kind": shot.framing.kind,
                "start_frame": shot.start_frame,
                "duration_frames": shot.duration_frames,
            }
            for shot in shot_list.shots
        ]
    )
    try:
        _shot_schema(shot_list.fps).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        return [f"{row.column}: {row.check} fails for {row.failure_case!r}" for row in cases.itertuples()]
    return []


def _shot_schema(fps: int) -> Any:
    from pandera.pandas import Check, Column, DataFrameSchema

    return DataFrameSchema(
        {
            "shot_id": Column(str, unique=True),
            "size": Column(str, Check.isin(get_args(ShotSize))),
            "kind": Column(str, Check.isin(get_args(ShotKind))),
            "start_frame": Column(
                int, [Check.ge(0), Check(lambda starts: starts.is_monotonic_increasing, name="in story order")]
            ),
            "duration_frames": Column(int, Check.in_range(1, _MAX_SHOT_SECONDS * fps)),
        },
        strict=True,
    )
