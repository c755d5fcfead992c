"""Assignment modules: layers and criterions as modules, trained with in notebooks."""

from __future__ import annotations

from grader import locations
from grader.assignments.assignment import Assignment
from grader.assignments.modules import differentiation, layers, main
from grader.assignments.modules.differentiation.tasks import NAMES
from grader.assignments.modules.loading import CLASSES
from grader.datasets.digits import DIGITS
from grader.model import Wanted
from grader.notebooks.recognising import notebook_with
from grader.sandbox import Inside
from grader.sandbox.payload import files_of_ours

_CLASSES = tuple(rf"^[ \t]*class[ \t]+{name}\b" for name in CLASSES)
_ANSWERS = tuple(rf"^[ \t]*def[ \t]+{name}\b" for name in NAMES)
_INSIDE = ("watching/**/*.py", "assignments/modules/inside/*.py")

ASSIGNMENT = Assignment(
    id="modules",
    title="Basic Artificial Neural Networks",
    rubric=locations.rubric_file("modules"),
    reference=locations.reference_folder("modules"),
    template=locations.template_folder("modules"),
    data=(DIGITS,),
    required=(),
    wanted=(
        Wanted("modules_notebook", taken_from=notebook_with(*_CLASSES, least=3)),
        Wanted("differentiation_notebook", taken_from=notebook_with(*_ANSWERS, least=3)),
        Wanted("main_notebook"),
    ),
    provided={},
    inside=Inside(
        ours=files_of_ours(*_INSIDE),
        plugins=(
            "grader.assignments.modules.inside.cells",
            "grader.assignments.modules.inside.layer_calls",
            "grader.assignments.modules.inside.training",
            main.PLUGIN,
            differentiation.PLUGIN,
        ),
        kernel=True,
    ),
    probes=(*layers.PROBES, *main.PROBES, *differentiation.PROBES),
    checks=(*layers.CHECKS, *differentiation.CHECKS, *main.CHECKS),
    size_numbers=main.SIZE_NUMBERS,
    parameters={
        "leaky_relu_slope": 0.03,
        "elu_alpha": 1.0,
        "batch_mean_alpha": 0.0,
        "dropout_p": 0.5,
        "modules_notebook": "HW3_Modules.ipynb",
        "differentiation_notebook": "HW3_differentiation.ipynb",
        "main_notebook": "HW3_main.ipynb",
        "allowed_imports": ("numpy", "matplotlib"),
        "data_keys": ("X", "y", "Y"),
    },
)
