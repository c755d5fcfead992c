import numpy as np


class Schicht:
    def __init__(self, anzahl, eingänge, f, f_ableitung, name):
        self.Gewichte = 0.1 * np.random.randn(anzahl, eingänge)
        self.Schwelle = 0.1 * np.random.randn(anzahl)
        self.f, self.f_ableitung, self.name = f, f_ableitung, name
        self.nullen()

    def nullen(self):
        self.ΔGewichte = np.zeros_like(self.Gewichte)
        self.ΔSchwelle = np.zeros_like(self.Schwelle)


class MLP:
    """Mehrschichtiges Perzeptron"""

    def __init__(self, d, est_lossderiv):
        self.eingänge = d
        self.verlustableitung = est_lossderiv
        self.schichten = []

    def add_layer(self, m, f, fderiv, name=None):
        breite = self.eingänge
        if self.schichten:
            breite = self.schichten[-1].Gewichte.shape[0]
        self.schichten.append(Schicht(m, breite, f, fderiv, name))

    def forward(self, x, start=None, end=None):
        läuft = start is None
        for schicht in self.schichten:
            if schicht.name is not None and schicht.name == start:
                läuft = True
            if läuft:
                x = schicht.f(schicht.Gewichte @ x + schicht.Schwelle)
                if schicht.name is not None and schicht.name == end:
                    return x
        return x

    def backward(self, x, y):
        werte = []
        for schicht in self.schichten:
            summe = schicht.Gewichte @ x + schicht.Schwelle
            werte.append((schicht, x, summe))
            x = schicht.f(summe)
        δ = self.verlustableitung(x, y)
        letzte = True
        while werte:
            schicht, h, summe = werte.pop()
            if not letzte:
                δ = δ * schicht.f_ableitung(summe)
            letzte = False
            schicht.ΔSchwelle = schicht.ΔSchwelle + δ
            schicht.ΔGewichte = schicht.ΔGewichte + np.outer(δ, h)
            δ = schicht.Gewichte.T @ δ

    def step(self, alpha):
        for schicht in self.schichten:
            schicht.Gewichte = schicht.Gewichte - alpha * schicht.ΔGewichte
            schicht.Schwelle = schicht.Schwelle - alpha * schicht.ΔSchwelle

    def zero_grad(self):
        for schicht in self.schichten:
            schicht.nullen()
