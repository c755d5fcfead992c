"""Which libraries a submission imports that the assignment does not allow: read from the source, nothing is run."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping

from grader.notebooks import reading
from grader.notebooks.naming import SUFFIX
from grader.parsing import parse

# what Jupyter itself brings along, or Colab
JUPYTER = frozenset({"IPython", "ipykernel", "ipympl", "ipywidgets", "google", "matplotlib_inline", "traitlets"})
BARS = frozenset({"alive_progress", "fastprogress", "progressbar", "tqdm"})
# the standard library of other years
OLD = frozenset(
    {
        *(
            "ConfigParser",
            "Queue",
            "StringIO",
            "Tkinter",
            "__builtin__",
            "asynchat",
            "asyncore",
            "cPickle",
            "cStringIO",
            "cgi",
        ),
        *(
            "commands",
            "crypt",
            "distutils",
            "imp",
            "lib2to3",
            "pipes",
            "sets",
            "telnetlib",
            "urllib2",
            "urlparse",
            "xdrlib",
        ),
    }
)


def forbidden_imports(texts: Iterable[tuple[str, str]], paths: Iterable[str], *, allowed: Collection[str]) -> list[str]:
    """Return what is imported though it may not be, as ``torch (code cell 3 of Classification.ipynb)``.

    `texts` are (where, source) of every code cell and module, `paths` the files that were handed in: a module among them
    may be imported, as may what is `allowed`, the standard library, progress bars, and what Jupyter or Colab bring along.
    """
    own = {path.split("/")[0].removesuffix(".py") for path in paths}
    own |= {path.rpartition("/")[2].removesuffix(".py") for path in paths if path.endswith(".py")}
    fine = {*allowed, *own, *JUPYTER, *BARS, *OLD, *sys.stdlib_module_names}
    found: dict[str, str] = {}
    for where, source in texts:
        for name in imported(source):
            if name not in fine:
                found.setdefault(name, where)
    return [f"{name} ({where})" for name, where in found.items()]


def imported(source: str) -> Iterator[str]:
    """Yield the top-level names of all modules that a source text imports, also when it is no valid Python."""
    try:
        tree = parse(without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # a cell that does not compile imports nothing when it runs, yet shows what its author meant to use
        yield from re.findall(r"^[ \t]*(?:import|from)[ \t]+(\w+)", source, re.MULTILINE)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Call):
            yield from _dynamic(node)


def _dynamic(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name in ("__import__", "import_module") and call.args and isinstance(call.args[0], ast.Constant):
        yield str(call.args[0].value).split(".")[0]


def without_magics(source: str) -> str:
    """Return the source with the lines that only Jupyter understands (``%magic``, ``!command``) made comments.

    A cell of another language (``%%bash``) becomes nothing.
    """
    if re.match(r"\s*%%(?!time|capture|prun)", source):
        return ""
    return re.sub(r"^([ \t]*)[%!?].*$", r"\1pass", source, flags=re.MULTILINE)


def sources_of(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return (path, source) of every Python file that was handed in."""
    return [(path, raw.decode(errors="replace")) for path, raw in files.items() if path.endswith(".py")]


def all_sources_of(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return (where, source) of every Python file and of every code cell of every notebook that was handed in."""
    texts = sources_of(files)
    for path in sorted(name for name in files if name.casefold().endswith(SUFFIX)):
        code = [cell.source for cell in reading.read(files[path]).cells if cell.runs]
        texts += [(f"code cell {number} of {path}", source) for number, source in enumerate(code, start=1)]
    return texts
