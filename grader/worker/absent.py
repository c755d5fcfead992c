"""Imports of libraries that are not here: each is told, and costs what needs the library, not all that comes after it."""

from __future__ import annotations

import ast
import builtins
from typing import Any, NoReturn

# what the image has, and a usual Jupyter
JUPYTER = ("IPython", "PIL", "ipywidgets", "matplotlib", "pandas", "scipy", "seaborn", "sklearn", "tqdm")
# what people import beside their own files; a helper that was not handed in is another matter, and stops the import
LISTED = (
    "albumentations altair autograd bokeh bs4 catboost chainer cntk cupy cv2 datasets dlib fastai flax gensim h5py "
    "haiku hyperopt idx2numpy imageio imgaug ipympl IPython ipywidgets jax joblib kaggle keras keras_tuner lasagne "
    "lightgbm lightning livelossplot lxml matplotlib mnist mxnet networkx nltk numba numexpr numpy onnx openpyxl "
    "optuna paddle pandas patsy PIL plotly plotnine prettytable progressbar psutil pylab pymc3 pytorch_lightning "
    "requests scipy seaborn shap skimage sklearn skorch spacy statsmodels sympy tables tabulate tensorboard "
    "tensorboardX tensorflow tensorflow_datasets termcolor tf_keras theano tinygrad torch torchinfo torchmetrics "
    "torchsummary torchtext torchvision tqdm transformers umap wandb xgboost yaml "
)
LIBRARIES = frozenset(LISTED.split())
# what code that was changed calls, by a name that no student writes
OFFERED, ERROR, STARS = "__mlpgrader_absent__", "__mlpgrader_error__", "__mlpgrader_stars__"


class Absent:
    """Stands for a module, or for something in it, that could not be imported: whatever is done with it raises."""

    def __init__(self, error: ImportError) -> None:
        self.__dict__["_error"] = error

    def _raise(self, *_given: Any, **_named: Any) -> NoReturn:
        error: ImportError = self.__dict__["_error"]
        raise type(error)(*error.args, name=error.name, path=error.path)

    __call__ = __getitem__ = __iter__ = __len__ = __enter__ = __mro_entries__ = _raise
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __matmul__ = _raise

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._raise()


def offer() -> None:
    """Offer changed code what stands for a library that is not here; any other failed import is raised as ever."""

    def absent(error: ImportError) -> Absent | None:
        if (error.name or "").partition(".")[0] not in LIBRARIES:
            return None
        print(f"not imported: {error}")
        return Absent(error)

    vars(builtins)[OFFERED] = absent


class Changed(ast.NodeTransformer):
    """Changes the imports among the outermost statements of a text so that they go on without the library."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        node.body = [each for statement in node.body for each in _changed(statement)]
        return ast.fix_missing_locations(node)


def _changed(node: ast.stmt) -> list[ast.stmt]:
    if isinstance(node, ast.Import):
        return [_tried(node, ast.Import([each]), each.asname or each.name.partition(".")[0]) for each in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__":
        return [_tried(node, ast.ImportFrom(node.module, [each], 0), each.asname or each.name) for each in node.names]
    return [node]


def _tried(node: ast.stmt, one: ast.stmt, name: str) -> ast.stmt:
    name = STARS if name == "*" else name
    call = ast.Call(ast.Name(OFFERED, ast.Load()), [ast.Name(ERROR, ast.Load())], [])
    stands = ast.Assign([ast.Name(name, ast.Store())], call)
    is_none = ast.Compare(ast.Name(name, ast.Load()), [ast.Is()], [ast.Constant(None)])
    handler = ast.ExceptHandler(
        ast.Name("ImportError", ast.Load()), ERROR, [stands, ast.If(is_none, [ast.Raise()], [])]
    )
    tried = ast.Try([one], [handler], [], [])
    for each in ast.walk(tried):
        ast.copy_location(each, node)
    return tried
