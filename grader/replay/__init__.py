"""The replay engine: a multilayer perceptron that does what a plain one does, much faster, since it may do it later."""

from grader.replay.engine import Engine, lay_over, outputs, parameters, settle

__all__ = ["Engine", "lay_over", "outputs", "parameters", "settle"]
