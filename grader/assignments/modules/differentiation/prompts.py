"""Sentences of the template of HW3_differentiation.ipynb, which are nobody's derivation; a test compares them with it."""

from __future__ import annotations

PROMPTS = (
    r"Backpropagation is the chain rule, applied to matrices.",
    r"Here you practise that on paper:",
    r"derive each gradient, write down the derivation in LaTeX (a person reads it), and then put the result into "
    r"a function.",
    r"These functions are called with random arguments of random shapes, and what they return is compared with "
    r"difference quotients.",
    r"You can do the same:",
    r"there is a function for it at the end.",
    r"By the gradient of a number by a vector or matrix we mean what has the *same shape* as that, with the "
    r"partial derivative by each entry in its place.",
    r"A way that always works:",
    r"write everything as sums over indices, differentiate by *one* entry, and read the sum that you get as a "
    r"product of matrices again.",
    r"You need no more than",
    r"$$\frac{\partial x_i}{\partial x_k} = \delta_{ik} = \begin{cases} 1 & i = k \\ 0 & \text{else} \end{cases} "
    r"\qquad\text{and}\qquad \sum_i \delta_{ik}\, a_i = a_k .$$",
    r"$$y = x^\top x, \qquad x \in \mathbb{R}^N.",
    r"\qquad \text{What is } \frac{dy}{dx}\,?$$",
    r"$$y = \operatorname{tr}(AB), \qquad A \in \mathbb{R}^{N \times M},\ B \in \mathbb{R}^{M \times N}.",
    r"\qquad \text{What is } \frac{dy}{dA}\,?$$",
    r"$$y = x^\top A\, c, \qquad x \in \mathbb{R}^N,\ A \in \mathbb{R}^{N \times M},\ c \in \mathbb{R}^M.",
    r"\qquad \text{What are } \frac{dy}{dx} \text{ and } \frac{dy}{dA}\,?$$",
    r"$$J = \lVert X - A S \rVert_F^2 = \sum_{n,m} \bigl(X - AS\bigr)_{nm}^2, \qquad X \in \mathbb{R}^{N \times "
    r"M},\ A \in \mathbb{R}^{N \times R},\ S \in \mathbb{R}^{R \times M}.",
    r"\qquad \text{What is } \frac{dJ}{dS}\,?$$",
    r"First do it directly.",
    r"Let $F = AS$, so that $J = \lVert X - F \rVert_F^2$.",
    r"Then $J$ depends on $F$, and $F$ on $S$:",
    r"$$\frac{dJ}{d\operatorname{vec} S} = \left(\frac{d\operatorname{vec} F}{d\operatorname{vec} "
    r"S}\right)^{\!\top} \frac{dJ}{d\operatorname{vec} F} .$$",
    r"Derive both factors, and show that their product is what you have found above.",
    r"$\operatorname{vec}$ lays out a matrix as one long vector, row by row (`F.reshape(-1)` in numpy), so "
    r"$dF/dS$ has the shape $NM \times RM$:",
    r"a row for every entry of $F$ and a column for every entry of $S$.",
    r"The difference quotients of a function by every entry of its argument.",
    r"Compare them with what your own functions return, for shapes with sides that differ; here is how:",
    r"```python x = np.random.randn(4) print(difference_quotients(lambda x:",
    r"x @ x, x)) print(dy_dx_inner_product(x)) ```",
)
