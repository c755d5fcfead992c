"""A few digits for tests: four IDX files in MNIST's names with digests of their own, and the server of a mirror."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from grader.datasets import DataSet
from grader.datasets.content import digest
from grader.datasets.digits import DIGITS, DRAWN, Digits, drawing, idx, kept, mnist
from grader.model import Data

SIZES = ((60_000, 784), (60_000,), (10_000, 784), (10_000,))


def few(train: int = 60, test: int = 40) -> Digits:
    """Return a few drawn digits."""
    rng = np.random.default_rng(0)
    return Digits("drawn", *drawing.draw(train, rng), *drawing.draw(test, rng))


def blank() -> kept.Drawn:
    """Return a data set of the right shapes in no time."""
    first, second, third, fourth = (np.full(size, k, np.uint8) for k, size in enumerate(SIZES))
    return first, second, third, fourth


def as_data(digits: Digits) -> dict[str, Data]:
    """Return digits as a setting has them."""
    return {DIGITS.name: Data(DIGITS.name, digits.name, "a few digits", digest(digits, "digits"), digits)}


FILES: Mapping[str, bytes] = idx.files(few(), 60, 40, np.random.default_rng(0))
DIGESTS: Mapping[str, str] = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
FEW = DataSet("digits", replace(mnist.FILES, sha256=DIGESTS), DRAWN)
PACKED: Mapping[str, bytes] = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in FILES.items()}


def lay(folder: Path, files: Mapping[str, bytes] = FILES) -> Path:
    """Write files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@dataclass
class Mirror:
    """What a server does: which files it has, and its habits.

    `breaks_after` is how many bytes an answer has at most before the connection is closed; `status` answers with that and
    nothing else; `asked` are the requests so far, (name, range asked for).
    """

    files: Mapping[str, bytes] = field(default_factory=lambda: dict(PACKED))
    ranges: bool = True
    breaks_after: int | None = None
    status: int = 200
    encoding: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(mirror: Mirror) -> Iterator[str]:
    """Serve what `mirror` says on this machine, and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, wanted = self.path.rsplit("/", 1)[-1], self.headers.get("Range", "")
            mirror.asked.append((name, wanted))
            content = mirror.files.get(name)
            if mirror.status != 200 or content is None:
                self.send_error(mirror.status if mirror.status != 200 else 404)
                return
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and mirror.ranges else 0
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            if mirror.encoding:
                self.send_header("Content-Encoding", mirror.encoding)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = len(content) if mirror.breaks_after is None else start + mirror.breaks_after
            self.wfile.write(content[start:end])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        mirror.url = f"http://127.0.0.1:{server.server_address[1]}/mnist/"
        yield mirror.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
