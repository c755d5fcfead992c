"""An answer: what a person reads and looks at before they mark, and by what it is compared with others."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True)
class Answer:
    """What a student answered where a person decides.

    `text` is what they wrote, as it was typed, and `own` the beginning of what is not the template's; `html` shows it with its
    formulas, `cells` the cells of the notebook as they were run: HTML that can do nothing, both empty where they were not asked
    for. `pictures` are the names of picture files in these. `notebooks` are what the notebooks to look at are called in the
    folder of what was executed.

    Answers are compared by `normal`, the words that are not the template's (`words.normal`), and by `exact`, which stands for all
    that has to be the same to the letter: the pixels of plots, code. `is_unseen` says that the answer refers to a picture that is
    not here, so that nobody can tell what it is like.
    """

    text: str = ""
    own: str = ""
    html: Markup = field(default_factory=Markup)
    cells: Markup = field(default_factory=Markup)
    pictures: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    normal: str = ""
    exact: str = ""
    is_unseen: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was answered beyond what the template says."""
        return not (self.normal or self.exact or self.is_unseen)
