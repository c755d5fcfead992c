from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from grader.model import Array, Confusion, Curve, HeatMaps, ImageGrid, ImageScatter, Picture, Scatter
from grader.report.charts import MARKERS
from grader.report.heatmaps import ringed_entry
from grader.report.plots import caption, describe, svg
from grader.report.written import marker
from kit import report_samples as samples

SCATTER, CURVE = samples.disc()
PICTURES = [
    samples.gradients(), SCATTER, CURVE, samples.learning(), samples.confusion(), samples.reconstructions(),
    samples.decoded(), samples.latent(100),
]  # fmt: skip
# each is drawn once, where tests run side by side, too
each_picture = pytest.mark.parametrize(
    "number", [pytest.param(number, marks=pytest.mark.xdist_group("pictures")) for number in range(len(PICTURES))]
)
EXTREME = [np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, 0.0]


def heat(expected: object, got: object) -> HeatMaps:
    """Return heat maps of one pair of matrices."""
    return HeatMaps("Gradients", (("W of layer 1", np.asarray(expected), np.asarray(got)),))


def scatter(points: object, line: tuple[float, float, float] | None = None) -> Scatter:
    """Return a scatter of points, alternating between two classes."""
    array = np.asarray(points, dtype=float).reshape(-1, 2)
    return Scatter("Points", array, np.arange(len(array)) % 2, ("outside", "inside"), "x", "y", line)


def curve(*values: float) -> Curve:
    """Return a curve through values."""
    return Curve("Loss", "epoch", "loss", np.arange(len(values)), (("loss", np.array(values)),))


@cache
def drawn_once(number: int) -> str:
    """Return one of the pictures as it is drawn under the name p7."""
    return svg(PICTURES[number], name="p7")


def words(picture: Picture) -> list[str]:
    """Return the texts written in a picture."""
    root = ElementTree.fromstring(svg(picture, name="p"))
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


@each_picture
def test_equal_data_give_equal_bytes(number: int) -> None:
    assert svg(PICTURES[number], name="p7") == drawn_once(number)


@each_picture
def test_every_id_starts_with_the_name_so_that_pictures_do_not_clash(number: int) -> None:
    drawn = drawn_once(number)
    ids = re.findall(r' id="([^"]+)"', drawn)
    assert len(ids) == len(set(ids))
    assert {each.partition("-")[0] for each in ids} == {"p7"}


@each_picture
def test_every_reference_leads_to_an_id_in_the_picture(number: int) -> None:
    drawn = drawn_once(number)
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', drawn)) <= set(re.findall(r' id="([^"]+)"', drawn))


@each_picture
def test_a_picture_is_well_formed_and_says_what_it_is(number: int) -> None:
    picture, root = PICTURES[number], ElementTree.fromstring(drawn_once(number))
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "p7-title p7-desc")
    assert [child.text for child in root[:2]] == [picture.title, describe(picture)]


@each_picture
def test_a_picture_has_no_date_no_style_of_its_own_and_nothing_to_fetch(number: int) -> None:
    drawn = drawn_once(number)
    assert not re.search(r"<metadata|<style|<script|matplotlib|DejaVu|#0102", drawn)
    assert re.findall(r'href="(?!#p7-\d|data:image/png;base64,)', drawn) == []


@pytest.mark.parametrize("picture", [samples.gradients(), SCATTER, CURVE])
def test_a_picture_is_transparent_and_follows_the_colour_of_the_page(picture: Picture) -> None:
    drawn = svg(picture, name="p1")
    assert "currentColor" in drawn
    assert "fill: #ffffff" not in drawn


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (100, 2), (2, 100), (5, 5), (3,), (0, 3)])
def test_heat_maps_of_every_shape_can_be_drawn(shape: tuple[int, ...]) -> None:
    drawn = svg(heat(np.ones(shape), np.zeros(shape)), name="p")
    assert drawn.count("<image") == (4 if np.prod(shape) else 1)


def test_heat_maps_name_panels_axes_and_the_worst_entry() -> None:
    expected, got = np.zeros((4, 3)), np.zeros((4, 3))
    expected[2, 1], got[2, 1] = 0.5, 1.25
    shown = words(heat(expected, got))
    assert {"W of layer 1", "expected", "got", "got − expected", "neuron", "input", "1.25", "−1.25"} <= set(shown)
    assert "largest difference at [2, 1]: got 1.25, expected 0.5" in shown


