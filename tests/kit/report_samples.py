"""Reports as they come out of real gradings: all right, with bugs, blocked, withheld, with notebooks, hostile."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from functools import cache

import numpy as np

from grader.model import (
    Array,
    Confusion,
    Curve,
    Evidence,
    Finding,
    HeatMaps,
    ImageGrid,
    ImageScatter,
    Marks,
    Observation,
    Problem,
    ProblemKind,
    Quote,
    Report,
    Scatter,
    Score,
    ScoredFinding,
    ScoredItem,
    Submission,
    Transcript,
    TranscriptCell,
    TranscriptOutput,
    Verdict,
)

HOSTILE = (
    "<script>document.body.dataset.owned=1</script><img src=x onerror='document.body.dataset.owned=1'>"
    "\"'></style></svg></title>"
    "[bold]`x`{{7*7}}javascript:alert(3)\x1b]52;c;aGk=\x07\r\u202e\udc80"
)
SEED = 98765431
TITLES = {
    "mlp_loads": "mlp.py can be imported and has a class MLP",
    "layer_shapes": "Every layer has weights and biases of the right shapes",
    "initialisation": "Weights start as 0.1 times standard normal numbers",
    "output_shapes": "forward returns a 1-D array with one number a neuron of the last layer",
    "forward_values": "forward computes the right values",
    "start_and_end": "start and end choose where forward begins and stops",
    "gradients_match": "Backpropagation agrees with central differences",
    "gradients_accumulate": "Gradients add up over several calls of backward",
    "zero_grad_clears": "zero_grad sets every gradient back to zero",
    "step_descends": "step moves the parameters against the gradient",
    "disc_separates": "A small network learns to tell the disc from its surroundings",
    "classification_runs": "Classification.ipynb runs and trains networks",
    "small_accuracy": "The network with one hidden layer recognises digits that it never saw",
    "large_accuracy": "The network with two hidden layers recognises digits that it never saw",
    "accuracies_reported": "The accuracies that the notebook reports are true",
    "comparison_written": "The two networks are compared in words",
    "autoencoder_runs": "Autoencoder.ipynb runs and trains a network",
    "reconstruction_beats_pca": "Reconstructions are closer to unseen digits than two principal components",
    "latent_codes": "Latent codes fill the box and keep the digits apart",
}
POINTS = {
    "forward": {
        "mlp_loads": 0.0, "layer_shapes": 2.0, "initialisation": 2.0, "output_shapes": 1.0, "forward_values": 3.0,
        "start_and_end": 2.0,
    },
    "backprop": {
        "gradients_match": 6.0, "gradients_accumulate": 2.0, "zero_grad_clears": 2.0, "step_descends": 2.0,
        "disc_separates": 3.0,
    },
}  # fmt: skip
NOTEBOOK_POINTS = {
    "classification": {
        "classification_runs": 0.0, "small_accuracy": 1.5, "large_accuracy": 1.5, "accuracies_reported": 1.0,
        "comparison_written": 2.0,
    },
    "autoencoder": {"autoencoder_runs": 0.0, "reconstruction_beats_pca": 3.0, "latent_codes": 1.0},
}  # fmt: skip
ITEM_TITLES = {
    "forward": "Forward pass",
    "backprop": "Backpropagation",
    "classification": "Classification",
    "autoencoder": "Autoencoder",
}
SOURCE = b'''"""My network."""

import numpy as np


class MLP:
    def __init__(self, d, est_lossderiv):
        self.d = d
        self.layers = []
        self.est_lossderiv = est_lossderiv

    def forward(self, x, start=None, end=None):
        print("forward", x.shape)
        for layer in self.layers:
            x = layer["f"](layer["W"] @ x + layer["b"])
        return x
'''


def finding(check: str, verdict: Verdict = Verdict.PASSED, message: str = "", hint: str = "") -> Finding:
    """Return a finding of one of byomlp's checks."""
    return Finding(check, TITLES[check], verdict, message, hint)


def scored(found: Finding, points: float) -> ScoredFinding:
    """Give a finding the points that its verdict means."""
    earned = points if found.verdict is Verdict.PASSED else 0.0
    pending = points if found.verdict is Verdict.PENDING else 0.0
    withheld = points if found.verdict is Verdict.UNDECIDED else 0.0
    return ScoredFinding(found, Marks(earned, points, pending, withheld))


