"""Messages as mail and HTTP write them: headers, an empty line, a body."""

__all__ = ["message_from_string", "message_from_file", "message_from_bytes", "message_from_binary_file"]


def message_from_string(s, *args, **kws):
    """The message that a text is."""
    from email.parser import Parser

    return Parser(*args, **kws).parsestr(s)


def message_from_bytes(s, *args, **kws):
    """The message that bytes are."""
    from email.parser import BytesParser

    return BytesParser(*args, **kws).parsebytes(s)


def message_from_file(fp, *args, **kws):
    """The message of a text file."""
    from email.parser import Parser

    return Parser(*args, **kws).parse(fp)


def message_from_binary_file(fp, *args, **kws):
    """The message of a binary file."""
    from email.parser import BytesParser

    return BytesParser(*args, **kws).parse(fp)
