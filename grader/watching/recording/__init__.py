"""What stands among the classes and objects of a notebook, notes what they are called with, and hands it on as plain data."""
