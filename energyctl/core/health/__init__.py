"""Whether files, keyring, packages and the way to a provider are in order; a provider's own checks are with it."""
