"""A class as a learning platform packs it: who handed in what and when, found in a download, a roster and the course's rules."""
