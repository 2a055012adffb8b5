"""The command line, the settings and the run order; the only room that calls the others."""
