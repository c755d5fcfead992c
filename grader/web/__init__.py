"""The review in the browser: a class at a glance, marking by people, releasing. It reads a run and its gradebook.

It never starts student code. It needs Starlette and uvicorn, which are imported by `grader.web.serving` alone when it is called.
"""
