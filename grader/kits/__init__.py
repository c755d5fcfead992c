"""What several assignments are made with: known mistakes, the contract of a layer class, and training replayed step by step."""
