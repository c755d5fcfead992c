"""Python 2 in what was handed in, made Python 3 line for line; the work is done in a process of its own, under limits."""
