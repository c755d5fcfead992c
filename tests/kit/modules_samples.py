"""A right module notebook as cells, small submissions made of it, and what the checks say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from grader.assignments import find
from grader.assignments.modules.layers import CHECKS, PROBES
from grader.checks import run_checks
from grader.model import Evidence, Finding, Limits, Setting, Submission
from grader.pipeline import load_rubric
from kit import warm
from kit.kept import observe

FILE = "HW3_Modules.ipynb"
MODULE = """
import numpy as np

class Module(object):
    def __init__(self):
        self.output = None
        self.gradInput = None
        self.training = True
    def forward(self, input):
        return self.updateOutput(input)
    def backward(self, input, gradOutput):
        self.updateGradInput(input, gradOutput)
        self.accGradParameters(input, gradOutput)
        return self.gradInput
    def updateOutput(self, input):
        raise NotImplementedError
    def updateGradInput(self, input, gradOutput):
        raise NotImplementedError
    def accGradParameters(self, input, gradOutput):
        pass
    def zeroGradParameters(self):
        pass
    def getParameters(self):
        return []
    def getGradParameters(self):
        return []
    def training(self):
        self.training = True
    def evaluate(self):
        self.training = False
"""
SEQUENTIAL = """
class Sequential(Module):
    def __init__(self):
        super(Sequential, self).__init__()
        self.modules = []
    def add(self, module):
        self.modules.append(module)
    def updateOutput(self, input):
        self.inputs = [input]
        for module in self.modules:
            self.inputs.append(module.forward(self.inputs[-1]))
        self.output = self.inputs[-1]
        return self.output
    def backward(self, input, gradOutput):
        for module, seen in zip(self.modules[::-1], self.inputs[-2::-1]):
            gradOutput = module.backward(seen, gradOutput)
        self.gradInput = gradOutput
        return self.gradInput
    def zeroGradParameters(self):
        for module in self.modules:
            module.zeroGradParameters()
    def getParameters(self):
        return [module.getParameters() for module in self.modules]
    def getGradParameters(self):
        return [module.getGradParameters() for module in self.modules]
"""
LINEAR = """
class Linear(Module):
    def __init__(self, n_in, n_out):
        super(Linear, self).__init__()
        bound = 1. / np.sqrt(n_in)
        self.W = np.random.uniform(-bound, bound, size=(n_out, n_in))
        self.b = np.random.uniform(-bound, bound, size=n_out)
        self.gradW = np.zeros_like(self.W)
        self.gradb = np.zeros_like(self.b)
    def updateOutput(self, input):
        self.output = input.dot(self.W.T) + self.b
        return self.output
    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput.dot(self.W)
        return self.gradInput
    def accGradParameters(self, input, gradOutput):
        self.gradW += gradOutput.T.dot(input)
        self.gradb += gradOutput.sum(axis=0)
    def zeroGradParameters(self):
        self.gradW.fill(0)
        self.gradb.fill(0)
    def getParameters(self):
        return [self.W, self.b]
    def getGradParameters(self):
        return [self.gradW, self.gradb]
"""
SOFTMAX = """
class SoftMax(Module):
    def updateOutput(self, input):
        e = np.exp(input - input.max(axis=1, keepdims=True))
        self.output = e / e.sum(axis=1, keepdims=True)
        return self.output
    def updateGradInput(self, input, gradOutput):
        s = self.output
        self.gradInput = s * (gradOutput - (gradOutput * s).sum(axis=1, keepdims=True))
        return self.gradInput
"""
BATCH_MEAN = """
class BatchMeanSubtraction(Module):
    def __init__(self, alpha=0.):
        super(BatchMeanSubtraction, self).__init__()
        self.alpha = alpha
        self.old_mean = None
    def updateOutput(self, input):
        if self.training:
            mean = input.mean(axis=0)
            old = mean if self.old_mean is None else self.old_mean
            self.old_mean = old * self.alpha + mean * (1 - self.alpha)
        self.output = input - self.old_mean
        return self.output
    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput - (1 - self.alpha) * gradOutput.mean(axis=0)
        return self.gradInput
"""
DROPOUT = """
class Dropout(Module):
    def __init__(self, p=0.5):
        super(Dropout, self).__init__()
        self.p = p
        self.mask = None
    def updateOutput(self, input):
        if self.training:
            self.mask = (np.random.rand(*input.shape) >= self.p) / (1 - self.p)
            self.output = input * self.mask
        else:
            self.output = input.copy()
        return self.output
    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * self.mask if self.training else gradOutput.copy()
        return self.gradInput
