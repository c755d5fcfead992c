"""What several assignments are made with: known mistakes, and training replayed step by step."""