def score(findings: dict[str, Finding], table: dict[str, dict[str, float]] = POINTS) -> Score:
    """Return the score of `findings`; checks that are not named passed."""
    items = []
    for name, worth in table.items():
        rows = tuple(scored(findings.get(check, finding(check)), points) for check, points in worth.items())
        items.append(ScoredItem(name, ITEM_TITLES[name], total([row.marks for row in rows]), rows))
    return Score(total([item.marks for item in items]), tuple(items))


def total(marks: list[Marks]) -> Marks:
    """Add up points of every kind."""
    return Marks(
        sum(m.earned for m in marks),
        sum(m.possible for m in marks),
        sum(m.pending for m in marks),
        sum(m.withheld for m in marks),
    )


def report(findings: dict[str, Finding] | None = None, *, name: str = "alice", output: str = "") -> Report:
    """Return the report of a submission called `name`; checks that are not named passed."""
    rng = np.random.default_rng(5)
    methods = {"MLP": {"forward": ["x", "start=", "end="], "step": ["alpha"]}}
    slow = Problem(ProblemKind.TIMEOUT, "backward took longer than 5 s", "mlp.py line 12, in backward")
    weights = [rng.normal(size=(4, 3)), rng.normal(size=(1, 4))]
    answers = {"x": rng.normal(size=(200, 10)), "y": rng.normal(size=(200, 5)), "seeds": list(range(40))}
    observations = {
        "module": Observation("module", {"classes": methods}, seconds=0.31),
        "layers": Observation("layers", {"widths": [3, 4, 1], "weights": weights}, seconds=0.08),
        "forward": Observation("forward", answers, seconds=0.2),
        "disc": Observation("disc", {"losses": np.array([np.nan, *range(99)])}, slow, seconds=5.02),
    }
    facts = {"image": "mlpgrader-sandbox@sha256:77aa0e", "engine": "20.10.24", "memory": "2048 MB", "network": "none"}
    evidence = Evidence(observations, SEED, "docker", 3.2004, facts, output)
    files = {"mlp.py": SOURCE, "layers.py": b"import numpy as np\n", "photo.png": b"\x89PNG\0\0"}
    submission = Submission(name, "sha256:" + "3f" * 32, files, ("layers.py was replaced by the grader's copy",))
    return Report(
        "byomlp",
        "Build Your Own Multilayer Perceptron",
        submission,
        "sha256:" + "a1" * 32,
        score(findings or {}),
        evidence,
    )


def disc(*, separated: bool = True) -> tuple[Scatter, Curve]:
    """Return what the disc network's layer2 makes of 1000 points, and its losses."""
    rng = np.random.default_rng(7)
    classes = (np.arange(1000) % 2).astype(int)
    shift = np.where(classes == 1, 4.0, -1.0)[:, None] * (1.0 if separated else 0.1)
    points = rng.normal(size=(1000, 2)) * [1.0, 1.4] + shift
    scatter = Scatter(
        "What layer2 makes of the disc",
        points,
        classes,
        ("outside", "inside"),
        "layer2 neuron 0",
        "layer2 neuron 1",
        (1.0, 1.0, -3.0),
    )
    curve = Curve(
        "Loss while the network learns",
        "epoch",
        "summed loss",
        np.arange(1, 101),
        (("loss", 25 + 690 * np.exp(-np.arange(100) / 18)),),
    )
    return scatter, curve


def gradients() -> HeatMaps:
    """Return gradients of a network whose first layer forgets the activation's derivative."""
    rng = np.random.default_rng(3)
    shapes = (("W of layer 1", (6, 4)), ("b of layer 1", (6, 1)), ("W of layer 2", (1, 6)))
    panels = []
    for label, shape in shapes:
        expected = rng.normal(size=shape)
        factor = rng.choice([1.0, 0.01], size=shape) if "1" in label[-1] else 1.0
        panels.append((label, expected * factor, expected))
    return HeatMaps("Gradients of a 4 → 6 → 1 network with one example", tuple(panels))


def right() -> Report:
    """Return a report in which everything is right."""
    separates = finding("disc_separates", message="all of 1000 fresh points lie on the right side")
    return report({"disc_separates": replace(separates, pictures=disc())})


