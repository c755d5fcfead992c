"""Linear algebra in one thread: several wait for one another by computing, which costs more than they save us."""

import os

# as OpenMP, OpenBLAS, MKL and Accelerate read it when numpy is loaded
VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def in_one_thread() -> None:
    """Let linear algebra of this process, and of those that it starts, take one thread where nobody has asked for more.

    To be called before numpy is loaded.
    """
    for name in VARIABLES:
        os.environ.setdefault(name, "1")
