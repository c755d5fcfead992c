"""Whose fault it is: the author's, or ours. A student's mistake is a finding, never an exception."""


class AuthorError(Exception):
    """A rubric, an assignment, an argument or the environment is wrong; the text says what, where and what to do.

    >>> import mlpgrader
    >>> mlpgrader.grade("alice", assignment="byomlpp")
    Traceback (most recent call last):
    grader.errors.AuthorError: no assignment 'byomlpp'; did you mean 'byomlp'?
    """


class IntakeError(AuthorError):
    """One submission cannot be read; the others of the same run go on.

    >>> import mlpgrader
    >>> mlpgrader.check("no-such-folder")
    Traceback (most recent call last):
    grader.errors.IntakeError: no-such-folder: there is no such folder; check the path
    """


class LooksLikeClass(IntakeError):
    """What was given as one submission is those of a whole class; the text says by what that is seen, and what to give instead.

    >>> from mlpgrader import IntakeError
    >>> from grader.errors import LooksLikeClass
    >>> issubclass(LooksLikeClass, IntakeError)
    True
    """


class HarnessError(Exception):
    """The grader itself failed; the points concerned are withheld, never lost.

    >>> from mlpgrader import AuthorError, HarnessError
    >>> issubclass(HarnessError, AuthorError)
    False
    """
