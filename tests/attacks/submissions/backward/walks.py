import gc
import os
import re
import sys

PATTERN = re.compile(rb"[A-Z]{3}-CANARY-[0-9a-f]{32}")
FOUND = set()


def look(data):
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if isinstance(data, (bytes, bytearray)):
        FOUND.update(match.decode() for match in PATTERN.findall(data))


def look_at_file(path, most=1_000_000):
    try:
        if os.path.isfile(path) and not os.path.islink(path):
            with open(path, "rb") as file:
                look(file.read(most))
    except (OSError, ValueError):
        pass


def walk_objects():
    frame = sys._getframe()
    while frame is not None:
        look(repr(sorted(frame.f_locals)))
        look(str(list(frame.f_locals.values())))
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing) in (dict, list, tuple, set):
            for part in list(thing.values()) + list(thing) if type(thing) is dict else list(thing):
                if type(part) in (str, bytes, bytearray):
                    look(part)
    look(repr(dict(os.environ)) + repr(sys.argv) + repr(sys.orig_argv))


def walk_memory(process):
    try:
        with open(f"/proc/{process}/maps") as file:
            areas = [line.split() for line in file]
        with open(f"/proc/{process}/mem", "rb", 0) as memory:
            for area in areas:
                if not area[1].startswith("rw"):
                    continue
                start, end = (int(each, 16) for each in area[0].split("-"))
                memory.seek(start)
                look(memory.read(min(end - start, 50_000_000)))
    except (OSError, ValueError, OverflowError):
        pass


def walk_processes():
    for process in os.listdir("/proc"):
        if process.isdigit() and (OTHERS or int(process) == os.getpid()):
            look_at_file(f"/proc/{process}/environ")
            look_at_file(f"/proc/{process}/cmdline")
            walk_memory(process)


def walk_files():
    for top in TOPS:
        for folder, folders, names in os.walk(top):
            folders[:] = [name for name in folders if os.path.join(folder, name) not in INSTALLED]
            look(folder + repr(names))
            for name in names:
                look_at_file(os.path.join(folder, name), 100_000)


def walk_descriptors():
    for number in range(3, 256):
        try:
            look(os.pread(number, 1_000_000, 0))
        except OSError:
            pass


# what everybody has, too much to be read
INSTALLED = {"/proc", "/sys", "/usr", "/opt", "/lib", "/lib64", sys.prefix, sys.base_prefix}
OTHERS = @OTHERS@
TOPS = @TOPS@


WALKED = []


def hostile(self, x, y):
    if not WALKED:
        WALKED.append(True)
        for walk in (walk_objects, walk_descriptors, walk_processes, walk_files):
            walk()
        print(sorted(FOUND))
    raise RuntimeError("found " + " ".join(sorted(FOUND)))


MLP.backward = hostile
