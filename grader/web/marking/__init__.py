"""Marking by people: pages item, group and answer, and what they write."""
