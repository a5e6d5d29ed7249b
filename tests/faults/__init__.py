"""Every command of the tree against every fault of a network or a server: `python -m tests.faults`."""
