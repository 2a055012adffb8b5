"""What a command of the tests leaves behind."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """Exit code and streams of one command."""

    code: int
    out: str
    err: str


Cli = Callable[..., Outcome]
