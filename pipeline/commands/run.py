"""`run`: the whole flow."""

from typing import Final

from pipeline import flow
from pipeline.commands.outcome import fail_on, show_release
from pipeline.home import exclusive
from pipeline.settings import load_settings
from pipeline.steps import Steps

EXAMPLES: Final = "Example: CLAUDE_ANALYTICS_LOG_PATHS=~/.claude claude-analytics run"


def run() -> None:
    """Do the whole flow: land all configured sources, check, build, check, publish."""
    settings = load_settings()
    with exclusive(settings):
        result = flow.run(settings, Steps())
    show_release(result.release.path)
    fail_on(result.problems)
