class MLP:
    def forward(self, x):
        raise KeyboardInterrupt
