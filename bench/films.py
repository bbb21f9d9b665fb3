"""A minute of 1080p: the time to what plays of it, against ffmpeg alone, with the same settings and priority."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg

from bench import workplace
from functions.films import ffmpeg_calls
from functions.films.cutting import Film
from functions.films.ffmpeg import NICENESS
from functions.films.ffmpeg_calls import Source
from functions.media_types import MP4

SECONDS, ROUNDS = 60, 2


def run() -> list[str]:
    """Lines of the report."""
    folder = workplace.WORK / "films"
    folder.mkdir(parents=True, exist_ok=True)
    source = Source(str(_minute(folder)), MP4)
    facts = Film.open(source, _no_hurry).facts
    out = str(folder / "alone.mp4")
    ours, alone = [], []
    for _ in range(ROUNDS):  # taken in turns, so that a busy moment falls on both
        ours.append(_seconds(lambda: _cut(source, folder / "ours.mp4")))
        alone.append(_seconds(lambda: _ffmpeg(ffmpeg_calls.rendition(source, facts, out))))
    megabytes = (folder / "ours.mp4").stat().st_size / 1e6
    return [
        f"films, a minute of 1080p with sound, best of {ROUNDS}:",
        f"  kinpics       {min(ours):6.1f} s to what plays ({megabytes:.1f} MB)",
        f"  ffmpeg alone  {min(alone):6.1f} s                 -> kinpics takes {min(ours) / min(alone):.2f} times",
        "  both with the pictures to choose those from in which faces are looked for, which are made in the same run",
    ]


def _cut(source: Source, target: Path) -> None:
    """What the films function does until the film plays: what is it, and the rendition."""
    Film.open(source, _no_hurry).make_rendition(target, _no_hurry())


def _minute(folder: Path) -> Path:
    """A film with movement and noise, as from a phone: 1080p, 30 pictures a second, about 8 Mbit/s."""
    file = folder / "minute.mp4"
    if not file.exists():
        moving = f"testsrc2=s=1920x1080:r=30:d={SECONDS},noise=c0s=12:c0f=t"
        sources = ["-f", "lavfi", "-i", moving, "-f", "lavfi", "-i", f"sine=d={SECONDS}"]
        codec = ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "8M", "-pix_fmt", "yuv420p"]
        _ffmpeg([*sources, *codec, str(file)])
    return file


def _ffmpeg(arguments: list[str]) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-nostdin", "-y", *arguments]
    with subprocess.Popen(command) as process:
        # As the films function's, which lets photos go first: on a busy machine they would differ by that alone.
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    assert process.returncode == 0


def _no_hurry() -> float:
    return 3600.0


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
