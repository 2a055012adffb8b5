"""Small file system steps that survive a crash at any point."""

import os
from pathlib import Path


def sync_tree(directory: Path) -> None:
    """Flush every file and directory of a tree to the disk."""
    for path in directory.rglob("*"):
        sync(path)
    sync(directory)


def sync(path: Path) -> None:
    """Flush one file or directory to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def switch_link(link: Path, target: str, scratch: Path) -> None:
    """Point a symbolic link somewhere else in one step; readers see the old or the new target.

    Args:
        link: The link.
        target: Where it shall lead, relative to its directory.
        scratch: A free name beside it.
    """
    scratch.symlink_to(target)
    scratch.replace(link)
    sync(link.parent)
