"""The MoviePy side of the benchmark: ``moviepy_peer OUT PICTURE…``; runs in the peers' environment."""

import sys

from moviepy import ImageClip, concatenate_videoclips
from moviepy.video.fx import Resize

SECONDS, FPS = 15, 24


def main() -> None:
    clips = []
    for picture in sys.argv[2:]:
        clip = ImageClip(picture, duration=SECONDS)
        zoomed = clip.with_effects([Resize(lambda t: 1 + 0.06 * t / SECONDS)])
        clips.append(zoomed.cropped(x_center=640, y_center=360, width=1280, height=720))
    film = concatenate_videoclips(clips)
    film.write_videofile(sys.argv[1], fps=FPS, codec="libx264", preset="ultrafast", audio=False, threads=2, logger=None)


if __name__ == "__main__":
    main()
