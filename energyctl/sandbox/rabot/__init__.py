"""The RABOT Energy Partner API on loopback: OAuth server, 17 operations, data behind them.

See ``sandbox``.
"""
