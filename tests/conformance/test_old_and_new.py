"""Notebooks of other years and other hosts run: old libraries, Colab, progress bars, and libraries that are not here."""

from __future__ import annotations

import contextlib

import pytest

from grader.sandbox import Inside, Launcher, open_launcher
from grader.sandbox import operations as op
from grader.sandbox.session import NotHere
from kit.asking import session, worker
from kit.notebook import LIMITS, Notebook

MLP = """
import torch
import numpy as np
class MLP:
    kind = np.object
    def forward(self, x):
        return np.float(x) + np.asscalar(np.array([1.0]))
    def learn(self):
        return torch.nn.Linear(2)
"""
FILES = {"mlp.py": MLP.encode(), "hw/data.txt": b"seven"}
OLD = {
    "names of numpy": "import numpy as np\nprint(np.object is object, np.int(3.7), np.NaN, np.product([2, 3]))",
    "names of the standard library": "import time, collections, inspect, imp\nprint(time.clock() > 0, collections.Iterable)",
    "modules of scikit-learn": "from sklearn.cross_validation import train_test_split, KFold\n"
    "from sklearn.externals import joblib\nprint(len(KFold(10, n_folds=5)))",
    "arguments of scikit-learn": "from sklearn.preprocessing import OneHotEncoder\n"
    "print(OneHotEncoder(sparse=False).fit_transform([[1], [2]]))",
    "functions of scipy": "from scipy.misc import logsumexp, imresize\nprint(logsumexp([0, 0]))",
    "styles of matplotlib": "import matplotlib.pyplot as plt\nplt.style.use('seaborn-whitegrid')\nplt.style.use('seaborn')",
    "arguments of matplotlib": "import matplotlib.pyplot as plt\nplt.hist([1, 2], normed=True)\nplt.hold(True)\n"
    "plt.semilogy([1], [1], basey=2)\nplt.figure().gca(projection='3d')\nplt.close('all')",
    "methods of pandas": "import pandas as pd\nprint(pd.DataFrame({'a': [1]}).append({'a': 2}, ignore_index=True).as_matrix())",
    "widgets of an older Jupyter": "from IPython.html.widgets import interact\ninteract(lambda x: x, x=3);",
    "an array of one number as the number": "import numpy as np\nprint(float(np.array([1.5])), '%f' % np.array([2.5]))",
}
OTHER_HOSTS = {
    "a drive": "from google.colab import drive\ndrive.mount('/content/drive')",
    "a folder by magic": "%cd /content/drive/MyDrive\nimport mlp",
    "a folder by os": "import os\nos.chdir('/content/drive/MyDrive')\nassert 'mlp.py' in os.listdir('.')",
    "a folder above": "%cd ..\nopen('mlp.py')",
    "a path": "import sys\nsys.path.append('/content/drive')\n"
    "assert open('/content/drive/My Drive/hw/data.txt').read() == 'seven'",
    "a path on a machine of their own": "for path in (r'C:\\Users\\bob\\hw\\data.txt', 'D:/hw/data.txt', '/home/b/hw/data.txt',\n"
    "             '../data/hw/data.txt', 'mine/hw/data.txt'):\n"
    "    assert open(path).read() == 'seven', path",
    "a path that is only written": "try:\n    open('/content/nowhere/hw/data.txt', 'w')\nexcept FileNotFoundError: pass\n"
    "else: raise AssertionError",
    "files": "from google.colab import files\nfor name in files.upload(): print(name)\nfiles.download('mlp.py')",
    "a shell": "!pip install tqdm\n!wget http://example.org/mnist.npz\n!git clone x\n%pip install x",
    "magics": "%tensorflow_version 1.x\n%matplotlib widget\n%config Nothing.x = 1\n%load_ext tensorboard\nx = 1",
    "a magic of a whole cell": "%%shell\nls",
}
BARS = {
    "on a line": "from tqdm import tqdm, trange\nfor i in tqdm(range(3)): pass\nfor i in trange(2): pass",
    "in the notebook": "from tqdm.notebook import tqdm, trange\nfor i in tqdm(range(3)): pass\nfor i in trange(2): pass",
    "by itself": "from tqdm.auto import tqdm\nfor i in tqdm(range(3)): pass",
    "as it was": "from tqdm import tqdm_notebook, tnrange\nfor i in tqdm_notebook(range(3)): pass\nfor i in tnrange(2): pass",
}


INSIDE = Inside(kernel=True)