def wrong() -> Report:
    """Return a report with a wrong gradient, a broken `end` and a disc that is not separated."""
    gradient = finding(
        "gradients_match",
        Verdict.FAILED,
        "W of layer 1, entry [3, 0] is 1.354, expected 0.01354",
        "The gradients are those of a network without activation functions. In `backward`, multiply `g` by "
        "`fderiv(a)` of each layer but the last before you use it for that layer's weights.",
    )
    end = finding(
        "start_and_end",
        Verdict.FAILED,
        "forward(x, end='special_end') returned shape (1,), expected (7,): end is not honoured without start",
        "Each of start and end may be given alone. Follow your loop with end='special_end': when does it stop?",
    )
    separates = finding(
        "disc_separates",
        Verdict.FAILED,
        "61 % of 1000 fresh points lie on the right side of the best line, expected at least 99 %",
        "With wrong gradients the network cannot learn; put those right first and look again.",
    )
    findings = {
        "gradients_match": replace(gradient, diagnosis="missing_activation_derivative", pictures=(gradients(),)),
        "start_and_end": end,
        "disc_separates": replace(separates, pictures=disc(separated=False)),
    }
    return report(findings, name="bob", output="forward (10,)\n" * 6)


def blocked() -> Report:
    """Return a report in which nothing could be judged, because the file has a syntax error."""
    loads = finding(
        "mlp_loads",
        Verdict.FAILED,
        "mlp.py line 12: expected ':'",
        "Run python mlp.py in a terminal: it must end without an error.",
    )
    waiting = {check: finding(check, Verdict.BLOCKED, loads.message, loads.hint) for check in TITLES}
    return report({**waiting, "mlp_loads": loads}, name="carol")


def withheld() -> Report:
    """Return a report in which a fault of ours keeps points back."""
    fault = "could not be judged: probe 'disc': the sandbox went away (exit status 125)"
    return report(
        {"disc_separates": finding("disc_separates", Verdict.UNDECIDED, fault, "Nothing to do for you.")}, name="dora"
    )


def png(pixels: Array) -> bytes:
    """Return grey pixels (h, w) uint8 as a PNG."""
    h, w = pixels.shape
    rows = np.concatenate([np.zeros((h, 1), np.uint8), pixels], axis=1).tobytes()
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    parts = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@cache
def digits(n: int) -> tuple[Array, Array]:
    """Return n digits as a pocket calculator shows them: images (n, 28, 28), 1 is paper, and their labels (n,)."""
    rng = np.random.default_rng(11)
    lit = (0b1110111, 0b0100100, 0b1011101, 0b1101101, 0b0101110, 0b1101011, 0b1111011, 0b0100101, 0b1111111, 0b1101111)
    bars = (
        (4, 6, 9, 19),
        (5, 14, 8, 10),
        (5, 14, 18, 20),
        (13, 15, 9, 19),
        (14, 23, 8, 10),
        (14, 23, 18, 20),
        (22, 24, 9, 19),
    )
    images, labels = np.ones((n, 28, 28)), np.arange(n) % 10
    for image, label in zip(images, labels, strict=True):
        for k, (top, bottom, left, right) in enumerate(bars):
            image[top:bottom, left:right] -= (lit[label] >> k & 1) * rng.uniform(0.75, 1)
        image[:] = np.roll(image, rng.integers(-3, 4, 2), axis=(0, 1))
        image[1:] = 0.65 * image[1:] + 0.35 * image[:-1]
    return images.clip(0, 1), labels


def confusion() -> Confusion:
    """Return counts of 2000 digits, 4 and 9 mixed up most."""
    rng = np.random.default_rng(12)
    counts = np.diag(rng.integers(180, 200, 10)) + rng.poisson(0.9, (10, 10))
    counts[4, 9], counts[9, 4], counts[3, 5] = 17, 11, 9
    return Confusion("Which digit the network took for which", counts, tuple("0123456789"))


def reconstructions() -> ImageGrid:
    """Return digits beside two ways to rebuild them."""
    images, labels = digits(10)
    rng = np.random.default_rng(13)
    blurred = sum(np.roll(images, step, axis=2) for step in (-1, 0, 1)) / 3
    rows = np.stack([images, blurred, 0.5 * blurred + 0.4 + 0.1 * rng.random(images.shape)])
    names = ("digit", "autoencoder", "two principal components")
    errors = rng.uniform(20, 60, 10)
    captions = (
        tuple(str(label) for label in labels),
        tuple(f"{error:.1f}" for error in errors),
        tuple(f"{error + 14:.1f}" for error in errors),
    )
    return ImageGrid("Digits that the network never saw, and what is left of them", rows, names, captions)


