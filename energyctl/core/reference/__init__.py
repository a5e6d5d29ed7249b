"""The reference of the tool, made from the command tree and the code's own tables, so that it cannot drift.

``pages`` reads the commands, ``topics`` the tables; ``text`` writes both for a terminal, ``man`` for ``man``.
"""
