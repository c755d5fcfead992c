"""mlpgrader: grades "write your own neural network" homework in a sandbox and explains the score."""

import time

__version__ = "0.1.0"
# when this process began to load our code (nanoseconds since 1970): what changed on disk since then is not what it runs
STARTED = time.time_ns()
