"""Assignment byomlp: build your own multilayer perceptron."""

from __future__ import annotations

from pathlib import Path

from grader import locations
from grader.assignments.assignment import Assignment
from grader.assignments.byomlp import backward, forward, notebook, training
from grader.assignments.byomlp.network.loading import FILE, KIND, METHODS
from grader.assignments.byomlp.notebook.probe import has_engine
from grader.datasets.digits import DIGITS, drawing
from grader.model import SIZES, Wanted
from grader.notebooks.recognising import module_with
from grader.sandbox import Inside
from grader.sandbox.payload import files_of_ours

_HERE = Path(__file__).parent
_PROVIDED = {name: _HERE / "provided" / name for name in ("digits.py", "layers.py", "losses.py")}
_ROOMS = (forward, backward, training, notebook)
# what watches the networks of notebooks inside: it tells of calls, and holds nothing that carries them out
_WATCH = (
    "watching/frames.py",
    "watching/recording/*.py",
    "watching/logs/images.py",
    "watching/logs/projections.py",
    "assignments/byomlp/inside/*.py",
)
_ENGINE = "grader.assignments.byomlp.engine.serving"

ASSIGNMENT = Assignment(
    id="byomlp",
    title="Build Your Own Multilayer Perceptron",
    rubric=locations.rubric_file("byomlp"),
    reference=locations.reference_folder("byomlp"),
    template=locations.template_folder("byomlp"),
    data=(DIGITS,),
    required=("mlp_file",),
    wanted=(
        Wanted("mlp_file", needed_for=("module",), laid_as=FILE, taken_from=module_with(KIND, METHODS)),
        Wanted("classification_notebook"),
        Wanted("autoencoder_notebook"),
    ),
    masters={**_PROVIDED, "drawn_digits.py": Path(drawing.__file__)},
    provided={name: path.read_bytes() for name, path in _PROVIDED.items()},
    inside=Inside(
        modules={"aids.py": (_HERE / "inside" / "aids.py").read_bytes()},
        preload=("layers", "losses"),
        import_on_demand=("digits",),
        tapped=("layers.logistic", "layers.leaky_relu", "layers.softmax", "layers.relu", "aids.identity"),
        notebook_ours=files_of_ours(*_WATCH),
        notebook_plugins=(notebook.PLUGIN,),
        beside=_ENGINE,
        kernel=True,
    ),
    probes=tuple(probe for room in _ROOMS for probe in room.PROBES),
    checks=tuple(check for room in _ROOMS for check in room.CHECKS),
    size_numbers=notebook.SIZE_NUMBERS,
    # on a student's own class only so few images can be trained on that nobody may call it full
    sizes=SIZES if has_engine() else SIZES[1:],
    parameters={
        "mlp_file": "mlp.py",
        "classification_notebook": "Classification.ipynb",
        "autoencoder_notebook": "Autoencoder.ipynb",
        "allowed_imports": ("numpy", "matplotlib"),
    },
)
