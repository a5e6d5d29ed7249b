"""Proves an Organisation's backend against the Kit's contract: rules in data, each with its own checker.

What a user types and sees is in ``commands.verify``; nothing here prints.
"""
