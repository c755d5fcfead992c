"""The engine beside a notebook holds the networks that are called inside, follows their training, and says what they can do."""
