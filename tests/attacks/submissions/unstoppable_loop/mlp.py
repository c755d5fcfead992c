class MLP:
    def forward(self, x):
        while True:
            try:
                while True:
                    x = x + 1
            except BaseException:
                pass
