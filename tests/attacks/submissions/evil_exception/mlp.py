class Evil(Exception):
    def __str__(self):
        raise self


class MLP:
    def forward(self, x):
        raise Evil
