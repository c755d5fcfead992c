"""What of this assignment runs inside the sandbox, beside student code: it tells of calls and holds no solution. It imports numpy
and what records calls, and uses numpy functions that it took hold of before student code ran.
"""
