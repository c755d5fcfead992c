"""The planted bugs, by the class that they spoil."""
