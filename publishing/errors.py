"""The one error of this room."""


class PublishError(Exception):
    """Nothing was published and the release before stays; the message says why and what to do."""
