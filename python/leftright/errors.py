"""What is raised, each with what it is about."""

from __future__ import annotations


class _Error(Exception):
    # Every argument stays in `args`, so that an error survives pickling (a Dask worker sends its own home).
    def __init__(self, message: str, *about: str | None) -> None:
        super().__init__(message, *about)

    def __str__(self) -> str:
        return str(self.args[0])

    def _about(self, place: int) -> str | None:
        return self.args[place] if len(self.args) > place else None


class ConfigError(_Error, ValueError):
    """A setting that there is not, or whose value is not allowed.

    >>> import leftright
    >>> try:
    ...     leftright.Config(pair_labels=16)
    ... except leftright.ConfigError as error:
    ...     print(error)
    ...     print(error.field, error.value)
    pair_labels is 16, but must be at most 15, the labels that are not held out
    pair_labels 16
    """

    @property
    def field(self) -> str | None:
        """The setting, as it was given."""
        return self._about(1)

    @property
    def value(self) -> str | None:
        """Its value as text; None where there is no such setting."""
        return self._about(2)

    @property
    def allowed(self) -> str | None:
        """What it must be, as the end of a sentence; of a misspelt setting the one that was meant, if there is one."""
        return self._about(3)


class CheckpointError(_Error, ValueError):
    """Bytes that are no checkpoint of ours."""

    @property
    def path(self) -> str | None:
        """The file."""
        return self._about(1)


class AnalysisError(_Error, ValueError):
    """A question that cannot be asked of a model: a term, a head, a layer or a strip that it does not have."""


class TrainingError(_Error, RuntimeError):
    """Training cannot begin (there is no GPU to be had), or not go on (the loss is not finite)."""