def test_the_axes_of_heat_maps_are_what_the_check_says_they_are() -> None:
    shown = words(replace(heat(np.ones((2, 2)), np.zeros((2, 2))), rows="example", columns="feature"))
    assert {"example", "feature"} <= set(shown)
    assert not {"neuron", "input"} & set(shown)


def test_a_vector_has_no_columns_to_name_or_number() -> None:
    shown = words(heat([0.0, 1.0], [0.0, 3.0]))
    assert "neuron" in shown
    assert "input" not in shown
    assert "largest difference at [1]: got 3, expected 1" in shown


def test_equal_matrices_have_no_ring() -> None:
    same = np.arange(6.0).reshape(2, 3)
    ringed = svg(heat(same, same + np.eye(2, 3)), name="p").count("<use")
    assert ringed - svg(heat(same, same * (1 + 1e-12)), name="p").count("<use") == 6


@pytest.mark.parametrize(
    ("expected", "got", "index"),
    [
        ([[1.0, 2.0]], [[1.0, 5.0]], (0, 1)),
        ([[1.0], [2.0]], [[np.nan], [90.0]], (0, 0)),
        ([[0.0, 1.0]], [[0.0, np.inf]], (0, 1)),
        ([[1e308, 1.0]], [[-1e308, 9.0]], (0, 0)),
        ([[1.0, 2.0]], [[1.0, 2.0 + 1e-9]], None),
        ([[0.0]], [[0.0]], None),
        ([[0.0]], [[1e-12]], (0, 0)),
        (np.zeros((0, 2)), np.zeros((0, 2)), None),
        ([[1.0]], [[1.0, 2.0]], None),
    ],
)
@pytest.mark.filterwarnings("error")
def test_the_worst_entry_is_the_one_furthest_off(expected: object, got: object, index: tuple[int, int] | None) -> None:
    assert ringed_entry(np.asarray(expected), np.asarray(got)).index == index


@pytest.mark.parametrize("value", EXTREME)
def test_heat_maps_with_an_extreme_entry_can_be_drawn(value: float) -> None:
    assert svg(heat(np.ones((2, 2)), [[value, 1.0], [1.0, 1.0]]), name="p").endswith("</svg>")


def test_heat_maps_of_different_shapes_say_so() -> None:
    assert "shape (3, 1), expected (1, 3)" in words(heat([[1.0, 2.0, 3.0]], [[1.0], [2.0], [3.0]]))


def test_an_entry_that_is_no_number_is_explained_in_the_caption() -> None:
    assert "grey" in caption(heat([[1.0]], [[np.nan]]))
    assert "grey" not in caption(heat([[1.0]], [[2.0]]))


def test_a_scatter_has_a_legend_of_classes_and_line_and_labelled_axes() -> None:
    assert {"outside", "inside", "separating line", "layer2 neuron 0", "layer2 neuron 1"} <= set(words(SCATTER))


def test_classes_differ_in_colour_and_in_shape() -> None:
    drawn = svg(SCATTER, name="p")
    assert {"p-1", "p-2"} <= set(re.findall(r'<use xlink:href="#([^"]+)"', drawn))
    assert "var(--plot-1, #0072b2)" in drawn
    assert "var(--plot-2, #d55e00)" in drawn


@pytest.mark.parametrize("value", EXTREME)
def test_a_scatter_with_an_extreme_point_can_be_drawn(value: float) -> None:
    assert svg(scatter([[0, 0], [value, 1], [1, value]]), name="p").endswith("</svg>")


@pytest.mark.parametrize(
    "points", [[], [[1.0, 2.0]], [[3.0, 3.0]] * 5, [[np.nan, np.nan]], [[1e308, -1e308], [-1e308, 1e308]]]
)
def test_a_scatter_without_extent_or_with_an_endless_one_can_be_drawn(points: list[list[float]]) -> None:
    assert svg(scatter(points), name="p").endswith("</svg>")


