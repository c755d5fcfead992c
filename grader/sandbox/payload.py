"""What is sent into a fresh sandbox in one message: the worker's source, our modules, the submission's files."""

from __future__ import annotations

import functools
import importlib.util
import json
import marshal  # noqa: TID251 - our own code is written, and nothing is read
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.model import Limits

PACKAGE = Path(__file__).parent.parent
# runs notebooks; needs ipykernel inside
KERNEL = "grader.worker.notebook"
# What the interpreter inside is started with. It reads the message from fd 0 to its last byte and no further, and
# imports the worker from memory, so that nothing of ours lies in a file that student code could change.
BOOT = """
import importlib, importlib.abc, importlib.util, json, marshal, os, struct, sys

def leave():
    try:
        os.rmdir(os.getcwd())
    except OSError:
        pass

def take(size):
    parts = []
    while size:
        part = os.read(0, min(size, 1048576))
        if not part:
            leave()
            raise SystemExit("the message ended early")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)

class Ours(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    def __init__(self, sources, compiled):
        self.sources, self.compiled = sources, compiled
    def find_spec(self, name, path=None, target=None):
        if not self.sources and name.partition(".")[0] == "grader":
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
        stem = name.replace(".", "/")
        for origin in (stem + "/__init__.py", stem + ".py"):
            if origin in self.sources:
                return importlib.util.spec_from_loader(name, self, origin=origin, is_package=self.is_package(name))
    def is_package(self, name):
        return name.replace(".", "/") + "/__init__.py" in self.sources
    def get_source(self, name):
        return None
    def get_code(self, name):
        origin = self.find_spec(name).origin
        if self.compiled:
            return marshal.loads(self.sources[origin])
        return compile(self.sources[origin], "<" + origin + ">", "exec", dont_inherit=True)

def start():
    size, = struct.unpack("!Q", take(8))
    index = json.loads(take(size))
    groups = {}
    for group, name, length in index["files"]:
        groups.setdefault(group, {})[name] = take(length)
    if index["compiled"] not in ("", importlib.util.MAGIC_NUMBER.hex()):
        raise SystemExit("the interpreter is another one than the grader's")
    finder = Ours(groups["ours"], index["compiled"])
    sys.meta_path.insert(0, finder)
    import grader.worker.main as worker
    plugins = [importlib.import_module(name) for name in index["plugins"]]
    # from here on there is no grader to import, not even one that is installed beside the interpreter
    finder.sources = {}
    sys.argv[:] = [""]
    return worker.main, (index["settings"], groups.get("inside", {}), groups.get("submission", {}), plugins)

# nothing of what was read stays in a frame below the worker's
main, given = start()
main(*given)
"""


@dataclass(frozen=True)
class Inside:
    """What of ours student code meets inside.

    `modules` are our own, by file name; `preload` names the provided modules of the submission folder, imported in
    this order before them, and `import_on_demand` those whose libraries are imported only when somebody asks for them;
    `tapped` are the functions in either (``layers.relu``) whose calls can be watched and
    answered. `ours` are further files of ours, by path (``grader/functions.py``), that only our own code can import,
    and `plugins` names the modules among them that carry out operations besides the worker's. With `kernel` the
    worker can run notebooks, for which it takes a second longer to start; then `notebook_plugins` and `notebook_ours` are
    there as well, and `beside` names the module of ours that answers calls of student code from a process outside.

    >>> from mlpgrader.authoring import Inside
    >>> Inside(modules={"tools.py": b"def twice(x): return 2 * x"}).kernel
    False
    """

    modules: Mapping[str, bytes] = field(default_factory=dict)
    preload: tuple[str, ...] = ()
    tapped: tuple[str, ...] = ()
    ours: Mapping[str, bytes] = field(default_factory=dict)
    plugins: tuple[str, ...] = ()
    import_on_demand: tuple[str, ...] = ()
    notebook_plugins: tuple[str, ...] = ()
    notebook_ours: Mapping[str, bytes] = field(default_factory=dict)
    beside: str = ""
    kernel: bool = False


def payload(
    inside: Inside,
    files: Mapping[str, bytes],
    limits: Limits,
    *,
    folder: str,
    fork: bool = True,
    as_code: bool = False,
) -> bytes:
    """Return the message that `BOOT` reads; the worker may write to `folder`, and forks for each session if it can.

    With `as_code`, our own files are sent as this interpreter has compiled them, for a worker that is run by the same one.
    """
    settings = {
        "root": folder,
        "fork": fork,
        "preload": inside.preload,
        "import_on_demand": inside.import_on_demand,
        "tapped": inside.tapped,
        "memory_mb": limits.memory_mb,
        "files_mb": limits.files_mb,
        "answer_mb": limits.answer_mb,
    }
    ours = compiled(inside) if as_code else sources(inside)
    plugins = [*([KERNEL] if inside.kernel else []), *inside.plugins, *inside.notebook_plugins]
    groups = {"ours": ours, "inside": inside.modules, "submission": files}
    listed = [(group, name, data) for group, members in groups.items() for name, data in members.items()]
    index = {
        "settings": settings,
        "compiled": importlib.util.MAGIC_NUMBER.hex() if as_code else "",
        "plugins": plugins,
        "files": [(group, name, len(data)) for group, name, data in listed],
    }
    head = json.dumps(index).encode()
    return b"".join([struct.pack("!Q", len(head)), head, *(data for _, _, data in listed)])


def sources(inside: Inside) -> Mapping[str, bytes]:
    """Return the source of all that is ours inside, by file name, with an empty ``__init__.py`` where one is missing."""
    own = {**inside.ours, **inside.notebook_ours}
    return {**_packages(own), **worker_source(), **own}


def compiled(inside: Inside) -> Mapping[str, bytes]:
    """Return the same as marshalled code; what was compiled once is kept."""
    return {name: _compiled(name, source) for name, source in sources(inside).items()}


@functools.cache
def _compiled(name: str, source: bytes) -> bytes:
    # asserts and docstrings stay, whatever the grader itself was started with
    return marshal.dumps(compile(source, f"<{name}>", "exec", dont_inherit=True, optimize=0))


def _packages(ours: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return an empty ``__init__.py`` for every folder that files of ours lie in."""
    folders = {folder.as_posix() for name in ours for folder in PurePosixPath(name).parents if folder.name}
    # in one order, so that the same message is the same bytes in every process
    return {f"{folder}/__init__.py": b"" for folder in sorted(folders)}


def files_of_ours(*patterns: str) -> Mapping[str, bytes]:
    """Return our own files that match (``watching/**/*.py``), by path, as `Inside` takes them in `ours`."""
    found = (path for pattern in patterns for path in sorted(PACKAGE.glob(pattern)))
    return {f"grader/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes() for path in found}


@functools.cache
def worker_source() -> Mapping[str, bytes]:
    """Return the source of everything of ours that runs inside, by file name."""
    return {"grader/__init__.py": b"", **files_of_ours("wire.py", "worker/*.py")}
