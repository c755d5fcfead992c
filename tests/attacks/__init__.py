"""The attacks that must come to nothing: the table of them, their submissions, and what is seen when they are graded."""