@pytest.mark.parametrize("line", [(1.0, 0.0, -0.5), (0.0, 1.0, -0.5), (1e-12, 1.0, -0.5), (2.0, -3.0, 0.1)])
def test_a_line_of_any_slope_is_drawn(line: tuple[float, float, float]) -> None:
    assert "separating line" in words(scatter([[0, 0], [1, 1], [0, 1]], line))


@pytest.mark.parametrize("line", [(0.0, 0.0, 1.0), (np.nan, 1.0, 0.0), (1.0, np.inf, 0.0), (1e-300, 0.0, 1e10)])
def test_a_line_that_is_none_is_left_out(line: tuple[float, float, float]) -> None:
    assert "separating line" not in words(scatter([[0, 0], [1, 1], [0, 1]], line))


def test_many_points_are_thinned_out() -> None:
    assert svg(scatter(np.zeros((100_000, 2))), name="p").count("<use") < 3100


def test_a_curve_over_decades_gets_a_logarithmic_axis() -> None:
    assert {"0.01", "1", "100"} <= set(words(curve(100.0, 1.0, 0.01)))


def test_a_curve_that_reaches_zero_keeps_a_linear_axis() -> None:
    assert {"0", "50", "100"} <= set(words(curve(100.0, 1.0, 0.0)))


@pytest.mark.parametrize("values", [[value, 1.0] for value in EXTREME] + [[], [np.nan], [2.0]])
def test_a_curve_of_extreme_values_can_be_drawn(values: list[float]) -> None:
    assert svg(curve(*values), name="p").endswith("</svg>")


def test_a_curve_without_finite_values_says_so() -> None:
    assert "no finite values to show" in words(curve(np.nan, np.inf))


def test_values_that_are_not_finite_are_counted_in_the_description() -> None:
    assert describe(curve(5.0, np.nan, 2.0)) == "loss: from 5 to 2, lowest 2. Left out: 1 that is not finite."


def test_several_series_get_a_legend() -> None:
    both = Curve("Loss", "epoch", "loss", np.arange(3), (("train", np.arange(3)), ("test", np.arange(3))))
    assert {"train", "test"} <= set(words(both))


def test_long_names_of_series_stand_below_each_other_and_differ_in_dashes() -> None:
    drawn = svg(samples.learning(), name="p")
    assert {"one hidden layer, training", "two hidden layers, training"} <= set(words(samples.learning()))
    assert drawn.count("stroke-dasharray") == 2


def test_epochs_are_whole_numbers() -> None:
    curve = Curve("Loss", "epoch", "", np.arange(1, 4), (("loss", np.full(3, 0.5)),))
    assert {"1", "2", "3"} <= set(words(curve))
    assert "1.5" not in words(curve)


def confusion(counts: object) -> Confusion:
    """Return a confusion of classes a, b, c..."""
    array = np.asarray(counts)
    return Confusion("Taken for", array, tuple("abcdefghij"[: len(array)]))


def test_a_confusion_shows_every_count_and_the_share_that_is_right_of_each_row() -> None:
    shown = words(confusion([[8, 2], [0, 5]]))
    assert {"a", "b", "8", "2", "0", "5", "80 %", "100 %", "true digit", "taken for"} <= set(shown)


def test_a_confusion_says_in_words_what_is_mixed_up_most() -> None:
    said = describe(confusion([[8, 2, 0], [0, 5, 7], [0, 0, 9]]))
    assert said == "22 of 31 are right. Most often: b taken for c (7 times), a taken for b (2 times)."


def test_a_confusion_without_mistakes_names_none() -> None:
    assert describe(confusion(np.eye(3, dtype=int))) == "3 of 3 are right."


def test_counts_in_a_confusion_are_dark_on_light_and_light_on_dark() -> None:
    drawn = svg(confusion([[100, 90], [1, 1]]), name="p")
    inks = dict(re.findall(r'style="[^"]*fill: (#\w+|currentColor|var[^;"]+\))"[^>]*>(\d+)<', drawn))
    assert {ink for ink in inks if ink.startswith("#")} == {"#ffffff", "#10151c"}


@pytest.mark.parametrize("counts", [[[1.5]], [[-1]], [[1, 2]], [1]])
def test_counts_that_are_none_are_refused(counts: object) -> None:
    with pytest.raises(ValueError, match="counts must be whole numbers"):
        svg(confusion(counts), name="p")


