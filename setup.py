"""Says what the wheel holds: the grader, and the rubrics as `grader.rubrics`. No reference solution, no tests."""

from setuptools import find_namespace_packages, setup

# solutions of the homework: the replay engine, and what assignments lay in the place of wrong code; what is installed beside
# students does without them
SOLUTIONS = ["grader.replay", "grader.replay.*", "grader.assignments.*.solved"]
FILES = ["*.css", "*.html", "*.j2", "*.js", "*.json", "*.svg", "*.toml"]

setup(
    packages=[
        *find_namespace_packages(
            include=["grader", "grader.*"], exclude=["*.__pycache__", "*.__pycache__.*", *SOLUTIONS]
        ),
        "grader.rubrics",
    ],
    package_dir={"grader.rubrics": "rubrics"},
    package_data={"": FILES},
    include_package_data=False,
)
