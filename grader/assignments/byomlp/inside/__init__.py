"""What of this assignment runs inside the sandbox, beside student code: it imports numpy and nothing of the grader's
but `grader.functions` and `grader.replay`, and uses numpy functions that it took hold of before student code ran.
"""
