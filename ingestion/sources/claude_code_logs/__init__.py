"""Usage that Claude Code wrote into its local session logs."""
