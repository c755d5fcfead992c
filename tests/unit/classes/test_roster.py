from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.classes import roster as rosters
from grader.classes.model import HandIn
from grader.classes.reading import read
from grader.classes.roster import Roster, joined
from grader.errors import AuthorError
from grader.model import Person
from kit import made_class
from kit.made_class import MISSING, PACKED, WITH_GROUPS, class_of, download

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework (99)
,,,,,Manual Posting
    Points Possible,,,,,45
"Doe, Jane",4700,900,jane,A and B,
"Żółć, Łukasz",4701,901,lukasz,A,
"Student, Test",4799,,test,A,
"""
MOODLE = """Identifier,Full name,ID number,Email address,Status,Group,Grade,Maximum grade,Last modified (submission)
Participant 12,Jane Doe,900,jane@example.edu,Submitted,Team One,-,45,"Monday, 30 November 2026, 11:59 PM"
Participant 13,Łukasz Żółć,901,l@example.edu,Submitted,Team One,-,45,-
"""
GRADESCOPE = """First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID
Jane,Doe,900,jane@example.edu,A,,45,Ungraded,77
"""
GROUPS = """name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id
Jane Doe,4700,900,jane,A,Team One,3,
Ann Lee,4702,902,ann,A,Team One,3,
"""


def of(text: str | bytes, folder: Path) -> Roster:
    path = folder / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return rosters.read(path)


def hand_in(student: str, *members: Person, name: str = "") -> HandIn:
    return HandIn(student, name or student, 1, None, None, members, ())


def ids(people: Iterable[Person]) -> list[str]:
    return [each.id for each in people]


def test_the_gradebook_of_canvas_is_known_without_points_and_the_test_student(tmp_path: Path) -> None:
    found = of(CANVAS, tmp_path)
    assert (found.kind, ids(found.people)) == ("canvas", ["4700", "4701"])
    assert found.people[0] == Person("4700", "Doe, Jane", "jane", "", "900", "A and B")


def test_the_worksheet_of_moodle_has_participants_groups_and_times(tmp_path: Path) -> None:
    found = of(MOODLE, tmp_path)
    assert (found.kind, ids(found.people), len(found.groups["Team One"])) == ("moodle", ["12", "13"], 2)
    done = joined([hand_in("12", Person(id="12"))], found, zone=UTC)
    assert done.hand_ins[0].handed_in == datetime(2026, 11, 30, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-11-30 23:59:30", "30 November 2026, 11:59 PM", "2026-12-01 00:59 +01:00"])
def test_a_plain_table_may_say_when_each_handed_in(written: str, tmp_path: Path) -> None:
    found = of(f'login,Handed in\njane,"{written}"\nbo,\n', tmp_path)
    done = joined([hand_in("jane", Person(login="jane")), hand_in("bo", Person(login="bo"))], found, zone=UTC)
    assert [each.handed_in and f"{each.handed_in:%d %H:%M}" for each in done.hand_ins] == ["30 23:59", None]


def test_the_grades_of_gradescope_are_known(tmp_path: Path) -> None:
    found = of(GRADESCOPE, tmp_path)
    assert (found.kind, found.people) == ("gradescope", (Person("", "Jane Doe", "", "jane@example.edu", "900", "A"),))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_letters_and_separators_are_found_out(encoding: str, separator: str, tmp_path: Path) -> None:
    text = separator.join(["Name", "Email"]) + "\r\n" + separator.join(['"Müller, ""Zoë"""', "z@example.edu"]) + "\r\n"
    found = of(text.encode(encoding), tmp_path)
    assert [(each.name, each.mail) for each in found.people] == [('Müller, "Zoë"', "z@example.edu")]
    assert bool(found.warnings) == (encoding == "cp1252")


def test_a_name_that_was_dressed_for_spreadsheets_is_undressed(tmp_path: Path) -> None:
    assert of('name,login\n"=""=SUM(A1)""",x\n', tmp_path).people[0].name == "=SUM(A1)"


def test_a_table_of_other_things_is_refused_with_its_columns(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"is no list of people .* its columns are weight, height"):
        of("weight,height\n1,2\n", tmp_path)


@pytest.mark.parametrize("text", ["", "name,id\n", "name\n\n\n"])
def test_a_table_of_nobody_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match=r"roster\.csv"):
        of(text, tmp_path)


