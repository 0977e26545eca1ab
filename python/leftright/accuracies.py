"""What `Model.evaluate` gives."""

from __future__ import annotations

from typing import TypedDict


class _Scores(TypedDict):
    retrieval: float
    order: float | None
    recognition: float | None


class Accuracy(_Scores, total=False):
    """How often a model is right on one split, from 0 to 1. Order and recognition are None of single objects."""

    not_finite: int
    """Scenes with a score that is no number; left out where there are none."""


class Accuracies(TypedDict):
    """The accuracies on every split."""

    single: Accuracy
    seen: Accuracy
    unseen: Accuracy
