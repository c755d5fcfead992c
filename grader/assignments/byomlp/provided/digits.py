"""Handwritten digits, and two ways of looking at what a network makes of them.

    X, Y = get_digits("Digits")         the digits to train on
    X, Y = get_digits("DigitsTest")     the digits to test on

X has one row a digit: its 28 x 28 = 784 pixels as numbers between 0 and 1, where 1 is white paper and 0 is dark ink. Y has
the number that each one shows, 0 to 9. All zeros come first, then all ones, and so on: shuffle them before you train.

The digits are those of MNIST when the four files of it are found: in the folder that the environment variable MLPGRADER_DATA
names, in a folder `digits_data` here, or where `mlpgrader data fetch` puts them. Otherwise they are drawn by
drawn_digits.py, which has to lie beside this file; that takes some seconds the first time.
"""

import gzip
import hashlib
import os
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

# MNIST's files for each of the two names: images, labels
FILES = {
    "Digits": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "DigitsTest": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
# How many digits drawn_digits.py draws for each.
DRAWN = {"Digits": 60000, "DigitsTest": 10000}
SIDE = 28
PIXELS = SIDE * SIDE

_told = set()


# ----------------------------------------------------------------------------------------------------------- the digits


def get_digits(folder):
    """Return X (N, 784) and Y (N,) of the digits in "Digits" or "DigitsTest", sorted by the number that they show."""
    name = Path(folder).name
    if name not in FILES:
        raise ValueError(f'there are two sets of digits, "Digits" and "DigitsTest", but none is called {folder!r}')
    place = _folder()
    if place is None:
        _tell("Digits: drawn ones, because MNIST is not on this machine (mlpgrader data fetch gets it).")
        ink, Y = _drawn()[name]
    else:
        _tell(f"Digits: from the files in {place}")
        images, labels = FILES[name]
        ink, Y = _read(place, images), _read(place, labels)
    if len(ink) != len(Y):
        raise ValueError(f"{place}: there are {len(ink)} images but {len(Y)} labels for {name}; get the files again")
    order = np.argsort(Y, kind="stable")
    return 1.0 - ink.reshape(-1, PIXELS)[order] / 255.0, Y[order].astype(np.int64)


def load_images(split):
    """Do the same as `get_digits`; here "train" and "test" will do as well."""
    return get_digits({"train": "Digits", "test": "DigitsTest"}.get(split, split))


# -------------------------------------------------------------------------------------------------- looking at the digits


def scatter_digits(model, X, Y, n_scatter=1000):
    """Draw `n_scatter` of the digits in X, small and in a colour for each class, where `model` puts them.

    The place of a digit x is model.forward(x, end="latent"), which must be two numbers. Draws into the current axes.
    """
    import matplotlib.pyplot as plt

    X, Y = np.asarray(X), np.asarray(Y)
    # a generator of its own, so that looking at the digits does not change what np.random draws next
    chosen = np.random.default_rng(0).permutation(len(X))[:n_scatter]
    if len(chosen) == 0:
        raise ValueError("there are no digits to draw: X is empty")
    places = np.array([np.ravel(model.forward(X[i], end="latent")) for i in chosen])
    if places.shape[1] != 2:
        raise ValueError(f'a place has two numbers, but model.forward(x, end="latent") gives {places.shape[1]}')
    if not np.all(np.isfinite(places)):
        raise ValueError('model.forward(x, end="latent") gives numbers that are not finite: did the training diverge?')

    # A logistic layer puts everything between 0 and 1; other layers may need more room.
    low, high = np.minimum(places.min(axis=0), 0.0), np.maximum(places.max(axis=0), 1.0)
    size = 1200
    picture = np.ones((size, size, 3))
    colours = plt.get_cmap("tab10")(np.arange(10))[:, :3]
    corners = ((places - low) / (high - low) * (size - SIDE)).astype(int)
    for i, (x, y) in zip(chosen, corners, strict=True):
        ink = 1.0 - X[i].reshape(SIDE, SIDE, 1)
        part = picture[size - SIDE - y : size - y, x : x + SIDE]
        part[:] = (1.0 - ink) * part + ink * colours[int(Y[i]) % 10]

    axes = plt.gca()
    # half a digit of room on each side, so that the middle of a digit is its place
    room = (high - low) * SIDE / 2 / (size - SIDE)
    extent = (low[0] - room[0], high[0] + room[0], low[1] - room[1], high[1] + room[1])
    axes.imshow(np.clip(picture, 0.0, 1.0), extent=extent, aspect="auto", interpolation="bilinear")
    axes.set_xlabel("latent 1")
    axes.set_ylabel("latent 2")
    for digit in np.unique(Y[chosen]):
        axes.plot([], [], "s", color=colours[int(digit) % 10], label=str(digit))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)


