"""The groups that ask several providers at once: ``devices``, ``usage``, ``invoices`` and ``orders``.

What each provider brings stands in its module ``across``; a provider without one has no such rows.
"""