@pytest.mark.parametrize("counts", [np.zeros((10, 10), int), [[0]], np.full((3, 3), 10**15), np.zeros((0, 0), int)])
def test_extreme_confusions_can_be_drawn(counts: object) -> None:
    assert svg(confusion(counts), name="p").endswith("</svg>")


def pixels(picture: Picture) -> Array:
    """Return the one raster in a picture as RGBA bytes."""
    (data,) = re.findall(r'data:image/png;base64,([^"]+)"', svg(picture, name="p"))
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))


def test_an_image_grid_shows_each_pixel_in_its_shade_once_and_in_order() -> None:
    images = np.array([0.0, 1.0, 0.2, np.nan]).reshape(2, 2, 1, 1) * np.ones((2, 2, 4, 4))
    raster = pixels(ImageGrid("Images", images))
    middles = raster[3::7, 3::7]
    assert middles[..., 3].tolist() == [[255, 255], [255, 0]]
    assert middles[..., 0].tolist() == [[0, 255], [50, 0]]


def test_an_image_grid_has_its_labels_and_captions_as_text() -> None:
    shown = words(samples.reconstructions())
    assert {"digit", "autoencoder", "two principal", "components", "7", "9"} <= set(shown)


def test_a_caption_that_is_wider_than_its_image_takes_a_second_line() -> None:
    grid = ImageGrid("Wrong", np.ones((1, 2, 28, 28)), (), (("7 as 2, 100 %", "7 as 2, 98 %"),))
    assert words(grid) == ["7 as 2,", "100 %", "7 as 2,", "98 %"]


def test_an_image_grid_is_described_by_its_labels_and_captions() -> None:
    images = np.ones((2, 2, 3, 3))
    grid = ImageGrid("Images", images, ("digit", "copy"), (("1", "2"), ("", "")))
    assert describe(grid) == "2 rows of 2 images. digit: 1, 2. copy."
    assert describe(ImageGrid("Images", images)) == "2 rows of 2 images."


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (1, 40, 28, 28), (20, 1, 28, 28), (2, 3, 5, 60)])
def test_image_grids_of_every_shape_can_be_drawn(shape: tuple[int, ...]) -> None:
    assert svg(ImageGrid("Images", np.ones(shape), (), (("a",) * shape[1],) * shape[0]), name="p").endswith("</svg>")


def test_an_image_grid_without_images_is_refused() -> None:
    with pytest.raises(ValueError, match="there are no images"):
        svg(ImageGrid("Images", np.ones((0, 3, 28, 28))), name="p")


def test_an_image_grid_beyond_all_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 1500000 pixels"):
        svg(ImageGrid("Images", np.ones((60, 60, 28, 28))), name="p")


def dots(points: object, classes: list[int]) -> ImageScatter:
    """Return black squares of 4 by 4 at points."""
    array = np.asarray(points, dtype=float).reshape(-1, 2)
    return ImageScatter("Codes", array, np.zeros((len(array), 4, 4)), np.array(classes), "first", "second")


def test_a_digit_stands_at_its_point_in_the_colour_of_its_class() -> None:
    raster = pixels(dots([[0.0, 1.0], [1.0, 0.0]], [0, 1]))
    height, width = raster.shape[:2]
    places = np.argwhere(raster[..., 3] > 0)
    upper, lower = places[places[:, 0] < height / 2], places[places[:, 0] > height / 2]
    assert (len(upper), len(lower)) == (16, 16)
    assert upper[:, 1].max() < 0.1 * width < 0.9 * width < lower[:, 1].min()
    assert raster[tuple(upper[0])].tolist() == [0x0A, 0x69, 0xAB, 248]
    assert raster[tuple(lower[0])].tolist() == [0xF7, 0x64, 0x11, 248]


def test_paper_is_transparent_and_ink_is_as_strong_as_it_is_dark() -> None:
    image = np.array([[[1.0, 0.5], [0.0, np.nan]]])
    raster = pixels(ImageScatter("Codes", np.array([[0.5, 0.5]]), image, np.array([3]), "x", "y"))
    assert sorted(raster[..., 3][raster[..., 3] > 0].tolist()) == [124, 248]


