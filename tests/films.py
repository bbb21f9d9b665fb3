"""Films for tests, made by ffmpeg itself: nothing is kept in the repository."""

import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

# What tells where it was taken, as phones write it.
PLACE = "+48.1372+011.5756/"


def make_film(
    file: Path,
    *arguments: str,
    source: str = "testsrc2=s=320x240:r=25:d=2",
    sound: bool = True,
    first: Sequence[str] = (),
) -> Path:
    """A film of one of ffmpeg's own sources, with ``arguments`` to its encoders. Returns ``file``."""
    sounds = ("-f", "lavfi", "-i", "sine=f=440", "-shortest") if sound else ()
    codec = () if "-c:v" in arguments or file.suffix == ".webm" else ("-c:v", "libx264", "-preset", "ultrafast")
    run(*first, "-f", "lavfi", "-i", source, *sounds, *codec, *arguments, str(file))
    return file


def colours(*colours: str, seconds: float = 1.0, size: str = "320x240") -> str:
    """A source that shows one colour after another: for `support.ColorEngine`, each is a person."""
    parts = "".join(f"color=c={colour}:s={size}:r=25:d={seconds}[c{number}];" for number, colour in enumerate(colours))
    inputs = "".join(f"[c{number}]" for number in range(len(colours)))
    return f"{parts}{inputs}concat=n={len(colours)}"


def run(*arguments: str) -> bytes:
    """What ffmpeg writes to standard output."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-loglevel", "error", "-nostdin", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=100).stdout


def apple_note(identifier: str, place: int = 32) -> bytes:
    """The note of an iPhone's photo, with one entry: the identifier of its film, which lies at ``place``."""
    text = identifier.encode() + b"\0"
    entry = struct.pack(">HHII", 0x0011, 2, len(text), place)
    return b"Apple iOS\0\0\1MM" + struct.pack(">H", 1) + entry + b"\0" * 4 + text
