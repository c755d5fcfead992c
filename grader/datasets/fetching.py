"""Getting the files of a data set from its mirrors: each in turn, resumed where it stopped, verified, and never half in place."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pooch  # type: ignore[import-untyped]
import requests
import urllib3

from grader.datasets import files
from grader.datasets.dataset import DataSet, Files
from grader.datasets.finding import cache
from grader.errors import AuthorError

SECONDS = (10.0, 30.0)
BLOCK = 1 << 16

Tell = Callable[[str], None]
Progress = Callable[[str, int, int], None]


def fetch(
    data_set: DataSet,
    folder: Path | None = None,
    *,
    mirrors: Sequence[str] = (),
    tell: Tell = lambda line: None,
    progress: Progress = lambda name, done, total: None,
    seconds: tuple[float, float] = SECONDS,
) -> None:
    """Put the files of a data set into `folder`, else into the cache; those that are there already stay as they are.

    They come decompressed from the `mirrors`, else from those that the data set declares. `tell` hears a line for each file
    that is in place, `progress` a file's name, how many bytes of it are here and how many there are (0: unknown). `seconds`
    are to connect and to wait for more. AuthorError: no mirror has it, with the reason of each. What was fetched when this
    stops, however it stops, is what the next call goes on from.
    """
    # it speaks of every download on standard error
    pooch.get_logger().setLevel(logging.ERROR)
    wanted = data_set.files
    order = [mirror.rstrip("/") + "/" for mirror in mirrors or (wanted.mirrors if wanted else ())]
    if wanted is None or not order:
        raise AuthorError(f"data set '{data_set.name}': says no address from which it can be fetched")
    folder = folder or cache(wanted)
    for name in wanted.sha256:
        if (folder / name).is_file() and not files.problem(wanted, name, folder / name):
            tell(f"{name} is there already")
            continue
        reasons: list[str] = []
        for mirror in tuple(order):
            reason = _fetch_from(mirror, wanted, folder / name, partial(progress, name), seconds)
            if not reason:
                tell("; ".join([f"{name} from {mirror}", *reasons]))
                # what has one file has the others
                order.remove(mirror)
                order.insert(0, mirror)
                break
            reasons.append(f"{mirror} {reason}")
        else:
            lines = [f"{name}{wanted.suffix} could not be fetched:", *(f"  {reason}" for reason in reasons)]
            raise AuthorError("\n".join([*lines, _advice(data_set, wanted)]))


def _advice(data_set: DataSet, wanted: Files) -> str:
    named = f" or {wanted.variable}" if wanted.variable else ""
    without = f" Without {wanted.title}, the {data_set.drawn.title} are used." if data_set.drawn else ""
    return (
        "Try again later (what is here already is kept), name another mirror with --from URL, or get the files in some "
        f"other way and\nname their folder with --data DIR{named}.{without}"
    )


def _fetch_from(
    mirror: str, wanted: Files, place: Path, progress: Callable[[int, int], None], wait: tuple[float, float]
) -> str:
    """Fetch one file from one mirror; return why that did not work, or an empty string when the file is in place."""
    url, digest = f"{mirror}{place.name}{wanted.suffix}", wanted.sha256[place.name]
    # copies differ in their gzip headers, so what came from one address is never continued with another's
    part = place.parent / f".{place.name}.{hashlib.sha256(url.encode()).hexdigest()[:8]}.part"
    download = _downloader(part, wanted.most_bytes, progress, wait)
    fresh = _size(part) == 0
    while True:
        before = _size(part)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            # pooch compares the digest of a file beside the place, and only then moves it there
            pooch.retrieve(url, f"sha256:{digest}", fname=place.name, path=place.parent, downloader=download)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            # as long as there is more each time, go on from where it broke off
            if _size(part) > before:
                continue
            return _reason(error)
        except (ValueError, AuthorError):
            part.unlink(missing_ok=True)
            # what was left from an earlier time may be to blame: once more, from the start
            if fresh:
                return "sends another file, or a damaged one"
            fresh = True
        except OSError as error:
            room = f"is there room for the files of {wanted.title}?"
            raise AuthorError(f"{error.filename or place}: {error.strerror}; {room}") from error
        else:
            for done in place.parent.glob(f".{place.name}.*.part"):
                done.unlink(missing_ok=True)
            return ""


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _downloader(
    part: Path, most_bytes: int, progress: Callable[[int, int], None], wait: tuple[float, float]
) -> Callable[[str, str, object], None]:
    """Return what pooch calls to get a file: it resumes `part`, and hands over what is in it, decompressed."""

    def download(url: str, output: str, _: object) -> None:
        _resume(url, part, most_bytes, progress, wait)
        Path(output).write_bytes(files.unpacked(part, most_bytes))

    return download


def _resume(
    url: str, part: Path, most_bytes: int, progress: Callable[[int, int], None], wait: tuple[float, float]
) -> None:
    """Add to `part` what is missing of the file at `url`."""
    have = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(url, headers=headers, stream=True, timeout=wait) as response:
        # a range that starts at the end cannot be satisfied: then all of it is here
        if response.status_code == requests.codes.requested_range_not_satisfiable and have:
            return
        response.raise_for_status()
        start = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        resumed = response.status_code == requests.codes.partial_content and start is not None and int(start[1]) == have
        done = have if resumed else 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdigit() else 0
        with part.open("ab" if resumed else "wb") as file:
            # the bytes as they are sent: a server may call them compressed, and they are not to be unpacked here
            for block in response.raw.stream(BLOCK, decode_content=False):
                file.write(block)
                done += len(block)
                if done > most_bytes:
                    raise ValueError(f"{url} sends more than any of the files holds")
                progress(done, total)


def _reason(error: Exception) -> str:
    """Say in a few words why an address did not give its file."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"answers {response.status_code} {response.reason}".rstrip()
    text = str(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return "cannot be reached: the proxy that this machine is set to use does not help"
    if isinstance(error, requests.exceptions.SSLError):
        return "cannot be trusted: its certificate is not accepted here"
    if isinstance(error, requests.Timeout) or "timed out" in text:
        return "does not answer in time"
    if "NameResolution" in text:
        return "cannot be found: is there a network?"
    if isinstance(error, requests.exceptions.InvalidSchema | requests.exceptions.MissingSchema):
        return "is not an address that starts with http:// or https://"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "cannot be reached"
    return "breaks off"
