"""By what a text shows that it was written for Python 2, or that it was not."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable

from grader.parsing import TooMuch, parse

NAMES = frozenset({"xrange", "raw_input", "unicode", "basestring", "unichr", "long", "execfile", "izip", "imap"})
METHODS = frozenset({"iteritems", "itervalues", "iterkeys", "has_key"})
MODULES = frozenset({"cPickle", "StringIO", "cStringIO", "urllib2", "Queue", "ConfigParser", "__builtin__", "commands"})
FROM_ITERTOOLS = frozenset({"izip", "imap", "ifilter", "izip_longest"})
# lists then, and nothing that could be gone through from its end now
LISTS = frozenset({"zip", "map", "filter"})

_A_SIGN = re.compile(rf"\b(?:{'|'.join(sorted(NAMES | METHODS | MODULES | FROM_ITERTOOLS | {'reversed'}))})\b")
_CELL_OF_ANOTHER = re.compile(r"\s*%%(?!time|timeit|capture|prun)")
# no part of it can begin where another one may go on: a long line takes time by its length alone
_ONLY_JUPYTER = re.compile(r"^([ \t]*)((?:[%!?]|\w[\w, ]*=[ \t]*[%!]).*|\S+(?<=\?))$", re.MULTILINE)
_KEPT = re.compile(r"pass # <jupyter (\d{1,6})>")
_NEW = re.compile(
    r"""(?<![\w%.'"\\])[fF][rR]?["'][^"'\n]*\{|"""
    r"""\bnonlocal\b|\bsuper\(\)|->|\basync def\b|:=|[\w)\]] @ [\w(]|\bprint\([^\n]*\b(?:end|sep|file)="""
)
_TRUE_DIVISION = re.compile(r"^[ \t]*from __future__ import [^\n]*\bdivision\b", re.MULTILINE)
_NEW_PRINT = re.compile(r"^[ \t]*from __future__ import [^\n]*\bprint_function\b", re.MULTILINE)


def without_jupyter(source: str) -> tuple[str, list[str]]:
    """Return a cell with ``pass`` in the place of what only Jupyter understands, and what stood there.

    A cell of another language is nothing but its lines.
    """
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group(2))
        return f"{match.group(1)}pass # <jupyter {len(kept) - 1}>"

    if _CELL_OF_ANOTHER.match(source):
        return "", []
    return _ONLY_JUPYTER.sub(keep, source), kept


def with_jupyter(source: str, kept: list[str]) -> str:
    """Return a cell with what only Jupyter understands back in its place."""
    # whoever writes such a line himself keeps it
    return _KEPT.sub(lambda match: kept[k] if (k := int(match.group(1))) < len(kept) else match.group(), source)


def shows_any(source: str) -> bool:
    """Tell whether a text is none that this Python can read, speaks Python 2, or turns lists round.

    Hardly any holds a word of these, so words are looked for before the tree is gone through.
    """
    try:
        parse(source)
    except TooMuch:
        # what is too much for a parser is too much for a translator, too
        return False
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    # as Python reads names that are written in other forms of the same letters
    if not _A_SIGN.search(source if source.isascii() else unicodedata.normalize("NFKC", source)):
        return False
    return speaks_python_2(source) or turns_lists_round(source)


def speaks_python_2(source: str) -> bool:
    """Tell whether a text that Python 3 can read uses names that only Python 2 has, and does not make them itself."""
    try:
        nodes = list(ast.walk(parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    own = {each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    own |= {each.name for each in nodes if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    own |= {(each.asname or each.name) for each in nodes if isinstance(each, ast.alias)}
    own |= {each.arg for each in nodes if isinstance(each, ast.arg)}
    # who asks which Python it is, or tries, has thought of both
    guarded = any(isinstance(each, ast.Name) and each.id in ("NameError", "ImportError") for each in nodes)
    return any(_is_of_python_2(each, own, guarded=guarded) for each in nodes)


def _is_of_python_2(node: ast.AST, own: set[str], *, guarded: bool) -> bool:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            return name in NAMES and name not in own
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in METHODS and name not in own
        case ast.Import(names=names):
            return not guarded and any(each.name in MODULES for each in names)
        case ast.ImportFrom(module=module, names=names):
            of_itertools = module == "itertools" and any(each.name in FROM_ITERTOOLS for each in names)
            return not guarded and (of_itertools or module in MODULES)
    return False


def turns_lists_round(source: str) -> bool:
    """Tell whether a text goes through a zip, a map or a filter from its end, which Python 3 refuses."""
    try:
        nodes = list(ast.walk(parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Name)
        and each.func.id == "reversed"
        and each.args
        and isinstance(each.args[0], ast.Call)
        and isinstance(each.args[0].func, ast.Name)
        and each.args[0].func.id in LISTS
        for each in nodes
    )


def is_of_python_3(sources: Iterable[str]) -> bool:
    """Tell whether texts that belong together hold what Python 2 does not have."""
    text = "\n".join(sources)
    found = _NEW.search(text)
    return found is not None and not (found.group().startswith("print") and _NEW_PRINT.search(text))


def divides_truly(sources: Iterable[str]) -> bool:
    """Tell whether texts that belong together ask Python 2 for the division of Python 3."""
    return any(_TRUE_DIVISION.search(source) for source in sources)
