"""Runs ffmpeg, the program that imageio-ffmpeg brings along, in processes of its own: a film that makes it crash or
hang harms nothing else."""

import os
import subprocess
from contextlib import suppress

import imageio_ffmpeg
from aws_lambda_powertools import Logger

from functions.errors import KinpicsError
from functions.process.complexity import UnusableImageError

logger = Logger(child=True)
# Photos, searches and pages on the same machine come first.
NICENESS = 10
_MAX_REPORT = 200_000


class UnusableFilmError(UnusableImageError):
    """The file can't be shown as a film."""


class FfmpegError(KinpicsError):
    """ffmpeg failed, by its own words."""


class OutOfTimeError(KinpicsError):
    """ffmpeg would take longer than there is time."""


def run(arguments: list[str], seconds: float, *, level: str = "error") -> bytes:
    """What ffmpeg writes to standard output. Raises ``FfmpegError`` or ``OutOfTimeError``."""
    output, report, code = _run(["-loglevel", level, "-nostdin", "-y", *arguments], seconds)
    if code:
        raise FfmpegError(report[-1000:].decode(errors="replace").strip() or f"it ended with {code}")
    return output


def report_on(arguments: list[str], seconds: float) -> str:
    """What ffmpeg reports about a file. Raises ``OutOfTimeError``."""
    return _run(["-nostdin", *arguments], seconds)[1][:_MAX_REPORT].decode(errors="replace")


def _run(arguments: list[str], seconds: float) -> tuple[bytes, bytes, int]:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    with subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - no shell
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        try:
            output, report = process.communicate(timeout=max(1.0, seconds))
        except subprocess.TimeoutExpired:
            process.kill()
            raise OutOfTimeError(f"ffmpeg was stopped after {seconds:.0f} s") from None
        except BaseException:
            process.kill()
            raise
    return output, report, process.returncode
