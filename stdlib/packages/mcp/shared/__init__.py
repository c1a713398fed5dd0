"""What clients and servers have in common: the session under both, streams, errors."""
