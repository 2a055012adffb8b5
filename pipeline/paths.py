"""Checks of paths that users name."""

import os
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import UsageError


def check_readable(paths: Sequence[Path], name: str) -> None:
    """Refuse paths that are not there or not readable.

    Args:
        paths: What the user gave.
        name: Where the user gave it, for the error line.

    Raises:
        UsageError: One of them cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"no such file or directory: {path}; check {name}")
        if not os.access(path, os.R_OK):
            raise UsageError(f"permission denied: {path}; grant this user read access ({name})")
