SEQUENCES = "\x1b[31mred\x1b[2J\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07\x9b31m\u202e\u2066 after\rover\x08\x7f"


def hostile(self, x, y):
    print(SEQUENCES)
    raise type("E\u202erro\u2066r", (Exception,), {})(SEQUENCES)


MLP.backward = hostile
