"""What every provider shares: config, credentials, transport, output, writes. Names no provider."""
