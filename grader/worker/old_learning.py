"""Modules, functions and arguments that scikit-learn has lost."""

from __future__ import annotations

import functools
import importlib
import inspect
from typing import Any

from grader.worker.old_numbers import give


def _selection(module: Any) -> None:
    """Fill a module that model_selection has taken the place of; classes that split took the number of rows then."""
    now = importlib.import_module("sklearn.model_selection")
    vars(module).update({name: value for name, value in vars(now).items() if name[:1] != "_"})
    numbers = ("KFold", "ShuffleSplit", "LeaveOneOut")
    vars(module).update({name: _of_rows(getattr(now, name), labels=False) for name in numbers})
    vars(module).update({name: _of_rows(getattr(now, name), labels=True) for name in ("StratifiedKFold",)})
    give(module, _BaseKFold=now.KFold)


def _of_rows(kind: Any, *, labels: bool) -> Any:
    @functools.wraps(kind, updated=())
    def made(rows: Any, *given: Any, n_folds: Any = None, n_iter: Any = None, **named: Any) -> Any:
        count = given[0] if given else n_folds if n_folds is not None else n_iter
        splits = {} if count is None else {"n_splits": count}
        X = list(range(rows)) if not labels else list(range(len(rows)))
        return list(kind(**splits, **named).split(X, rows if labels else None))

    return made


def _joblib(module: Any) -> None:
    vars(module).update(
        {name: value for name, value in vars(importlib.import_module("joblib")).items() if name[:2] != "__"}
    )


def _externals(module: Any) -> None:
    give(module, joblib=importlib.import_module("joblib"))


def takes(kind: Any, **names: str) -> None:
    """Let a class take arguments under their old names; those whose new name is empty are passed over."""
    original = kind.__init__
    lost = {old: new for old, new in names.items() if old not in inspect.signature(original).parameters}

    @functools.wraps(original)
    def with_old_names(self: Any, *given: Any, **named: Any) -> None:
        for old, new in lost.items():
            if old in named:
                value = named.pop(old)
                if new:
                    named.setdefault(new, value)
        original(self, *given, **named)

    if lost:
        # where scikit-learn looks for the arguments of an estimator
        with_old_names.deprecated_original = original  # type: ignore[attr-defined]
        kind.__init__ = with_old_names


def _preprocessing(module: Any) -> None:
    takes(module.OneHotEncoder, sparse="sparse_output", n_values="", categorical_features="")
    give(module, Imputer=_imputer)


def _imputer(missing_values: Any = "NaN", strategy: str = "mean", axis: int = 0, **_named: Any) -> Any:
    impute = importlib.import_module("sklearn.impute")
    missing = float("nan") if missing_values == "NaN" else missing_values
    return impute.SimpleImputer(missing_values=missing, strategy=strategy)


def _manifold(module: Any) -> None:
    takes(module.TSNE, n_iter="max_iter", square_distances="")


def _linear_model(module: Any) -> None:
    takes(module.LogisticRegression, multi_class="")
    for name in ("SGDClassifier", "Perceptron"):
        takes(getattr(module, name), n_iter="max_iter")
    for name in ("LinearRegression", "Ridge", "Lasso"):
        takes(getattr(module, name), normalize="")


def _cluster(module: Any) -> None:
    takes(module.KMeans, n_jobs="", precompute_distances="")


def _model_selection(module: Any) -> None:
    takes(module.GridSearchCV, iid="")


def _metrics(module: Any) -> None:
    shown = module.ConfusionMatrixDisplay
    give(module, plot_confusion_matrix=shown.from_estimator, jaccard_similarity_score=module.accuracy_score)


GONE = {
    "sklearn.cross_validation": _selection,
    "sklearn.grid_search": _selection,
    "sklearn.learning_curve": _selection,
    "sklearn.externals": _externals,
    "sklearn.externals.joblib": _joblib,
}
LOST = {
    "sklearn.externals": _externals,
    "sklearn.preprocessing": _preprocessing,
    "sklearn.manifold": _manifold,
    "sklearn.linear_model": _linear_model,
    "sklearn.cluster": _cluster,
    "sklearn.model_selection": _model_selection,
    "sklearn.metrics": _metrics,
}
