class MLP:
    def forward(self, x):
        while True:
            x = x + 1
