"""Notebooks, whatever the assignment: read with suspicion, run cell by cell, and what came of it kept and judged."""
