"""Says what the wheel holds: the grader and its public face, the rubrics as `grader.rubrics`, and the notebooks for students.

No reference solution, no tests.
"""

from setuptools import find_namespace_packages, setup

# solutions of the homework: the replay engine, and what assignments lay in the place of wrong code; what is installed beside
# students does without them
SOLUTIONS = ["grader.replay", "grader.replay.*", "grader.assignments.*.solved"]
FILES = ["*.css", "*.html", "*.j2", "*.js", "*.json", "*.svg", "*.toml"]

setup(
    packages=[
        *find_namespace_packages(
            include=["grader", "grader.*", "mlpgrader", "mlpgrader.*"],
            exclude=["*.__pycache__", "*.__pycache__.*", *SOLUTIONS],
        ),
        "grader.rubrics",
        "grader.templates",
    ],
    package_dir={"grader.rubrics": "rubrics", "grader.templates": "student_template"},
    package_data={"": FILES, "mlpgrader": ["py.typed"], "grader.templates": ["*/*.ipynb"]},
    include_package_data=False,
)
