"""HTTP: what comes in, the reading API and the pages of the board."""
