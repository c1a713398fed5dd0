"""Logging of servers, which goes to standard error."""

import logging


def get_logger(name):
    """The logger of a module."""
    return logging.getLogger(name)


def configure_logging(level="INFO"):
    """Shows messages as they are, unless the program has set up logging before."""
    logging.basicConfig(level=level, format="%(message)s", handlers=[logging.StreamHandler()])