def test_points_in_the_unit_box_are_shown_in_the_whole_box() -> None:
    assert {"0.00", "1.00"} <= set(words(dots([[0.4, 0.4], [0.5, 0.5]], [0, 1])))
    assert "1.00" not in words(dots([[40, 40], [50, 50]], [0, 1]))


def test_an_image_scatter_names_its_axes_and_the_classes_that_are_there() -> None:
    shown = words(dots([[0.4, 0.4], [0.5, 0.5], [0.6, 0.5]], [7, 2, 7]))
    assert {"2", "7", "first", "second"} <= set(shown)
    assert (
        describe(dots([[0.4, 0.4], [0.5, 0.5]], [7, 2]))
        == "2 digits over first and second. Of each class: 2 (1), 7 (1)."
    )


@pytest.mark.parametrize("points", [[], [[np.nan, 1.0]], [[1e308, -1e308]], [[3.0, 3.0]] * 4, [[-1e99, 1e99], [0, 0]]])
def test_an_image_scatter_of_extreme_points_can_be_drawn(points: list[list[float]]) -> None:
    assert svg(dots(points, [1] * len(points)), name="p").endswith("</svg>")


def test_points_images_and_classes_of_different_number_are_refused() -> None:
    with pytest.raises(ValueError, match="must be as many"):
        svg(dots([[0, 0], [1, 1]], [1]), name="p")


@pytest.mark.parametrize(
    "picture", [samples.latent(5000), samples.decoded(), samples.reconstructions(), samples.confusion()]
)
def test_a_picture_of_digits_stays_small(picture: Picture) -> None:
    assert len(svg(picture, name="p")) < 300_000


def test_labels_are_text_not_formulas_and_are_cut() -> None:
    shown = words(
        Curve("t", "$x^2$", "<b>" + "y" * 100, np.arange(2), (("_hidden", np.arange(2)), ("b", np.arange(2))))
    )
    assert {"$x^2$", "<b>" + "y" * 26 + "…", "b"} <= set(shown)


def test_a_style_of_the_reader_changes_nothing() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    usual = svg(CURVE, name="p")
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30, "axes.grid": True, "svg.fonttype": "path"}):
        assert svg(CURVE, name="p") == usual


def test_drawing_leaves_the_settings_of_the_process_alone() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"lines.linewidth": 9, "svg.fonttype": "path"}):
        before = dict(matplotlib.rcParams)
        svg(CURVE, name="p")
        assert dict(matplotlib.rcParams) == before


def test_matplotlib_is_loaded_by_warming_up_and_not_before() -> None:
    program = (
        "import sys; from grader import report; from grader.report import plots\n"
        "print('matplotlib' in sys.modules); report.warm_up(); print('matplotlib' in sys.modules)\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "True", "False"]


@pytest.mark.parametrize(
    "values", [[5e-324, 0.0], [1e-200, 1e-201], [-1e100, 1e100], [0.0, 0.0], [1e-5, 3e-5], [1e8, 1e8 + 1]]
)
def test_a_curve_has_ticks_whatever_its_extent(values: list[float]) -> None:
    shown = [text for text in words(curve(*values)) if re.fullmatch(r"[−\d.e+−-]+", text)]
    assert len(shown) >= 4
    assert "nan" not in svg(curve(*values), name="p")


def test_a_legend_of_many_classes_has_room_for_all() -> None:
    many = Scatter("P", np.zeros((8, 2)), np.arange(8), tuple(f"class number {k}" for k in range(8)), "x", "y", None)
    root = ElementTree.fromstring(svg(many, name="p"))
    texts = {each.text: float(each.get("y") or -1) for each in root.iter("{http://www.w3.org/2000/svg}text")}
    assert all(texts[f"class number {k}"] > 0 for k in range(8))


def test_a_mark_of_each_kind_has_an_outline_of_its_own() -> None:
    outlines = {marker(name, 4.0) for name in MARKERS}
    assert len(outlines) == len(MARKERS)
    assert all(each.startswith("M") and each.endswith("Z") and "nan" not in each for each in outlines)


def test_charts_are_written_without_matplotlib() -> None:
    program = (
        "import sys; import numpy as np; from grader.model import Curve; from grader.report.plots import svg\n"
        "svg(Curve('', '', '', np.arange(2), (('', np.arange(2)),)), name='p'); print('matplotlib' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False"]
