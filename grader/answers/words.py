"""The words of an answer without what does not matter when two are compared: case, spaces, punctuation, forms of letters.

Mathematics is kept to the letter: whoever writes $-x$ has not written $x$. Where it cannot be told whether a sign is mathematics,
it is kept, so that two answers rather stay apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

# begins every token of mathematics, and no other
MATHEMATICS = "$"
_FORMULA = re.compile(
    r"\$\$(.+?)\$\$|\$([^$\n]+)\$|\\\[(.+?)\\\]|\\\((.+?)\\\)|(\\begin\{(\w+\*?)\}.+?\\end\{\6\})|`([^`\n]+)`",
    re.DOTALL,
)
_COMMAND = re.compile(r"(\\[a-zA-Z]+)\s+(?=[a-zA-Z])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_ENDS = ".,;:!?\"'…“”„‘’‚«»‹›。，；：！？、،؛؟।"
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3}|~~)(.+)\1")
# of several words, in which nothing else is emphasised
_EMPHASISED = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^*_]*[^\s*_])\1(?![\w*_])")
_OPEN_EMPHASIS = re.compile(r"^(?:\*\*\*?|__|~~)|(?:\*\*\*?|__|~~)$")
_HYPHEN = re.compile(r"(?<=[^\W\d_]{2})-(?=[^\W\d_]{2})")
# signs that are written inside of chunks of mathematics alone; a hyphen between two words is taken out before
_SIGNS = frozenset("^_*/\\=<>|-+%!&#@{}~()[]")
# what begins with punctuation and is mathematics all the same, and what ends with it: f' and n!
_BEGINS, _PRIMED = re.compile(r"!=|[.,]\d"), re.compile(r"[^\W\d_]\d*['’′!]+")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2013\u2212\ufe63\uff0d", "-"))
_ARTICLE_OR_PRONOUN = frozenset("aAiI")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´")
_BULLET = re.compile(r"^[ \t]*(?:[-*+•#>]+[ \t]+)+", re.MULTILINE)


def normal(text: str) -> str:
    """Return what of `text` counts in a comparison: tokens with one space between them.

    >>> normal("The *second* network, I think, is BETTER!") == normal("the second network I think is better")
    True
    >>> normal("the slope is -2") == normal("the slope is 2")
    False
    """
    return " ".join(_tokens(_BULLET.sub("", _without_format(text).translate(_DASHES))))


def _without_format(text: str) -> str:
    """Return a text without characters that are never seen."""
    return text if text.isascii() else "".join(each for each in text if unicodedata.category(each) != "Cf")


def _tokens(text: str) -> Iterator[str]:
    at = 0
    for match in _FORMULA.finditer(text):
        yield from _plain(text[at : match.start()])
        yield _formula(next(part for part in match.group(1, 2, 3, 4, 5, 7) if part))
        at = match.end()
    yield from _plain(text[at:])


def _formula(latex: str) -> str:
    """Return a formula as one token: spaces say nothing in it, but where they end a command."""
    return MATHEMATICS + "".join(_COMMAND.sub(r"\1{}", unicodedata.normalize("NFC", latex)).split())


def _plain(text: str) -> Iterator[str]:
    chunks = _EMPHASISED.sub(r"\2", text).split()
    for place, typed in enumerate(chunks):
        if len(typed) > 1 and typed.isalpha() and typed.isascii():
            # as most are: there is nothing to look for in it
            yield typed.lower()
        elif chunk := _bare(typed):
            yield from _read(chunk, beside=chunks[max(place - 1, 0) : place + 2])


def _read(chunk: str, *, beside: Sequence[str]) -> Iterator[str]:
    if _is_punctuation(chunk):
        if any(_counts(_bare(each)) for each in beside):
            yield MATHEMATICS + chunk
    elif _is_mathematics(chunk):
        yield MATHEMATICS + unicodedata.normalize("NFC", chunk)
    else:
        yield from _words(chunk)


def _bare(chunk: str) -> str:
    """Return what stands between two spaces without the punctuation and the emphasis around it."""
    bare = _stripped(chunk)
    match = _EMPHASIS.fullmatch(bare)
    return _unbracketed(_stripped(match[2] if match else _OPEN_EMPHASIS.sub("", bare)))


def _stripped(chunk: str) -> str:
    """Return a chunk without the punctuation at its ends, but for that which is mathematics."""
    first, last = 0, len(chunk)
    while first < last and chunk[first] in _ENDS and not _BEGINS.match(chunk, first):
        first += 1
    while last > first and chunk[last - 1] in _ENDS and not _PRIMED.fullmatch(chunk, first, last):
        last -= 1
    return chunk[first:last]


def _unbracketed(chunk: str) -> str:
    """Return a chunk without brackets that begin before it or end behind it, or that are all around it."""
    for first, last in ("()", "[]", "（）"):
        if chunk.count(first) != chunk.count(last) or (chunk.startswith(first) and chunk.find(last) == len(chunk) - 1):
            chunk = _stripped(chunk.removeprefix(first).removesuffix(last))
    return chunk


def _is_punctuation(chunk: str) -> bool:
    return all(unicodedata.category(each)[0] in "PZ" for each in chunk)


def _counts(chunk: str) -> bool:
    """Tell whether something between spaces is a name or a number, so that a dash beside it is a minus."""
    return (len(chunk) == 1 and chunk.isalnum()) or bool(_NUMBER.fullmatch(chunk))


def _is_mathematics(chunk: str) -> bool:
    if _NUMBER.fullmatch(chunk) or _PRIMED.fullmatch(chunk) or _BEGINS.match(chunk):
        return True
    bare = _HYPHEN.sub("", chunk)
    if not _SIGNS.isdisjoint(bare):
        return True
    return not bare.isascii() and any(unicodedata.category(each) in ("Sm", "No", "Sk", "Sc") for each in bare)


def _words(chunk: str) -> Iterator[str]:
    if len(chunk) == 1 and chunk not in _ARTICLE_OR_PRONOUN:
        # a letter by itself is a name, and W is not w
        yield unicodedata.normalize("NFKC", chunk)
        return
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", chunk).casefold()).translate(_APOSTROPHES)
    if folded.isalnum():
        yield folded
    else:
        yield from "".join(each if unicodedata.category(each)[0] not in "PZC" else " " for each in folded).split()
