"""A shot list as a table for people: one row a shot."""

from __future__ import annotations

from typing import Any

from schemas.shots import ShotList


def shot_rows(shot_list: ShotList) -> list[dict[str, Any]]:
    """Rows with shot, scene, size, kind, movement, seconds, frames, who, line and shows, in timeline order.

    ``line`` holds the words spoken, ``shows`` the words to be read or the action; seconds are for reading only.
    """
    titles = {scene.scene_id: scene.title for scene in shot_list.scenes}
    names = {member.character_id: member.name for member in shot_list.characters}
    spoken = {line.line_id: line for line in shot_list.lines}
    return [
        {
            "shot": shot.shot_id,
            "scene": titles[shot.scene_id],
            "size": shot.framing.size,
            "kind": shot.framing.kind,
            "movement": shot.movement.kind,
            "seconds": round(shot.duration_frames / shot_list.fps, 2),
            "frames": shot.duration_frames,
            "who": ", ".join(names.get(figure.character_id, figure.character_id) for figure in shot.figures),
            "line": " / ".join(f"{spoken[n].speaker_name}: {spoken[n].text}" for n in shot.audio.line_ids),
            "shows": shot.screen_text or " ".join(shot.action_beats),
        }
        for shot in shot_list.shots
    ]
