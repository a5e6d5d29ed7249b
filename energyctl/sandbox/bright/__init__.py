"""The sandbox's Organisation: a Bright Kit backend on loopback, written from the Kit's contract alone."""
