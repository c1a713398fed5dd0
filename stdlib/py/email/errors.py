"""Exceptions of the package, and the defects that a parser notes down instead of raising."""


class MessageError(Exception):
    """Base of all."""


class MessageParseError(MessageError):
    """A text that cannot be parsed."""


class HeaderParseError(MessageParseError):
    """Headers that cannot be parsed."""


class BoundaryError(MessageParseError):
    """A boundary that cannot be found."""


class MultipartConversionError(MessageError, TypeError):
    """A part attached to what is no multipart."""


class CharsetError(MessageError):
    """An unknown charset."""


class HeaderWriteError(MessageError):
    """A header that would not be read as it was meant."""


class MessageDefect(ValueError):
    """Something amiss in a message that is usable all the same."""

    def __init__(self, line=None):
        if line is not None:
            super().__init__(line)
        self.line = line


class NoBoundaryInMultipartDefect(MessageDefect):
    """A multipart message without a boundary parameter."""


class StartBoundaryNotFoundDefect(MessageDefect):
    """The boundary that was named never came."""


class CloseBoundaryNotFoundDefect(MessageDefect):
    """A multipart message that ends before its end."""


class FirstHeaderLineIsContinuationDefect(MessageDefect):
    """The first line begins with a blank."""


class MisplacedEnvelopeHeaderDefect(MessageDefect):
    """A line `From ` among the headers."""


class MissingHeaderBodySeparatorDefect(MessageDefect):
    """A line among the headers that is none."""


MalformedHeaderDefect = MissingHeaderBodySeparatorDefect


class MultipartInvariantViolationDefect(MessageDefect):
    """A multipart message without parts."""


class InvalidMultipartContentTransferEncodingDefect(MessageDefect):
    """A multipart message that is encoded as a whole."""


class UndecodableBytesDefect(MessageDefect):
    """Bytes of a header that are no ASCII."""


class InvalidBase64PaddingDefect(MessageDefect):
    """Base64 with the wrong padding."""


class InvalidBase64CharactersDefect(MessageDefect):
    """Base64 with characters of no meaning."""


class InvalidBase64LengthDefect(MessageDefect):
    """Base64 of a length that cannot be."""


class HeaderDefect(MessageDefect):
    """Something amiss in a header."""

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)


class InvalidHeaderDefect(HeaderDefect):
    """A header that is not valid."""


class HeaderMissingRequiredValue(HeaderDefect):
    """A header without its value."""


class NonPrintableDefect(HeaderDefect):
    """Control characters in a header."""

    def __init__(self, non_printables):
        super().__init__(non_printables)
        self.non_printables = non_printables

    def __str__(self):
        return f"the following ASCII non-printables found in header: {self.non_printables}"


class ObsoleteHeaderDefect(HeaderDefect):
    """A form that is no longer used."""


class NonASCIILocalPartDefect(HeaderDefect):
    """An address with other than ASCII before the @."""


class InvalidDateDefect(HeaderDefect):
    """A date that is none."""
