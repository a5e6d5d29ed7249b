"""energyctl: one command-line tool for four energy partner APIs."""

__version__ = "0.1.0"
