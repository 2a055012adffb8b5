"""Why a day was rebuilt, on the terminal."""

from datetime import date
from typing import Final

from rich.console import Console

from pipeline.showing.terminal import table
from pipeline.watching.rebuilt_days import Explanation

_EVER: Final = date(1900, 1, 1)
_FOR_EVER: Final = date(9998, 1, 1)


def show_explanation(explanation: Explanation, console: Console) -> None:
    """Show what happened to a day and which models were built for it.

    Args:
        explanation: What is known.
        console: Where to show it.
    """
    day = explanation.day
    if not explanation.builds:
        console.print(f"No model was built for {day}.")
        return
    causes = [
        (
            f"{cause.changed_at:%Y-%m-%d %H:%M:%S}",
            cause.cause,
            ": ".join(text for text in (cause.subject, cause.details) if text),
            _stretch(cause.first_day, cause.last_day),
        )
        for cause in explanation.causes
    ]
    console.print(table(f"What happened to {day}", ("seen at", "cause", "of", "days"), causes))
    builds = [
        (
            f"{build.built_at:%Y-%m-%d %H:%M:%S}",
            _stretch(build.first_day, build.last_day),
            ", ".join(build.models),
        )
        for build in explanation.builds
    ]
    console.print(table("What was built for it", ("built at", "days", "models"), builds))


def _stretch(first_day: date, last_day: date) -> str:
    if first_day <= _EVER and last_day >= _FOR_EVER:
        return "all"
    if first_day <= _EVER:
        return f"until {last_day}"
    if last_day >= _FOR_EVER:
        return f"since {first_day}"
    return str(first_day) if first_day == last_day else f"{first_day} to {last_day}"
