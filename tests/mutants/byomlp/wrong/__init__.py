"""The planted bugs, by the part of the assignment that they spoil."""
