"""How well the checks tell right from wrong: right solutions and planted bugs graded, and what came of it summed up."""