def decoded() -> ImageGrid:
    """Return a grid of images without any words."""
    images, _ = digits(64)
    return ImageGrid("What the network makes of points in the latent box", images.reshape(8, 8, 28, 28))


def latent(n: int = 1000) -> ImageScatter:
    """Return digits at points of the unit box, each class in a corner of its own."""
    images, labels = digits(n)
    rng = np.random.default_rng(14)
    angle = 2 * np.pi * labels / 10
    centre = 0.5 + 0.33 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = (centre + 0.06 * rng.normal(size=(n, 2))).clip(0.001, 0.999)
    return ImageScatter(
        "Where the latent layer puts digits", points, images, labels, "latent neuron 0", "latent neuron 1"
    )


def learning() -> Curve:
    """Return the learning curves of two networks."""
    epochs = np.arange(0, 101)
    small, large = 0.945 - 0.87 * np.exp(-((epochs / 1.3) ** 0.5)), 0.962 - 0.87 * np.exp(-((epochs / 2.2) ** 0.6))
    series = (("one hidden layer, training", small), ("two hidden layers, training", large))
    return Curve("Accuracy while the networks learn", "epoch", "accuracy", epochs, series)


COMPARISON = """## Which network works better?

The network with **two** hidden layers ends at *96.1 %* on the test images, the other one at 94.3 %. It has more weights
to fit with, $W_{1} \\in R^{40 \\times 784}$ instead of $W_1 \\in R^{20 \\times 784}$.

| network | training | test |
|---|---:|---:|
| 784-20-10 | 94.9 % | 94.3 % |
| 784-40-20-10 | 97.0 % | 96.1 % |

Neither overfits much: `test` is less than one percent below `train`. See [my source](https://example.org/a?b=1).
"""
TRACEBACK = (
    "\x1b[0;31m---------------------------------------------------------------------------\x1b[0m\n"
    "\x1b[0;31mNameError\x1b[0m                                 Traceback (most recent call last)\n"
    "Cell \x1b[0;32mIn[5], line 2\x1b[0m\n"
    "\x1b[1;32m      1\x1b[0m errors = []\n"
    "\x1b[0;32m----> 2\x1b[0m \x1b[43mplot_losses\x1b[49m(errors)\n"
    "\n"
    "\x1b[0;31mNameError\x1b[0m: name 'plot_losses' is not defined"
)
TRAINING = """# stochastic gradient descent
for epoch in range(100):
    order = np.random.permutation(len(X))
    for i in order:
        net.backward(X[i], one_hot[Y[i]])
        net.step(1e-4)
        net.zero_grad()
    print(f"epoch {epoch}: {accuracy(net, X, Y):.4f}")
"""


TABLE = (
    '<div>\n<style scoped>th { color: red; }</style>\n<table border="1" class="dataframe"><thead><tr style="text-align: right;">'
    "<th></th><th>net</th><th>accuracy</th></tr></thead><tbody><tr><th>0</th><td>1</td><td>0.931</td></tr></tbody></table></div>"
)


def transcript() -> Transcript:
    """Return a notebook with prose, code, prints, a picture and an error."""
    wave = np.sin(np.linspace(0, 12, 320))[None, :] * 60 + 60
    picture = (np.abs(np.arange(120)[:, None] - wave) > 2).astype(np.uint8) * 255
    printed = "".join(f"epoch {k}: {0.95 - 0.5 / (k + 1):.4f}\n" for k in range(30))
    table = TranscriptOutput("text", "   net  accuracy\n0    1     0.931\n", of="result", rich=(("text/html", TABLE),))
    return Transcript(
        "Classification.ipynb as it was run here",
        (
            TranscriptCell("markdown", "# Classification\n\nTwo networks, *one* data set."),
            TranscriptCell("code", "import numpy as np\nfrom mlp import MLP\n%load_ext autoreload", (), 1),
            TranscriptCell("code", TRAINING, (TranscriptOutput("text", printed, of="stdout"),), 2),
            TranscriptCell("code", "pd.DataFrame(table)", (table,), 3),
            TranscriptCell(
                "code", "plt.plot(losses)", (TranscriptOutput("png", "<Figure>", png(picture), of="display"),), 4
            ),
            TranscriptCell("code", "plot_losses(errors)", (TranscriptOutput("error", TRACEBACK, of="error"),), 5),
            TranscriptCell("code", "print('late')", (TranscriptOutput("text", "(was not run)"),)),
            TranscriptCell("markdown", COMPARISON),
        ),
        "homework/Classification.ipynb",
    )


