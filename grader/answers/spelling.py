"""Words that are one word with a slip of the pen: a letter too many, too few, wrong, or two that changed places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

# shorter words that differ in a letter are other words; so are those that differ in their first one, such as a prefix
SHORTEST, LONGEST = 5, 30


def spelt(words: Mapping[str, int]) -> dict[str, str]:
    """Return for each word the one that it is taken for, given how often each occurs; a word without slips is itself.

    A word is taken for the commonest one (of equals the first by the alphabet) that differs in one letter and is itself taken for
    no other. Only words of letters are, of five at least, with the same first letter.
    """
    meant: dict[str, str] = {}
    known: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=lambda word: (-words[word], word)):
        if not (SHORTEST <= len(word) <= LONGEST and word.isalpha()):
            meant[word] = word
            continue
        traces = {word, *_shortened(word)}
        near = [each for trace in traces for each in known.get(trace, ()) if is_slip(word, each)]
        meant[word] = min(near, key=lambda each: (-words[each], each), default=word)
        if meant[word] == word:
            for trace in traces:
                known[trace].append(word)
    return meant


def is_slip(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter that is too many or wrong, or by two neighbours that changed places."""
    if one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    same = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[same:], other[same:]
    if len(left) != len(right):
        longer, shorter = (left, right) if len(left) > len(right) else (right, left)
        return longer[1:] == shorter
    return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])


def _shortened(word: str) -> Iterator[str]:
    """Yield the word with each letter but the first left out: two words that differ by a slip have one of these in common."""
    return (word[:k] + word[k + 1 :] for k in range(1, len(word)))