@pytest.mark.parametrize("source", OLD.values(), ids=OLD)
def test_what_libraries_have_lost_is_there(shared: Notebook, source: str) -> None:
    assert shared.cell(source)["error"] is None


@pytest.mark.parametrize("source", OTHER_HOSTS.values(), ids=OTHER_HOSTS)
def test_what_other_hosts_offer_does_nothing(shared: Notebook, source: str) -> None:
    assert shared.cell(source)["error"] is None


@pytest.mark.parametrize("source", BARS.values(), ids=BARS)
def test_a_progress_bar_shows(shared: Notebook, source: str) -> None:
    assert "3/3" in shared.text(source) or "0/3" in shared.text(source)


def test_interact_runs_once_with_what_is_given(shared: Notebook) -> None:
    assert "x is 5" in shared.text("from ipywidgets import interact\ninteract(lambda x: print('x is', x), x=(0, 10));")


def test_a_library_that_is_not_here_costs_what_needs_it(shared: Notebook) -> None:
    assert shared.text("import torch.nn as nn\nprint(7)") == "not imported: No module named 'torch'\n7\n"
    assert shared.cell("x = 1\nnn.Linear(2)")["error"]["message"] == "No module named 'torch'"


def test_an_import_that_is_guarded_goes_its_way(shared: Notebook) -> None:
    assert shared.text("try:\n    import torch\nexcept ImportError:\n    print('without')") == "without\n"


def test_a_helper_that_was_not_handed_in_stops_its_cell(shared: Notebook) -> None:
    error = shared.cell("x = 1\nfrom helper import f")["error"]
    assert (error["name"], error["message"], error["line"]) == ("ModuleNotFoundError", "No module named 'helper'", 2)


def test_syntax_of_a_newer_python_is_our_want_and_not_a_mistake(for_notebooks: Launcher) -> None:
    files = {"mlp.py": b"def f(x):\n    return t'{x}'\n", "other.py": b"def f(:\n"}
    with worker(for_notebooks, files, Inside(), limits=LIMITS) as conversation:
        asked = session(conversation, limits=LIMITS)
        asked.files = files
        with pytest.raises(
            NotHere, match=r"'mlp.py' line 2 uses syntax of Python 3.14, and this sandbox runs Python 3.1\d"
        ):
            asked.run(op.load("mlp.py", "mlp"))


def test_what_no_python_can_read_is_a_mistake(for_notebooks: Launcher) -> None:
    files = {"mlp.py": b"def f(:\n"}
    with worker(for_notebooks, files, Inside(), limits=LIMITS) as conversation:
        asked = session(conversation, limits=LIMITS)
        asked.files = files
        (answer,) = asked.run(op.load("mlp.py", "mlp"))
    assert str(answer.problem).startswith("SyntaxError")


@pytest.mark.docker
def test_syntax_of_the_images_python_is_read() -> None:
    files = {"mlp.py": b"type X = int\ndef f[T](x: T) -> str:\n    return f'{ {'a': x}['a'] }'\n"}
    with open_launcher("docker") as launcher, worker(launcher, files, Inside(), limits=LIMITS) as conversation:
        (answer,) = session(conversation, limits=LIMITS).run(op.load("mlp.py", "mlp"))
    assert answer.problem is None


@pytest.mark.parametrize("absent", [True, False])
def test_a_library_that_the_sandbox_should_have_is_our_want(for_notebooks: Launcher, absent: bool) -> None:
    with worker(for_notebooks, FILES, Inside(kernel=True), limits=LIMITS) as conversation:
        assert not conversation.hello["absent"]
        conversation.hello["absent"] = ["tqdm"] if absent else []
        asked = Notebook(session(conversation, limits=LIMITS))
        with pytest.raises(NotHere, match="no tqdm") if absent else contextlib.nullcontext():
            assert asked.cell("import tqdm.nothing as bar\nbar.tqdm()")["error"]["name"] == "ModuleNotFoundError"


def test_a_module_of_the_students_has_them_too(for_notebooks: Launcher) -> None:
    with worker(for_notebooks, FILES, Inside(), limits=LIMITS) as conversation:
        asked = session(conversation, limits=LIMITS)
        made = [op.load("mlp.py", "mlp"), op.create("net", "mlp.MLP")]
        *_, forward, learn = asked.run(*made, op.call("net", "forward", 2.0), op.call("net", "learn"))
    assert (forward.problem, float(forward.value)) == (None, 3.0)
    assert str(learn.problem) == "ModuleNotFoundError: No module named 'torch' (mlp.py line 9, in learn)"
