from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.answers import Answer, Group, Kind, groups
from grader.answers.words import normal


def wrote(text: str = "", *, exact: str = "", pictures: tuple[str, ...] = (), is_unseen: bool = False) -> Answer:
    return Answer(text, normal=normal(text), exact=exact, pictures=pictures, is_unseen=is_unseen)


def grouped(*answers: Answer) -> list[tuple[Kind, tuple[str, ...]]]:
    """Return the groups of answers that are called a, b, c, ..."""
    return [(each.kind, each.members) for each in groups(zip("abcdefgh", answers, strict=False))]


def test_empty_answers_are_first_then_equal_then_near_then_pictures_then_single_ones() -> None:
    plot = wrote(exact="1", pictures=("1.png",))
    said = groups(
        zip("abcdefghi", [wrote("alone here"), plot, plot, wrote("it is so"), wrote("so it is"), wrote("Yes."), wrote("yes"),
                          wrote(), wrote("...")], strict=True)
    )  # fmt: skip
    assert [each.kind for each in said] == list(Kind)
    assert [each.members for each in said] == [("h", "i"), ("f", "g"), ("d", "e"), ("b", "c"), ("a",)]


def test_the_largest_group_of_a_kind_is_first() -> None:
    assert grouped(*map(wrote, ["no", "no", "yes", "yes", "yes"])) == [
        (Kind.EQUAL, ("c", "d", "e")),
        (Kind.EQUAL, ("a", "b")),
    ]


def test_one_empty_answer_is_an_empty_group() -> None:
    assert grouped(wrote()) == [(Kind.EMPTY, ("a",))]


def test_near_answers_show_all_their_wordings_the_commonest_first() -> None:
    texts = ["ELU beats ReLU, clearly", "ReLU beats ELU clearly", "ReLU beats ELU clearly!", "ReLU beats ELU claerly"]
    (group,) = groups(zip("abcd", map(wrote, texts), strict=True))
    assert (group.kind, group.variants, group.shown) == (Kind.NEAR, (("b", "c"), ("a",), ("d",)), "b")


def test_mathematics_in_another_order_is_another_answer() -> None:
    assert [kind for kind, _ in grouped(wrote("3 layers, 4 units"), wrote("4 layers, 3 units"))] == [Kind.SINGLE] * 2


def test_the_same_words_with_other_pictures_are_another_answer() -> None:
    one, other = (wrote("my plot", exact=each, pictures=(each,)) for each in ("1", "2"))
    assert grouped(one, other, one) == [(Kind.EQUAL, ("a", "c")), (Kind.SINGLE, ("b",))]


def test_equal_code_without_words_is_equal() -> None:
    assert grouped(wrote(exact="code"), wrote(exact="code")) == [(Kind.EQUAL, ("a", "b"))]


def test_what_refers_to_a_picture_that_is_not_here_is_like_nothing_else() -> None:
    photo = wrote("![](attachment:image.png)", is_unseen=True)
    assert grouped(photo, photo, wrote()) == [(Kind.EMPTY, ("c",)), (Kind.SINGLE, ("a",)), (Kind.SINGLE, ("b",))]


def test_a_group_has_the_same_key_whoever_is_in_it() -> None:
    first, second = (groups([(name, wrote("the same words")), ("z", wrote("The same words."))]) for name in "ab")
    assert first[0].key == second[0].key
    assert first[0].key != groups([("a", wrote("other words")), ("b", wrote("other words"))])[0].key


TEXTS = st.one_of(
    st.lists(st.sampled_from(["relu", "faster", "fastre", "is", "not", "$x$", "-2", "?"]), max_size=4).map(" ".join),
    st.text(max_size=8),
)
ANSWERS = st.builds(wrote, TEXTS, exact=st.sampled_from(["", "", "p"]), is_unseen=st.sampled_from([False, False, True]))
CLASSES = st.dictionaries(st.text("abc", min_size=1, max_size=3), ANSWERS, max_size=12).map(
    lambda each: list(each.items())
)


@given(CLASSES)
def test_every_answer_is_in_exactly_one_group(entries: list[tuple[str, Answer]]) -> None:
    found = groups(entries)
    assert sorted(name for each in found for name in each.members) == sorted(name for name, _ in entries)
    assert all(sorted(name for names in each.variants for name in names) == list(each.members) for each in found)


@given(CLASSES, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_makes_no_difference(entries: list[tuple[str, Answer]], chance: object) -> None:
    other = list(entries)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert groups(entries) == groups(other)


def of(found: tuple[Group, ...], name: str) -> Group:
    return next(each for each in found if name in each.members)


@given(CLASSES)
def test_what_is_equal_is_together_and_of_one_wording(entries: list[tuple[str, Answer]]) -> None:
    found = groups(entries)
    seen = {name: (each.normal, each.exact) for name, each in entries if not each.is_unseen}
    for group in found:
        for names in group.variants:
            alike = [name for name in seen if names[0] in seen and seen[name] == seen[names[0]]]
            assert sorted(names) == sorted(alike or names)


@given(CLASSES)
def test_only_near_answers_have_several_wordings_and_only_groups_several_members(
    entries: list[tuple[str, Answer]],
) -> None:
    for group in groups(entries):
        assert (len(group.variants) > 1) == (group.kind is Kind.NEAR)
        assert (len(group.members) > 1) or group.kind in (Kind.SINGLE, Kind.EMPTY)
