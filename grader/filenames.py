"""The files of a run: their names, which nothing that was handed in may take, and by which an earlier run is known."""

from __future__ import annotations

# where a run goes that is given no other folder
OUT = "graded"
# beside the folders of the submissions
SPREADSHEET, SUMMARY = "summary.csv", "summary.json"
JOURNAL, LOCK = "journal.jsonl", "run.lock"
# the gradebook, or where it is if it is elsewhere
GRADEBOOK, GRADEBOOK_PLACE = "gradebook.sqlite", "gradebook.json"
OF_A_RUN = (SPREADSHEET, SUMMARY, JOURNAL, LOCK, GRADEBOOK, GRADEBOOK_PLACE)
# in the run of a class: its rules, its roster, what was handed in, which file of the download is graded as what, a page on it. No
# student's folder is called like one of these
CLASS, ROSTER, HAND_INS, FILES, CLASS_PAGE = "class.toml", "roster.csv", "hand-ins", "files.csv", "class.html"
OF_A_CLASS = (
    CLASS,
    ROSTER,
    HAND_INS,
    FILES,
    CLASS_PAGE,
    f"{GRADEBOOK}-wal",
    f"{GRADEBOOK}-shm",
    f"{GRADEBOOK}-journal",
)
# in the folder of each submission
EVIDENCE = "evidence"
# in that of the evidence: the rubric that it was judged by, where it is not the assignment's own
RUBRIC = "rubric.toml"
# and by what each check was judged
JUDGED = "judged.json"
REPORT, STUDENT_PAGE, STAFF_PAGE = "report.json", "report.html", "staff.html"
GRADESCOPE = "results.json"
# in that folder: notebooks as they were run, for staff; and a folder for each grading of what was handed in before, from 1
EXECUTED = "executed"
# and what was answered where a person decides, made ready to be marked
ANSWERS = "answers"
ATTEMPTS = "attempts"
