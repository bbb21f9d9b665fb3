"""The galleries a user would pick instead, each as it publishes a folder of photos; kept until its pins change."""

import contextlib
import gzip
import hashlib
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench import workplace
from bench.thumbnails import build_config

_COMPRESSED = (".html", ".css", ".js", ".json", ".svg")
# Everything that decides how a peer's site looks.
_PINS = (Path(__file__), workplace.ROOT / "bench" / "requirements.txt", workplace.ROOT / "bench" / "package-lock.json")


class MissingPeerError(Exception):
    """A peer can't run here; the message says what to install."""


def build_sigal(photos: Path, out: Path) -> str:
    """Build sigal's photoswipe theme; returns the path of the album's page.

    The photos are an album below the top one: at the top, the theme's script asks for modules at addresses no browser
    takes.
    """
    config = build_config(out / "settings", theme="photoswipe")
    album = _linked(photos, out / "source" / "large")
    command = [workplace.sigal(), "build", "--config", config, album.parent, out / "site"]
    subprocess.run(command, check=True, capture_output=True)
    return "/large/"


def build_thumbsup(photos: Path, out: Path) -> str:
    """Build thumbsup with its defaults; returns the path of the album's page. Raises ``MissingPeerError``."""
    command = workplace.node_command("thumbsup")
    if not command.exists():
        raise MissingPeerError("its package better-sqlite3 could not be built: install a C++ compiler")
    missing = [
        f"{program} (Debian: apt install {package})"
        for program, package in (("gm", "graphicsmagick"), ("exiftool", "libimage-exiftool-perl"))
        if not shutil.which(program)
    ]
    if missing:
        raise MissingPeerError(f"install {' and '.join(missing)}")
    album = _linked(photos, out / "source" / "large")
    arguments = ["--input", album.parent, "--output", out / "site", "--usage-stats", "false"]
    subprocess.run([command, *arguments], check=True, capture_output=True, cwd=out)
    return "/large.html"


PEERS: dict[str, Callable[[Path, Path], str]] = {"sigal": build_sigal, "thumbsup": build_thumbsup}


@contextlib.contextmanager
def site(name: str, photos: Path) -> Iterator[str]:
    """A peer's site of these photos, served on this machine; the address of the album's page.

    Raises ``MissingPeerError``.
    """
    digest = hashlib.sha256(str(photos).encode())
    for pin in _PINS:
        digest.update(pin.read_bytes())
    out = workplace.WORK / f"{name}-{digest.hexdigest()[:12]}"
    page = out / "page"
    if not page.exists():
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        page.write_text(PEERS[name](photos, out))
    with _Server(("127.0.0.1", 0), partial(_Handler, directory=str(out / "site"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}{page.read_text()}"
        finally:
            server.shutdown()


def _linked(photos: Path, album: Path) -> Path:
    album.mkdir(parents=True)
    for photo in photos.iterdir():
        os.link(photo, album / photo.name)
    return album


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *arguments: object) -> None:
        """Say nothing: browsers leave in the middle of an answer."""


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Compresses text, as ours is."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in _COMPRESSED or not path.is_file():
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("content-type", self.guess_type(str(path)))
        self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""
