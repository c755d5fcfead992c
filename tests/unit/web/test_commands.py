"""Commands to copy: what they name, and where what they make goes."""

from __future__ import annotations

from dataclasses import replace

from grader.web.commands import commands
from kit.visiting import Visit


def test_commands_name_the_folder_and_what_was_handed_in(visit: Visit) -> None:
    ann = next(each for each in visit.review.book.standings(["ann"]) if each.attempt == 1)
    folder = visit.review.folder
    (again,) = commands(folder, ann)
    assert again[1] == f"mlpgrader regrade {folder / 'ann'}"
    (folder / "hand-ins" / "ann" / "1" / "ann").mkdir(parents=True)
    _, once_more = commands(folder, ann)
    assert once_more[1] == (
        f"mlpgrader grade {folder / 'hand-ins' / 'ann' / '1' / 'ann'} --assignment byomlp --out {folder} --again"
    )
    assert list(commands(folder, replace(ann, folder=""))) == []


def test_a_later_attempt_is_run_once_more_beside_the_run(visit: Visit) -> None:
    ann = next(each for each in visit.review.book.standings(["ann"]) if each.attempt == 2)
    folder = visit.review.folder
    (folder / "hand-ins" / "ann" / "2").mkdir(parents=True)
    handed_in = folder / "hand-ins" / "ann" / "2" / "ann.zip"
    handed_in.touch()
    again, once_more = commands(folder, ann)
    assert again[1] == f"mlpgrader regrade {folder / 'ann+2'}"
    assert once_more[0].endswith("into a folder of its own")
    assert once_more[1] == f"mlpgrader grade {handed_in} --assignment byomlp --out ann+2-again --again"