def notebooks() -> Report:
    """Return a report on two notebooks: all pictures, an answer that waits for a person, and an accuracy that is not true."""
    waits = finding(
        "comparison_written",
        Verdict.PENDING,
        "Your comparison of 71 words waits for a person.",
        "It is read as it is.",
    )
    waits = replace(waits, for_staff=(Quote("The comparison in cell 6", COMPARISON),))
    runs = finding("classification_runs", message="Code cell 4, line 2 ends with NameError; the others ran.")
    large = replace(
        finding("large_accuracy", message="94.7 % of 2000 unseen digits"), pictures=(learning(), confusion())
    )
    images, labels = digits(10)
    wrong_ones = ImageGrid(
        "Digits that it is most wrongly sure of",
        images[None],
        (),
        (tuple(f"{label}, says {(label + 5) % 10}" for label in labels),),
    )
    small = replace(finding("small_accuracy", message="93.1 % of 2000 unseen digits"), pictures=(wrong_ones,))
    untrue = finding(
        "accuracies_reported",
        Verdict.FAILED,
        "code cell 2 reports 0.9913 for the test images; measured here: 0.9431",
        "Compute the accuracy on all test images after the last epoch and print it.",
    )
    pca = finding("reconstruction_beats_pca", message="squared error 38.2 an image, two components 47.9")
    codes = finding("latent_codes", message="a nearest centre names 71 % of the digits")
    findings = {
        "classification_runs": replace(runs, for_staff=(transcript(),)),
        "small_accuracy": small,
        "large_accuracy": large,
        "accuracies_reported": untrue,
        "comparison_written": waits,
        "reconstruction_beats_pca": replace(pca, pictures=(reconstructions(), decoded())),
        "latent_codes": replace(codes, pictures=(latent(),)),
    }
    made = report(name="nora")
    facts = {**made.evidence.facts, "size": "quick", "data": "MNIST"}
    return replace(made, score=score(findings, NOTEBOOK_POINTS), evidence=replace(made.evidence, facts=facts))


def showing(*transcripts: Transcript) -> Report:
    """Return a report that shows these notebooks to staff."""
    runs = replace(finding("classification_runs"), for_staff=transcripts)
    return replace(report(), score=score({"classification_runs": runs}, NOTEBOOK_POINTS))


def waiting() -> Report:
    """Return a report in which all is right but for what a person has to read."""
    waits = finding("comparison_written", Verdict.PENDING, "Your comparison waits for a person.")
    made = report(name="wanda")
    return replace(made, score=score({"comparison_written": waits}, NOTEBOOK_POINTS))


OWNED = "document.body.dataset.owned=1"
ASKS = "https://example.org/asks"
SVG = (
    f'<svg xmlns="http://www.w3.org/2000/svg" onload="{OWNED}"><script>{OWNED}</script><image href="{ASKS}.png"/>'
    f'<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="{ASKS}" onerror="{OWNED}"/></foreignObject></svg>'
)
RICH = (
    (
        "text/html",
        f"<script>{OWNED}</script><img src=x onerror={OWNED}><img src='{ASKS}.png'><a href='javascript:{OWNED}'>a</a>"
        f"<iframe srcdoc='<script>{OWNED}</script>'></iframe><object data='{ASKS}'></object><base href='{ASKS}/'>"
        f"<style>body {{ background: url({ASKS}) }}</style><link rel=stylesheet href='{ASKS}.css'>{SVG}<math><mtext>"
        f"<p style=\"position: fixed; inset: 0; background: url('{ASKS}')\" onclick='{OWNED}'>b</p></math>"
        f"<form action='{ASKS}'><button formaction='javascript:{OWNED}'>c</button></form>"
        f"<meta http-equiv=refresh content='0; url={ASKS}'><video poster='{ASKS}' autoplay><source src='{ASKS}'></video>",
    ),
    ("image/svg+xml", SVG),
    ("text/markdown", f"[a](javascript:{OWNED}) ![b]({ASKS}.png) <script>{OWNED}</script>"),
    ("text/latex", f"$\\href{{javascript:{OWNED}}}{{x}}$ <script>{OWNED}</script>"),
)


