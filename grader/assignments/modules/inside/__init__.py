"""What carries out this assignment's operations inside the sandbox."""
