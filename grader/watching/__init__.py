"""Watching what the classes of a notebook are called for: `recording` stands inside it, `logs` makes sense of what was recorded.

`recording` is all that touches student code: classes, objects, frames, figures. It hands on arrays and plain values. `logs`
knows of nothing else, so it may lie in any process: today in that of the notebook, one day in one of ours.
"""