def plot_digits_dimreduced_examples(X, Y, model, n_examples=20):
    """Draw `n_examples` digits of X, below them what `model` makes of them, and below these `scatter_digits`.

    What the model makes of a digit x is model.forward(x): 784 numbers, as x has.
    """
    import matplotlib.pyplot as plt

    X, Y = np.asarray(X), np.asarray(Y)
    # evenly over the rows: of digits that are sorted, some of every class
    chosen = np.linspace(0, len(X) - 1, n_examples).astype(int)
    rows = {"digits": X[chosen], "model": np.array([np.ravel(model.forward(X[i])) for i in chosen])}
    if rows["model"].shape[1] != PIXELS:
        raise ValueError(f"a digit has {PIXELS} pixels, but model.forward(x) gives {rows['model'].shape[1]} numbers")

    figure = plt.figure(figsize=(10, 9))
    grid = figure.add_gridspec(3, 1, height_ratios=(1, 1, 14), hspace=0.08)
    for line, (name, images) in enumerate(rows.items()):
        axes = figure.add_subplot(grid[line])
        axes.imshow(np.hstack(images.reshape(-1, SIDE, SIDE)), cmap="gray", vmin=0.0, vmax=1.0)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_ylabel(name, rotation="horizontal", ha="right", va="center")
    figure.add_subplot(grid[2])
    scatter_digits(model, X, Y)


# ------------------------------------------------------------------------------------------------------ where they lie


def _tell(line):
    """Print a line, unless it was printed before."""
    if line not in _told:
        _told.add(line)
        print(line)


def _file(folder, name):
    """Return the path of that file in the folder, gzipped or not, or None."""
    for path in (folder / name, folder / (name + ".gz")):
        if path.is_file():
            return path
    return None


def _folder():
    """Return the folder with the four files of MNIST, or None where there is none."""
    names = [name for pair in FILES.values() for name in pair]
    named = os.environ.get("MLPGRADER_DATA")
    if named:
        missing = [name for name in names if _file(Path(named), name) is None]
        if missing:
            raise FileNotFoundError(f"MLPGRADER_DATA names the folder {named}, but there is no {missing[0]} in it")
        return Path(named)
    here = Path("digits_data")
    for folder in (here, Path(__file__).resolve().parent / here, _cache() / "mnist"):
        if all(_file(folder, name) for name in names):
            return folder
    return None


def _cache():
    """Return the folder in which mlpgrader keeps what it fetched or drew on this machine."""
    if os.environ.get("MLPGRADER_CACHE"):
        return Path(os.environ["MLPGRADER_CACHE"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "mlpgrader" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mlpgrader"
    return Path(os.environ.get("XDG_CACHE_HOME", "").strip() or Path.home() / ".cache") / "mlpgrader"


def _read(folder, name):
    """Return the bytes in an IDX file as an array: its header has a byte for the number of axes, then their lengths."""
    path = _file(folder, name)
    again = "get the four files of MNIST again (mlpgrader data fetch)"
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read ({error}); {again}") from error
    axes = 3 if "images" in name else 1
    start = 4 + 4 * axes
    if content[:4] != bytes([0, 0, 8, axes]) or len(content) < start:
        raise ValueError(f"{path} is not a file of MNIST; {again}")
    shape = tuple(int.from_bytes(content[4 * k : 4 * k + 4], "big") for k in range(1, axes + 1))
    values = np.frombuffer(content, np.uint8, offset=start)
    if len(values) != int(np.prod(shape)) or (axes == 3 and shape[1:] != (SIDE, SIDE)):
        raise ValueError(f"{path} is damaged: it should hold {shape} numbers and has {len(values)}; {again}")
    return values.reshape(shape)


# ---------------------------------------------------------------------------------------------------- drawing them


def _drawn():
    """Return name -> (images, labels) of the drawn digits, from the cache when they were drawn before."""
    try:
        import drawn_digits
    except ModuleNotFoundError as error:
        if error.name != "drawn_digits":
            raise
        raise FileNotFoundError(
            "there are no digits: MNIST is not on this machine (mlpgrader data fetch gets it), "
            "and drawn_digits.py, which draws others, does not lie beside digits.py"
        ) from error

    # The name of the file depends on what draws the digits: a newer one never meets an older one's digits.
    source = hashlib.sha256(Path(drawn_digits.__file__).read_bytes()).hexdigest()
    path = _cache() / f"drawn-{source[:16]}.bin"
    sizes = [size for count in DRAWN.values() for size in (count * PIXELS, count)]
    content = _kept(path, sum(sizes))
    if content is None:
        _tell("Drawing 70,000 digits, which takes some seconds.")
        content = b"".join(part.tobytes() for part in drawn_digits.data_set())
        _keep(path, content)
    parts = np.split(np.frombuffer(content, np.uint8), np.cumsum(sizes)[:-1])
    return {name: (parts[2 * k].reshape(-1, PIXELS), parts[2 * k + 1]) for k, name in enumerate(DRAWN)}


def _kept(path, size):
    """Return what `_keep` put into the file, or None when it is not there as it should be."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, content = content[:32], content[32:]
    return content if len(content) == size and hashlib.sha256(content).digest() == digest else None


def _keep(path, content):
    """Write the digest of the content, then the content, so that nobody ever meets half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".drawing-") as folder:
            whole = Path(folder) / path.name
            whole.write_bytes(hashlib.sha256(content).digest() + content)
            whole.replace(path)
    except OSError:
        pass  # they are drawn again the next time
