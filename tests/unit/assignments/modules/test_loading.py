"""Which class of a file is which class of the course."""

from __future__ import annotations

import pytest

from grader.assignments.modules.loading import CLASSES, Source, called_otherwise


@pytest.mark.parametrize(
    ("written", "called"),
    [
        (["Softmax", "Elu", "ReLU"], {"SoftMax": "Softmax", "ELU": "Elu"}),
        (
            ["Leaky_ReLU", "BatchMeanSubstraction"],
            {"BatchMeanSubtraction": "BatchMeanSubstraction", "LeakyReLU": "Leaky_ReLU"},
        ),
        (
            ["NLLLoss", "MeanSubtraction", "LinearLayer", "MyDropout"],
            {
                "Linear": "LinearLayer",
                "BatchMeanSubtraction": "MeanSubtraction",
                "Dropout": "MyDropout",
                "ClassNLLCriterion": "NLLLoss",
            },
        ),
        (["ClassNLLCriterium"], {"ClassNLLCriterion": "ClassNLLCriterium"}),
        (["MyLinear", "LinearLayer", "BatchNormalization", "ClassNLLCriterionUnstable"], {}),
        (["Softmax", "SoftMax"], {}),
        (["ReLU", "SELU", "LogSoftMax", "SoftSign", "Module", "MSECriterion"], {}),
        (list(CLASSES), {}),
    ],
)
def test_a_class_is_known_in_other_capitals_and_with_a_slip(written: list[str], called: dict[str, str]) -> None:
    assert called_otherwise([Source("cell 1", f"class {name}(Module): pass") for name in written]) == called
