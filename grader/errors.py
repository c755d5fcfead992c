"""Whose fault it is: the author's, or ours. A student's mistake is a finding, never an exception."""


class AuthorError(Exception):
    """A rubric, an assignment, an argument or the environment is wrong; the text says what, where and what to do."""


class IntakeError(AuthorError):
    """One submission cannot be read; the others of the same run go on."""


class HarnessError(Exception):
    """The grader itself failed; the points concerned are withheld, never lost."""
