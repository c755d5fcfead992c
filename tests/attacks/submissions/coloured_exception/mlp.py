class MLP:
    def forward(self, x):
        raise ValueError("\x1b[31mred\x1b[0m\r\n\x1b]0;title\x07 at " + repr(object()) + "x" * 10_000)
