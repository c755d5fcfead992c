"""Saying of a value what distinguishes it from others, as plain data: functions by where they are defined and what they hold."""

from __future__ import annotations

import functools
import hashlib
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import AuthorError
from grader.evidence.sources import file_digest


@dataclass
class Description:
    """Describes values, and notes in `modules` those whose code they lead to."""

    modules: set[str] = field(default_factory=set)
    _seen: set[int] = field(default_factory=set)

    def of(self, value: Any) -> Any:
        """Return plain data that differs where values differ. AuthorError for a value of which nothing can be said."""
        match value:
            case None | bool() | int() | float() | str() if not isinstance(value, Enum):
                return value
            case bytes():
                return [len(value), hashlib.sha256(value).hexdigest()]
            case np.ndarray():
                return [str(value.dtype), value.shape, hashlib.sha256(value.tobytes()).hexdigest()]
            case np.generic() | np.dtype() | re.Pattern() | range() | complex():
                return repr(value)
            case Path():
                return [value.name, file_digest(value) if value.is_file() else ""]
            case Mapping():
                return sorted(([self.of(name), self.of(item)] for name, item in value.items()), key=repr)
            case set() | frozenset():
                return sorted((self.of(item) for item in value), key=repr)
            case list() | tuple():
                return [self.of(item) for item in value]
        return self._of_code(value)

    def _of_code(self, value: Any) -> Any:
        if isinstance(value, functools.partial):
            return [self.of(value.func), self.of(value.args), self.of(value.keywords)]
        if isinstance(value, types.MethodType):
            return [self.of(value.__func__), self.of(value.__self__)]
        if isinstance(value, types.FunctionType):
            return self._of_function(value)
        if isinstance(value, types.ModuleType):
            self.modules.add(value.__name__)
            return value.__name__
        if isinstance(value, type | types.BuiltinFunctionType | np.ufunc):
            self.modules.add(getattr(value, "__module__", None) or "builtins")
            return [getattr(value, "__module__", ""), getattr(value, "__qualname__", value.__name__)]
        self.modules.add(type(value).__module__)
        if isinstance(value, Enum):
            return [type(value).__qualname__, value.name]
        if is_dataclass(value):
            return [type(value).__qualname__, {each.name: self.of(getattr(value, each.name)) for each in fields(value)}]
        raise AuthorError(
            f"a probe holds a {type(value).__module__}.{type(value).__qualname__}, which its evidence may depend on and "
            "which cannot be told from another one; give it numbers, texts, arrays, functions or dataclasses of these"
        )

    def _of_function(self, function: types.FunctionType) -> Any:
        self.modules.add(function.__module__)
        name = [function.__module__, function.__qualname__]
        if id(function) in self._seen:
            return name
        self._seen.add(id(function))
        held = [cell.cell_contents for cell in function.__closure__ or ()]
        wrapped = getattr(function, "__wrapped__", None)
        return [*name, *map(self.of, (held, function.__defaults__, function.__kwdefaults__, wrapped))]
