"""Trains a tiny CLIP on ten-pixel strips and cuts the one attention term that tells left from right."""

from ._native import __version__

__all__ = ["__version__"]
