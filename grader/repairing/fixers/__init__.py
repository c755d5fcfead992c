"""What the fixers of `fissix` do not do, since they cannot know that a file comes from Python 2 as a whole."""
