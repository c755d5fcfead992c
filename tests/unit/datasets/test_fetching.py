"""Mirrors that serve, break off, send something else and refuse."""

from __future__ import annotations

import gzip
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from grader.datasets import DataSet, fetching
from grader.datasets.digits import idx, mnist
from grader.errors import AuthorError
from kit.digits_samples import FEW, FILES, PACKED, Mirror, lay, serving

FIRST = idx.TRAIN_IMAGES
WRONG = {name: gzip.compress(b"another file", mtime=0) for name in PACKED}
DAMAGED = {name: content[:-20] + bytes(20) for name, content in PACKED.items()}


def fetch(folder: Path, *mirrors: str, **options: object) -> list[str]:
    """Fetch the sample files; return the lines that were told."""
    told: list[str] = []
    fetching.fetch(FEW, folder, mirrors=mirrors, tell=told.append, seconds=(5.0, 5.0), **options)
    return told


def what_is_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def closed_port() -> str:
    """Return an address where nothing answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/mnist/"


def partial_of(mirror: Mirror, folder: Path) -> Path:
    """Return the file that holds what came of the first file so far, made by a mirror that breaks off at once."""
    mirror.breaks_after = 0
    with pytest.raises(AuthorError):
        fetch(folder, mirror.url)
    mirror.breaks_after = None
    mirror.asked.clear()
    return next(folder.glob(f".{FIRST}.*.part"))


@pytest.mark.parametrize("habits", [{}, {"ranges": False}, {"encoding": "gzip"}, {"files": PACKED}])
def test_the_four_files_are_put_in_place_and_nothing_else(habits: dict[str, object], tmp_path: Path) -> None:
    with serving(Mirror(**habits)) as url:
        fetch(tmp_path, url)
    assert what_is_in(tmp_path) == FILES


def test_a_mirror_may_be_named_without_its_last_slash(tmp_path: Path) -> None:
    with serving(Mirror()) as url:
        fetch(tmp_path, url.rstrip("/"))
    assert what_is_in(tmp_path) == FILES


def test_what_is_whole_already_is_not_asked_for(tmp_path: Path) -> None:
    lay(tmp_path)
    with serving(mirror := Mirror()) as url:
        told = fetch(tmp_path, url)
    assert mirror.asked == []
    assert told[0] == f"{FIRST} is there already"


def test_a_damaged_file_in_place_is_fetched_again(tmp_path: Path) -> None:
    lay(tmp_path, {**FILES, FIRST: b"half of it"})
    with serving(mirror := Mirror()) as url:
        fetch(tmp_path, url)
    assert [name for name, _ in mirror.asked] == [f"{FIRST}.gz"]
    assert what_is_in(tmp_path) == FILES


def test_a_connection_that_breaks_off_is_resumed_where_it_broke(tmp_path: Path) -> None:
    with serving(mirror := Mirror(breaks_after=5000)) as url:
        fetch(tmp_path, url)
    assert mirror.asked[:3] == [(f"{FIRST}.gz", ""), (f"{FIRST}.gz", "bytes=5000-"), (f"{FIRST}.gz", "bytes=10000-")]
    assert what_is_in(tmp_path) == FILES


def test_a_mirror_that_never_sends_more_is_given_up(tmp_path: Path) -> None:
    with (
        serving(mirror := Mirror(breaks_after=5000, ranges=False)) as url,
        pytest.raises(AuthorError, match="breaks off"),
    ):
        fetch(tmp_path, url)
    assert len(mirror.asked) == 2


def test_the_next_mirror_is_tried_and_then_asked_first(tmp_path: Path) -> None:
    bad, good = Mirror(status=503), Mirror()
    with serving(bad) as first, serving(good) as second:
        told = fetch(tmp_path, first, second)
    assert len(bad.asked) == 1
    assert told[0] == f"{FIRST} from {second}; {first} answers 503 Service Unavailable"
    assert told[1] == f"{idx.TRAIN_LABELS} from {second}"
    assert what_is_in(tmp_path) == FILES


def test_what_one_mirror_sent_is_not_continued_with_anothers(tmp_path: Path) -> None:
    slow, other = Mirror(breaks_after=5000, ranges=False), Mirror()
    with serving(slow) as first, serving(other) as second:
        fetch(tmp_path, first, second)
    assert (f"{FIRST}.gz", "") in other.asked
    assert what_is_in(tmp_path) == FILES


@pytest.mark.parametrize("files", [WRONG, DAMAGED, FILES | {f"{name}.gz": b"" for name in FILES}])
def test_a_wrong_or_damaged_file_is_never_put_in_place(files: dict[str, bytes], tmp_path: Path) -> None:
    with serving(Mirror(files=files)) as url, pytest.raises(AuthorError):
        fetch(tmp_path, url)
    assert what_is_in(tmp_path) == {}


def test_a_file_that_is_not_the_one_wanted_is_called_so(tmp_path: Path) -> None:
    with serving(Mirror(files=WRONG)) as url, pytest.raises(AuthorError, match=f"{url} sends another file"):
        fetch(tmp_path, url)


def test_a_partial_file_of_an_earlier_run_is_continued(tmp_path: Path) -> None:
    with serving(mirror := Mirror()) as url:
        partial_of(mirror, tmp_path).write_bytes(PACKED[f"{FIRST}.gz"][:700])
        fetch(tmp_path, url)
    assert mirror.asked[0] == (f"{FIRST}.gz", "bytes=700-")
    assert what_is_in(tmp_path) == FILES


def test_a_partial_file_that_holds_all_is_taken_as_it_is(tmp_path: Path) -> None:
    with serving(mirror := Mirror()) as url:
        partial_of(mirror, tmp_path).write_bytes(PACKED[f"{FIRST}.gz"])
        fetch(tmp_path, url)
    assert what_is_in(tmp_path) == FILES


@pytest.mark.parametrize("left", [b"something else", b"x" * 100_000], ids=("shorter", "longer"))
def test_a_partial_file_of_something_else_is_begun_anew(left: bytes, tmp_path: Path) -> None:
    with serving(mirror := Mirror()) as url:
        partial_of(mirror, tmp_path).write_bytes(left)
        fetch(tmp_path, url)
    assert mirror.asked[1] == (f"{FIRST}.gz", "")
    assert what_is_in(tmp_path) == FILES


def test_a_stop_leaves_what_was_fetched_for_the_next_time(tmp_path: Path) -> None:
    def stop(name: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with serving(mirror := Mirror()) as url:
        with pytest.raises(KeyboardInterrupt):
            fetch(tmp_path, url, progress=stop)
        assert [name for name in what_is_in(tmp_path) if not name.endswith(".part")] == []
        fetch(tmp_path, url)
    assert what_is_in(tmp_path) == FILES
    assert mirror.asked[1][1].startswith("bytes=")


def test_progress_ends_at_the_length_of_the_file(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    with serving(Mirror()) as url:
        fetch(tmp_path, url, progress=lambda *step: seen.append(step))
    size = len(PACKED[f"{FIRST}.gz"])
    assert (FIRST, size, size) in seen


def test_without_a_network_every_mirror_is_named_with_its_reason_and_what_to_do(tmp_path: Path) -> None:
    nowhere = closed_port()
    with serving(Mirror(status=404)) as url, pytest.raises(AuthorError) as refusal:
        fetch(tmp_path, nowhere, "http://mirror.invalid/mnist/", url, "ftp://mirror.invalid/")
    lines = str(refusal.value).splitlines()
    assert lines[:2] == [f"{FIRST}.gz could not be fetched:", f"  {nowhere} cannot be reached"]
    assert lines[2].startswith("  http://mirror.invalid/mnist/ cannot be ")
    assert lines[3:5] == [
        f"  {url} answers 404 Not Found",
        "  ftp://mirror.invalid/ is not an address that starts with http:// or https://",
    ]
    assert "--data DIR" in lines[-1]


def test_a_mirror_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(AuthorError, match="does not answer in time"):
            fetching.fetch(FEW, tmp_path, mirrors=[url], seconds=(0.2, 0.2))


def test_a_server_without_an_end_is_given_up(tmp_path: Path) -> None:
    small = replace(FEW, files=replace(FEW.files, most_bytes=1000))
    with serving(Mirror()) as url, pytest.raises(AuthorError, match="sends another file"):
        fetching.fetch(small, tmp_path, mirrors=[url])
    assert what_is_in(tmp_path) == {}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with serving(Mirror()) as url, pytest.raises(AuthorError, match="file"):
        fetch(tmp_path / "file" / "mnist", url)


def test_every_mirror_that_comes_with_the_grader_is_a_folder() -> None:
    assert len(mnist.MIRRORS) >= 3
    assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in mnist.MIRRORS)


@pytest.mark.parametrize("unreachable", [replace(FEW, files=None), replace(FEW, files=replace(FEW.files, mirrors=()))])
def test_what_says_no_address_cannot_be_fetched(tmp_path: Path, unreachable: DataSet) -> None:
    with pytest.raises(AuthorError, match="data set 'digits': says no address"):
        fetching.fetch(unreachable, tmp_path)


def test_without_a_folder_it_is_the_cache_that_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLPGRADER_CACHE", str(tmp_path))
    with serving(Mirror()) as url:
        fetching.fetch(FEW, mirrors=[url])
    assert what_is_in(tmp_path / "mnist") == FILES