@pytest.mark.parametrize("known_by", ["id", "sis", "login", "mail"])
def test_somebody_in_two_sections_is_one_person(known_by: str, tmp_path: Path) -> None:
    found = of(f"{known_by},name,section\n1,Jane,A\n1,Jane,B\n", tmp_path)
    assert [each.section for each in found.people] == ["A and B"]


def test_two_of_one_address_are_two_people(tmp_path: Path) -> None:
    found = of("mail,name,section\ndoe@x,Jane,A\ndoe@x,John,A\n", tmp_path)
    assert [each.name for each in found.people] == ["Jane", "John"]


@pytest.mark.parametrize(
    ("person", "hit"),
    [
        (Person(id="1", mail="b@x.edu", name="Cy"), "1"),
        (Person(mail="B@x.edu", name="Cy"), "2"),
        (Person(name="cy  Lee"), "3"),
        (Person(name="Lee, Cy"), "3"),
        (Person(name="leecy"), "3"),
    ],
)
def test_people_are_joined_by_id_then_mail_then_name(person: Person, hit: str) -> None:
    roster = Roster("plain", (Person(id="1", name="Al"), Person(id="2", mail="b@x.edu"), Person(id="3", name="Cy Lee")))
    assert ids(joined([hand_in("k", person)], roster).hand_ins[0].members) == [hit]


def test_a_number_of_another_kind_is_nobodys_id() -> None:
    roster = Roster("plain", (Person(id="1", login="2", name="Al"), Person(id="2", login="9", name="Bo")))
    assert ids(joined([hand_in("k", Person(id="2"))], roster).hand_ins[0].members) == ["2"]


def test_two_of_one_name_are_asked_about_and_nobody_is_missing() -> None:
    roster = Roster(
        "plain", (Person(id="1", name="Jane Doe"), Person(id="2", name="Jane Doe"), Person(id="3", name="Al"))
    )
    done = joined([hand_in("k", Person(name="Jane Doe"))], roster)
    assert [ids(each.could_be) for each in done.doubles] == [["1", "2"]]
    assert (ids(done.missing), done.hand_ins[0].members) == (["3"], (Person(name="Jane Doe"),))


def test_who_is_nobody_of_the_roster_is_unmatched() -> None:
    done = joined([hand_in("k", Person(name="Eve"))], Roster("plain", (Person(id="1", name="Al"),)))
    assert (done.unmatched, ids(done.missing)) == (("k",), ["1"])


def test_a_group_of_canvas_gets_all_its_members(tmp_path: Path) -> None:
    done = joined([hand_in("4702", Person(id="4702", name="teamone"), name="teamone")], of(GROUPS, tmp_path))
    assert (ids(done.hand_ins[0].members), done.missing) == (["4700", "4702"], ())


def test_a_team_of_moodle_is_no_participant_whose_number_it_has(tmp_path: Path) -> None:
    done = joined([hand_in("13", Person(id="13", name="Team One"), name="Team One")], of(MOODLE, tmp_path))
    assert (ids(done.hand_ins[0].members), done.missing) == (["12", "13"], ())


@pytest.mark.parametrize("layout", PACKED)
def test_the_roster_of_the_class_fits_every_layout(layout: str, tmp_path: Path) -> None:
    seen = read(download(tmp_path, PACKED[layout](class_of(groups=layout in WITH_GROUPS))), required=("mlp.py",))
    done = joined(seen.hand_ins, of(made_class.roster(), tmp_path))
    assert (done.unmatched, done.doubles) == ((), ())
    assert ids(done.missing) == [str(4700 + k) for k in MISSING]


def test_who_has_another_name_in_the_roster_is_told() -> None:
    roster = Roster("canvas", (Person(id="1", name="Doe, Jane"), Person(id="2", name="Roe, Al")))
    done = joined([hand_in("1", Person(id="1", name="x")), hand_in("2", Person(id="2", name="roeal"))], roster)
    assert done.odd == ("1: 'x' in the download, 'Doe, Jane' in the roster",)
    assert ids(done.hand_ins[0].members) == ["1"]


@pytest.mark.parametrize("name", ["vandoejane", "janevandoe", "Jane van Doe", "van Doe, Jane"])
def test_the_order_of_a_name_makes_nobody_another(name: str) -> None:
    roster = Roster("plain", (Person(id="1", name="Jane van Doe"),))
    assert joined([hand_in("1", Person(id="1", name=name))], roster).odd == ()
