"""A student's formulas as MathML that can do nothing: known elements and attributes only, bounded, or else as typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element

from markupsafe import Markup, escape

from grader.text import printable

# characters of one formula, elements and depth of what it becomes
SOURCE_LIMIT, ELEMENT_LIMIT, DEPTH_LIMIT = 3000, 6000, 60
# their expansion could go on for ever, or double with every line
_MACRO = re.compile(r"\\(?:def|g?let|edef|gdef|xdef|\w*command|DeclareMathOperator)(?![a-z])")
_ENVIRONMENTS = {
    **dict.fromkeys(("align", "aligned", "eqnarray", "flalign", "split"), "align*"),
    **dict.fromkeys(("equation", "gather", "gathered", "multline"), "matrix"),
}
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([a-zA-Z]+)\*?\}")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|(amp|lt|gt|nbsp));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "nbsp": "\u00a0"}
# signs that multiply or apply without being seen
_UNSEEN = re.compile("[\u2061-\u2064]")
_ROWS = frozenset({"mrow", "mstyle", "mpadded", "mphantom", "mtable", "mtr", "mtd", "msqrt", "menclose"})
_PARTS = {"mfrac": 2, "msub": 2, "msup": 2, "mover": 2, "munder": 2, "mroot": 2, "msubsup": 3, "munderover": 3}
_WORDS = frozenset({"mi", "mn", "mo", "mtext"})
# grow with what stands beside them unless they are told not to; LaTeX lets them grow only after \left and the like
_BARS = frozenset("|‖∥∣")
_YES = re.compile("true|false")
_LENGTH = re.compile(r"-?\d?(?:\.\d{1,3})?em")
_ATTRIBUTES = {
    **dict.fromkeys(("displaystyle", "stretchy", "fence", "largeop", "movablelimits", "accent", "accentunder"), _YES),
    **dict.fromkeys(("width", "minsize", "maxsize"), _LENGTH),
    "scriptlevel": re.compile("[0-3]"),
    "linethickness": re.compile("0"),
    "form": re.compile("prefix|infix|postfix"),
    "mathvariant": re.compile("normal"),
}
_COLUMN = re.compile("left|right|center")
# letters that MathML itself no longer makes bold: where A, a and 0 begin among the mathematical ones
_ALPHABETS = {"bold": (0x1D400, 0x1D41A, 0x1D7CE), "bold-italic": (0x1D468, 0x1D482, 0)}


class _Unfit(Exception):
    pass


def mathml(latex: str, *, display: bool) -> Markup:
    """Return a formula as MathML, by itself or within a line; one that cannot be shown so is shown as it was typed."""
    if len(latex) > SOURCE_LIMIT or _MACRO.search(latex) or not latex.strip():
        return typed(latex)
    try:
        return _converted(latex, display=display)
    except _stumbles():
        return typed(latex)


def typed(latex: str) -> Markup:
    """Return a formula as it was typed."""
    return Markup("<code>{}</code>").format(printable(latex.strip(), newlines=True))


@cache
def _stumbles() -> tuple[type[Exception], ...]:
    """Return what is raised for what is no formula: by the converter on purpose, or because it stumbles."""
    from latex2mathml import exceptions

    own = [each for each in vars(exceptions).values() if isinstance(each, type) and issubclass(each, Exception)]
    stumbled = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, StopIteration, TypeError)
    return (_Unfit, ValueError, *stumbled, *own)


def _converted(latex: str, *, display: bool) -> Markup:
    from latex2mathml.converter import Converter

    # not its text: only the tree tells what is a student's and what is markup
    converter = Converter(display="block" if display else "inline")
    tree = converter.convert_to_element(_ENVIRONMENT.sub(_known_environment, latex))
    count = 0

    def shown(element: Element, depth: int) -> Iterator[str]:
        nonlocal count
        count += 1
        if count > ELEMENT_LIMIT or depth > DEPTH_LIMIT:
            raise _Unfit
        tag = element.tag if element.tag in {*_ROWS, *_PARTS, *_WORDS, "mspace"} else "mrow"
        if len(element) != _PARTS.get(tag, len(element)):
            raise _Unfit
        yield f"<{tag}{_attributes(element, tag)}>"
        if element.text:
            yield str(escape(_text(element, tag)))
        for child in element:
            yield from shown(child, depth + 1)
        yield f"</{tag}>"

    parts = "".join(part for child in tree for part in shown(child, 1))
    kind = ' display="block"' if display else ""
    return Markup(f"<math{kind}>{parts}</math>")  # noqa: S704  every text in it is escaped, tags and attributes are known


def _known_environment(match: re.Match[str]) -> str:
    return f"\\{match[1]}{{{_ENVIRONMENTS[match[2]]}}}" if match[2] in _ENVIRONMENTS else match[0]


def _attributes(element: Element, tag: str) -> str:
    given = {name: str(value) for name, value in element.attrib.items()}
    kept = [f' {name}="{given[name]}"' for name, rule in _ATTRIBUTES.items() if rule.fullmatch(given.get(name, ""))]
    if tag == "mo" and not {"stretchy", "minsize"} & given.keys() and _text(element, tag) in _BARS:
        kept.append(' stretchy="false"')
    if tag == "mtd" and _COLUMN.fullmatch(given.get("columnalign", "")):
        kept.append(f' class="{given["columnalign"]}"')
    return "".join(kept)


def _text(element: Element, tag: str) -> str:
    text = _UNSEEN.sub("", _REFERENCE.sub(_character, element.text or ""))
    if "\\" in text and tag in _WORDS and tag != "mtext":
        # a command that the converter does not know
        raise _Unfit
    return printable("".join(_letter(each, str(element.get("mathvariant"))) for each in text), newlines=True)


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else ord(_NAMED[match[2]])
    return chr(code) if 0x20 <= code < 0x110000 else ""


def _letter(letter: str, variant: str) -> str:
    upper, lower, digit = _ALPHABETS.get(variant, (0, 0, 0))
    for first, begin in (("A", upper), ("a", lower), ("0", digit)):
        place = ord(letter) - ord(first)
        if begin and 0 <= place < (10 if first == "0" else 26):
            return chr(begin + place)
    return letter
