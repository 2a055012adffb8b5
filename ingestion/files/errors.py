"""Why a file as a whole is not taken."""


class RefusedFile(ValueError):
    """A file cannot be used; the text says why and what to do, and quotes none of its values."""
