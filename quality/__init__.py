"""The two gates of the flow: what is normal for a load, and what is plausible to publish."""

import os

# Great Expectations reads this when it is imported, so it stands before any module that does so.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
