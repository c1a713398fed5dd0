"""make_scanner: a decoder's scanning function."""

__all__ = ["make_scanner"]


def make_scanner(context):
    return context.scan_once
