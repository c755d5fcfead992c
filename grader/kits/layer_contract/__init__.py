"""The contract of a layer class: forward and backward return and store, leave what they are given alone, and are right."""

from __future__ import annotations

from grader.kits.layer_contract.advice import advice, told
from grader.kits.layer_contract.passes import (
    Formula,
    broken_contract,
    explained,
    first_of,
    judge_forward,
    judge_gradient,
    stumbled,
    with_pattern,
)
from grader.kits.layer_contract.records import (
    TOLERANCE,
    LayerCase,
    Pass,
    is_element_wise,
    is_trivial,
    own_gradient,
)
from grader.kits.layer_contract.specs import (
    LayerSpec,
    at_large_inputs,
    forward_check,
    gradient_check,
    layer_check,
)

__all__ = [
    "TOLERANCE",
    "Formula",
    "LayerCase",
    "LayerSpec",
    "Pass",
    "advice",
    "at_large_inputs",
    "broken_contract",
    "explained",
    "first_of",
    "forward_check",
    "gradient_check",
    "is_element_wise",
    "is_trivial",
    "judge_forward",
    "judge_gradient",
    "layer_check",
    "own_gradient",
    "stumbled",
    "told",
    "with_pattern",
]
