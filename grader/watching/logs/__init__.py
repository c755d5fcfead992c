"""What is kept of recorded calls: arrays and plain values go in, bounded plain data comes out; no student object is in here."""
