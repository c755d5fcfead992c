"""Submissions with known bugs, and right ones in many styles: what every check is measured by."""
