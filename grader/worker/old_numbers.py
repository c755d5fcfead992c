"""Names that numpy, scipy, pandas and the standard library have lost."""

from __future__ import annotations

import builtins
import collections
import collections.abc
import functools
import importlib
import inspect
import operator
import time
import types
from collections.abc import Callable
from typing import Any

import numpy as np

# how the division of Python 2 is written in code that was repaired
QUOTIENT, QUOTIENT_IN_PLACE = "python2_quotient", "python2_quotient_in_place"
INTEGERS = (int, np.integer, np.bool_)
ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")


def give(module: Any, **names: Any) -> None:
    """Give an object the names that it does not have."""
    for name, value in names.items():
        if not hasattr(module, name):
            setattr(module, name, value)


def _numpy(numpy: Any) -> None:
    give(numpy, float=float, int=int, object=object, str=str, unicode=str, complex=complex, bool=bool, long=int)
    give(
        numpy,
        float_=np.float64,
        complex_=np.complex128,
        unicode_=np.str_,
        string_=np.bytes_,
        int0=np.intp,
        uint0=np.uintp,
    )
    give(
        numpy, bool8=np.bool_, object0=np.object_, Inf=np.inf, PINF=np.inf, NINF=-np.inf, infty=np.inf, Infinity=np.inf
    )
    give(numpy, NaN=np.nan, NAN=np.nan, product=np.prod, cumproduct=np.cumprod, sometrue=np.any, alltrue=np.all)
    give(numpy, round_=np.round, row_stack=np.vstack, mat=np.asmatrix, rank=np.ndim, issubclass_=issubclass)
    give(numpy, asscalar=lambda a: a.item(), trapz=getattr(np, "trapezoid", None), in1d=_in1d, msort=_msort)
    give(numpy, loads=None, find_common_type=_common_type)


def _in1d(first: Any, second: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    return np.isin(np.ravel(first), second, assume_unique=assume_unique, invert=invert)


def _msort(a: Any) -> Any:
    return np.sort(a, axis=0)


def _common_type(array_types: Any, scalar_types: Any) -> Any:
    return np.result_type(*array_types, *scalar_types)


def _numpy_random(random: Any) -> None:
    give(random, random_integers=lambda low, high=None, size=None: _integers(random, low, high, size))


def _integers(random: Any, low: Any, high: Any, size: Any) -> Any:
    return random.randint(1, low + 1, size) if high is None else random.randint(low, high + 1, size)


def _collections(module: Any) -> None:
    give(module, **{name: getattr(collections.abc, name) for name in collections.abc.__all__})


def _time(module: Any) -> None:
    give(module, clock=time.perf_counter)


def _inspect(module: Any) -> None:
    give(module, getargspec=_getargspec)


def _getargspec(function: Any) -> Any:
    found = inspect.getfullargspec(function)
    return ArgSpec(found.args, found.varargs, found.varkw, found.defaults)


def _imp(module: Any) -> None:
    give(module, reload=importlib.reload, new_module=types.ModuleType)


def _scipy(module: Any) -> None:
    for name in (
        "array",
        "zeros",
        "ones",
        "exp",
        "log",
        "sqrt",
        "dot",
        "mean",
        "sum",
        "pi",
        "interp",
        "linspace",
        "arange",
    ):
        give(module, **{name: getattr(np, name)})
    give(module, randn=np.random.randn, rand=np.random.rand)


def _scipy_misc(module: Any) -> None:
    special = importlib.import_module("scipy.special")
    give(module, logsumexp=special.logsumexp, comb=special.comb, factorial=special.factorial)
    give(module, imread=_imread, imsave=_imsave, imresize=_imresize, toimage=_image, imshow=_imshow)


def _scipy_integrate(module: Any) -> None:
    give(module, simps=module.simpson, trapz=module.trapezoid, cumtrapz=module.cumulative_trapezoid)


def _pictures() -> Any:
    return importlib.import_module("PIL.Image")


def _imread(name: Any, flatten: bool = False, mode: str | None = None) -> Any:
    with _pictures().open(name) as image:
        return np.array(image.convert("F" if flatten else mode) if flatten or mode else image)


def _image(values: Any, *_given: Any, **_named: Any) -> Any:
    values = np.asarray(values)
    if values.dtype != np.uint8:
        low, high = float(values.min()), float(values.max())
        values = ((values - low) * (255.0 / (high - low or 1.0)) + 0.5).astype(np.uint8)
    return _pictures().fromarray(values)


def _imsave(name: Any, values: Any, format: str | None = None) -> None:  # noqa: A002 - as it was
    _image(values).save(name, format=format)


def _imshow(values: Any) -> None:
    importlib.import_module("matplotlib.pyplot").imshow(values)


def _imresize(values: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> Any:
    image = _image(values)
    if isinstance(size, int):
        size = size / 100.0
    if isinstance(size, float):
        size = tuple(int(side * size) for side in np.shape(values)[:2])
    return np.array(image.resize((size[1], size[0]), getattr(_pictures(), interp.upper(), 2)))


def _pandas(module: Any) -> None:
    frame, series = module.DataFrame, module.Series
    for kind in (frame, series):
        give(kind, as_matrix=lambda self, columns=None: (self if columns is None else self[columns]).to_numpy())
        give(kind, append=lambda self, other, ignore_index=False, **_: _appended(module, self, other, ignore_index))
        give(kind, iteritems=kind.items)
    give(frame, applymap=getattr(frame, "map", None))
    give(module, np=np)


def _appended(pandas: Any, first: Any, other: Any, ignore_index: bool) -> Any:
    if isinstance(other, dict):
        other = pandas.DataFrame([other])
    elif isinstance(other, pandas.Series) and isinstance(first, pandas.DataFrame):
        other = other.to_frame().T
    return pandas.concat([first, *(other if isinstance(other, list) else [other])], ignore_index=ignore_index)


def divide_as_before() -> None:
    """Offer the division of Python 2, which repaired code calls by name."""
    names: dict[str, Callable[..., Any]] = {QUOTIENT: quotient, QUOTIENT_IN_PLACE: quotient_in_place}
    # what Python 2 had without an import
    names |= {"reduce": functools.reduce, "reload": importlib.reload, "cmp": lambda a, b: (a > b) - (a < b)}
    give(builtins, **names)


def quotient(a: Any, b: Any) -> Any:
    """Return a / b as Python 2 does: of whole numbers, or arrays of them, the floor."""
    return operator.floordiv(a, b) if _whole(a) and _whole(b) else operator.truediv(a, b)


def quotient_in_place(a: Any, b: Any) -> Any:
    """Return what ``a /= b`` leaves in a."""
    if _whole(a) and _whole(b):
        a //= b
    else:
        a /= b
    return a


def _whole(value: Any) -> bool:
    return value.dtype.kind in "iub" if type(value) is np.ndarray else isinstance(value, INTEGERS)


GONE = {"imp": _imp, "scipy.misc": _scipy_misc}
LOST = {
    "numpy": _numpy,
    "numpy.random": _numpy_random,
    "collections": _collections,
    "time": _time,
    "inspect": _inspect,
    "scipy": _scipy,
    "scipy.misc": _scipy_misc,
    "scipy.integrate": _scipy_integrate,
    "pandas": _pandas,
}
