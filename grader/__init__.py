"""mlpgrader: grades "write your own neural network" homework in a sandbox and explains the score."""

__version__ = "0.1.0"