def hostile() -> Report:
    """Return a report in which every text that a student can touch is an attack."""
    matrices = (HOSTILE, np.ones((2, 2)), np.array([[np.nan, np.inf], [1e308, -1e308]]))
    points = np.array([[0.0, 1e308], [np.nan, 1.0]])
    pictures = (
        HeatMaps(HOSTILE, (matrices,)),
        Scatter(HOSTILE, points, np.array([0, 1]), (HOSTILE, HOSTILE), HOSTILE, HOSTILE, (np.nan, 1.0, 0.0)),
        Curve(HOSTILE, HOSTILE, HOSTILE, np.arange(3), ((HOSTILE, np.array([1e-300, np.inf, 1e300])),)),
        Confusion(HOSTILE, np.array([[2**62]]), (HOSTILE,)),
        ImageGrid(HOSTILE, np.full((1, 1, 2, 2), np.inf), (HOSTILE,), ((HOSTILE,),)),
        ImageScatter(HOSTILE, points, np.full((2, 3, 3), np.nan), np.array([0, -7]), HOSTILE, HOSTILE),
    )
    markdown = f"{HOSTILE}\n\n[a](javascript:alert(1)) [b]: <x> ![c](https://example.org/c.png) &#x202e;&#27;\n\n<b>"
    markdown += "\n\n$\\text{<script>document.body.dataset.owned=1</script>} \\href{javascript:alert(1)}{x}$"
    markdown += " $\\unicode{3C}img \\style{background:url(https://example.org)}{y} \\class{z}{w}$ $</math><script>$"
    outputs = (
        TranscriptOutput("text", HOSTILE),
        TranscriptOutput("error", HOSTILE),
        TranscriptOutput("png", png=b"<svg onload=alert(1)>"),
        TranscriptOutput("text", HOSTILE, of="stdout"),
        TranscriptOutput("text", HOSTILE, of="stderr"),
        TranscriptOutput("error", HOSTILE, of="error"),
        TranscriptOutput("png", HOSTILE, b"<svg onload=alert(1)>", of="display"),
        *(TranscriptOutput("text", HOSTILE, of="result", rich=((form, text),)) for form, text in RICH),
        TranscriptOutput("text", "", of="display", rich=tuple(RICH)),
    )
    cells = (
        TranscriptCell("markdown", markdown),
        TranscriptCell("raw", HOSTILE),
        TranscriptCell("code", HOSTILE, outputs, 1),
    )
    staff = (Quote(HOSTILE, markdown), Transcript(HOSTILE, cells, f"{HOSTILE}.ipynb"))
    bad = finding("forward_values", Verdict.FAILED, HOSTILE, HOSTILE)
    bad = replace(bad, diagnosis=HOSTILE, pictures=pictures, for_staff=staff)
    made = report({"forward_values": bad}, name=HOSTILE, output=HOSTILE)
    observation = Observation(HOSTILE, {HOSTILE: HOSTILE}, Problem(ProblemKind.RAISED, HOSTILE, HOSTILE), HOSTILE)
    evidence = replace(made.evidence, observations={HOSTILE: observation}, facts={HOSTILE: HOSTILE})
    submission = replace(made.submission, files={HOSTILE: HOSTILE.encode("utf-8", "replace")}, notes=(HOSTILE,))
    return replace(made, evidence=evidence, submission=submission)


def bad_cells() -> tuple[TranscriptCell, TranscriptCell]:
    """Return a cell of code and one of text that take longest to be made a page of."""
    html = "<p>" + "".join(f"<b id={k}>" for k in range(20)) + "</p><p>x" * 1900
    forms = (("text/html", html), ("text/html", "<div>" * 3900), ("text/latex", "$\\frac{" * 2000))
    outputs = [TranscriptOutput("text", "plain", of="display", rich=(form,)) for form in forms]
    printed = TranscriptOutput("text", "&" * 20_000, of="stdout")
    code = TranscriptCell("code", "x = [" + "[" * 19_000, (*outputs, printed), 1)
    return code, TranscriptCell("markdown", "[" * 9_000 + "*a_" * 3_000)