"""
ACTIVATIONS = """
class LeakyReLU(Module):
    def __init__(self, slope=0.03):
        super(LeakyReLU, self).__init__()
        self.slope = slope
    def updateOutput(self, input):
        self.output = np.where(input > 0, input, self.slope * input)
        return self.output
    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * np.where(input > 0, 1, self.slope)
        return self.gradInput

class ELU(Module):
    def __init__(self, alpha=1.0):
        super(ELU, self).__init__()
        self.alpha = alpha
    def updateOutput(self, input):
        self.output = np.where(input > 0, input, self.alpha * np.expm1(np.minimum(input, 0)))
        return self.output
    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * np.where(input > 0, 1, self.alpha * np.exp(np.minimum(input, 0)))
        return self.gradInput

class SoftPlus(Module):
    def updateOutput(self, input):
        self.output = np.logaddexp(0, input)
        return self.output
    def updateGradInput(self, input, gradOutput):
        small = np.exp(-np.abs(input))
        self.gradInput = gradOutput * np.where(input > 0, 1, small) / (1 + small)
        return self.gradInput
"""
CRITERIONS = """
class Criterion(object):
    def __init__(self):
        self.output = None
        self.gradInput = None
    def forward(self, input, target):
        return self.updateOutput(input, target)
    def backward(self, input, target):
        return self.updateGradInput(input, target)

class MSECriterion(Criterion):
    def updateOutput(self, input, target):
        self.output = np.sum(np.power(input - target, 2)) / input.shape[0]
        return self.output
    def updateGradInput(self, input, target):
        self.gradInput = (input - target) * 2 / input.shape[0]
        return self.gradInput

class ClassNLLCriterion(Criterion):
    def updateOutput(self, input, target):
        clamped = np.clip(input, 1e-15, 1 - 1e-15)
        self.output = -np.sum(target * np.log(clamped)) / input.shape[0]
        return self.output
    def updateGradInput(self, input, target):
        clamped = np.clip(input, 1e-15, 1 - 1e-15)
        self.gradInput = -target / clamped / input.shape[0]
        return self.gradInput
"""
START = "%matplotlib inline\nfrom time import time, sleep\nimport numpy as np"
RIGHT = (START, MODULE, SEQUENTIAL, LINEAR, SOFTMAX, BATCH_MEAN, DROPOUT, ACTIVATIONS, CRITERIONS)
POINTS = 60.0


def notebook(*cells: str) -> bytes:
    """Return a notebook of these code cells, of the kind that Python 2 wrote."""
    made = [
        {"cell_type": "code", "metadata": {}, "source": cell, "outputs": [], "execution_count": 1} for cell in cells
    ]
    kernel = {"kernelspec": {"name": "python2", "display_name": "Python 2", "language": "python"}}
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 2}).encode()


def changed(old: str, new: str) -> tuple[str, ...]:
    """Return the right cells with a text replaced that is in them once."""
    if (times := sum(cell.count(old) for cell in RIGHT)) != 1:
        raise ValueError(f"{old!r} occurs {times} times, not once")
    return tuple(cell.replace(old, new) for cell in RIGHT)


def observed(files: Mapping[str, bytes], *probes: str, seed: int = 5) -> Evidence:
    """Return what the layers' probes, or those of these names, see of a submission in the process sandbox."""
    chosen = [probe for probe in PROBES if not probes or probe.name in probes]
    submission = Submission("alice", "sha256:" + "0f" * 32, files)
    assignment = find("modules")
    return observe(
        submission,
        chosen,
        assignment.inside,
        assignment="modules",
        launcher=warm.launcher("code"),
        seed=seed,
        limits=Limits(call_seconds=10),
        setting=Setting(parameters=assignment.parameters),
    )


def findings(evidence: Evidence) -> dict[str, Finding]:
    """Return what the checks say that read nothing but what was observed."""
    checks = [check for check in CHECKS if set(check.reads) <= set(evidence.observations)]
    rubric = load_rubric(find("modules"))
    found = run_checks(checks, evidence, rubric.thresholds, parameters=rubric.parameters)
    return {each.check: each for each in found}


def graded(*cells: str, probes: tuple[str, ...] = (), seed: int = 5) -> dict[str, Finding]:
    """Return what the checks say of a notebook of these cells."""
    return findings(observed({FILE: notebook(*cells)}, *probes, seed=seed))
