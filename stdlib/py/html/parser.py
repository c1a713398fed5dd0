"""HTML as events: `HTMLParser` calls a method for each tag, text, comment and declaration that it is fed.

Follows the tokenizer of the HTML standard, without its tree: nothing is closed that the text does not close. What is fed may
end anywhere; the part that cannot be told yet is kept until more comes, or until `close`.
"""

import re
from html import unescape
from html.entities import html5

__all__ = ["HTMLParser"]

_MARKUP = re.compile("[&<]")
_SPACE = "\t\n\r\f "
_TAG_NAME = re.compile(rf"[a-zA-Z][^{_SPACE}/>]*")
_BETWEEN_ATTRIBUTES = re.compile(rf"[{_SPACE}/]*")
# A name may begin with what would otherwise end one, `=`.
_ATTRIBUTE_NAME = re.compile(rf"[^{_SPACE}/>][^{_SPACE}/=>]*")
_EQUALS = re.compile(rf"[{_SPACE}]*=[{_SPACE}]*")
_UNQUOTED = re.compile(rf"[^>{_SPACE}]*")
_COMMENT_END = re.compile("--!?>")
_COMMENT_END_BEGUN = re.compile(r"--?\Z|--!\Z")
_REFERENCE_IN_ATTRIBUTE = re.compile("&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*)[;=]?")
_NUMBER = re.compile("&#([0-9]+|[xX][0-9a-fA-F]+)")
_NAME = re.compile("&([a-zA-Z][-.a-zA-Z0-9]*)")
_REFERENCE_ENDS = re.compile(r"[\s;]")
# No reference is longer: one that began further back is not going to be completed.
_LONGEST_REFERENCE = 34


class HTMLParser:
    """To be subclassed: feed() it text, and override the handlers of interest."""

    # Their content is text as it stands ...
    CDATA_CONTENT_ELEMENTS = ("script", "style", "xmp", "iframe", "noembed", "noframes")
    # ... and here text with references.
    RCDATA_CONTENT_ELEMENTS = ("textarea", "title")

    def __init__(self, *, convert_charrefs=True, scripting=False):
        """With `scripting`, the content of noscript is text."""
        self.convert_charrefs = convert_charrefs
        self.scripting = scripting
        self.reset()

    def reset(self):
        """Forgets everything that was fed."""
        self.rawdata = ""
        self._fed = []
        self._n_fed = self._n_wanted = 0
        self.lasttag = "???"
        self.lineno = 1
        self.offset = 0
        self._start_tag_text = None
        self.clear_cdata_mode()

    def feed(self, data):
        """Handles the text as far as it is complete."""
        self._fed.append(data)
        self._n_fed += len(data)
        if self._n_fed >= self._n_wanted:
            self._run(final=False)

    def close(self):
        """Handles what is left as if the text ended here."""
        self._run(final=True)

    def getpos(self):
        """Line, from 1, and column, from 0, of what is being handled."""
        return self.lineno, self.offset

    def get_starttag_text(self):
        """The last start tag as it was written."""
        return self._start_tag_text

    def set_cdata_mode(self, elem, *, escapable=False):
        """Takes everything as text until the end tag of this element; `escapable` text may hold references."""
        self.cdata_elem = elem.lower()
        self._escapable = escapable
        if self.cdata_elem == "plaintext":
            self._raw_end = re.compile(r"\Z")
        else:
            tag = f"</{re.escape(self.cdata_elem)}(?=[{_SPACE}/>])"
            pattern = f"&|{tag}" if escapable and not self.convert_charrefs else tag
            self._raw_end = re.compile(pattern, re.IGNORECASE | re.ASCII)

    def clear_cdata_mode(self):
        self.cdata_elem = None
        self._escapable = True
        self._raw_end = None

    def handle_starttag(self, tag, attrs):
        """`<tag name="value">`; attrs is a list of pairs, a value is None where there was none."""

    def handle_endtag(self, tag):
        """`</tag>`"""

    def handle_startendtag(self, tag, attrs):
        """`<tag/>`"""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data):
        """Text; what is between two tags may come in several pieces."""

    def handle_entityref(self, name):
        """`&name;`, unless convert_charrefs."""

    def handle_charref(self, name):
        """`&#name;`, unless convert_charrefs."""

    def handle_comment(self, data):
        """`<!--data-->`"""

    def handle_decl(self, decl):
        """`<!decl>`, a document type."""

    def handle_pi(self, data):
        """`<?data>`"""

    def unknown_decl(self, data):
        """`<![data]]>`"""

    def _run(self, final):
        text, at = "".join((self.rawdata, *self._fed)), 0
        self._fed, self._n_fed = [], 0
        while at < len(text):
            end = self._end_of_text(text, at, final)
            if end is None:
                break
            if end > at:
                self._text(text[at:end])
                at = self._move(text, at, end)
            if at == len(text):
                break
            end = self._markup(text, at, final)
            if end is None:
                break
            at = self._move(text, at, end)
        self.rawdata = text[at:]
        # What stays incomplete is looked at again only when it has doubled, or a long tag in small pieces would take for ever.
        self._n_wanted = 0 if at else len(text)

    def _move(self, text, start, end):
        """Keeps line and column."""
        if n_lines := text.count("\n", start, end):
            self.lineno += n_lines
            self.offset = end - text.rindex("\n", start, end) - 1
        else:
            self.offset += end - start
        return end

    def _text(self, text):
        self.handle_data(unescape(text) if self.convert_charrefs and self._escapable else text)

    def _end_of_text(self, text, start, final):
        """Where markup begins, or None while that cannot be told."""
        if self.cdata_elem is not None:
            found = self._raw_end.search(text, start)
            if found:
                return found.start()
            return len(text) if final else None
        if not self.convert_charrefs:
            found = _MARKUP.search(text, start)
            return found.start() if found else len(text)
        end = text.find("<", start)
        if end >= 0:
            return end
        if not final:
            reference = text.rfind("&", max(start, len(text) - _LONGEST_REFERENCE))
            if reference >= 0 and not _REFERENCE_ENDS.search(text, reference):
                return None
        return len(text)

    def _markup(self, text, start, final):
        """Handles what begins here with `<` or `&`. Gives where it ends, or None if more has to come."""
        if text[start] == "&":
            return self._reference(text, start, final)
        following = text[start + 1:start + 2]
        if following.isascii() and following.isalpha():
            end = self._start_tag(text, start)
        elif following == "/":
            end = self._end_tag(text, start, final)
        elif following == "!":
            return self._declaration(text, start, final)
        elif following == "?":
            return self._up_to(text, start + 2, ">", final, self.handle_pi)
        elif following or final:
            self.handle_data("<")
            return start + 1
        else:
            return None
        # A tag that never ends is nothing.
        return len(text) if end is None and final else end

    def _up_to(self, text, start, closing, final, handle, content_start=None):
        """Hands on what is before `closing`, or all of it at the end of the text."""
        content_start = start if content_start is None else content_start
        end = text.find(closing, start)
        if end >= 0:
            handle(text[content_start:end])
            return end + len(closing)
        if not final:
            return None
        handle(text[content_start:])
        return len(text)

    def _start_tag(self, text, start):
        self._start_tag_text = None
        found = self._tag(text, start + 1)
        if found is None:
            return None
        tag, attributes, end, closes_itself = found
        self._start_tag_text = text[start:end]
        self.lasttag = tag
        if closes_itself:
            self.handle_startendtag(tag, attributes)
            return end
        self.handle_starttag(tag, attributes)
        if tag in self.CDATA_CONTENT_ELEMENTS or self.scripting and tag == "noscript" or tag == "plaintext":
            self.set_cdata_mode(tag)
        elif tag in self.RCDATA_CONTENT_ELEMENTS:
            self.set_cdata_mode(tag, escapable=True)
        return end

    def _end_tag(self, text, start, final):
        following = text[start + 2:start + 3]
        if following == ">":
            return start + 3
        if not following:
            if not final:
                return None
            self.handle_data("</")
            return len(text)
        if not (following.isascii() and following.isalpha()):
            return self._up_to(text, start + 2, ">", final, self.handle_comment)
        found = self._tag(text, start + 2)
        if found is None:
            return None
        tag, _, end, _ = found
        self.handle_endtag(tag)
        self.clear_cdata_mode()
        return end

    @staticmethod
    def _tag(text, start):
        """Name, attributes and end of the tag whose name begins here, and whether it is `<name/>`; None if it does not end."""
        name = _TAG_NAME.match(text, start)
        attributes, at = [], name.end()
        while True:
            between = _BETWEEN_ATTRIBUTES.match(text, at)
            at = between.end()
            if text.startswith(">", at):
                return name[0].lower(), attributes, at + 1, between[0].endswith("/")
            attribute = _ATTRIBUTE_NAME.match(text, at)
            if attribute is None:
                return None
            at, value = attribute.end(), None
            if equals := _EQUALS.match(text, at):
                at = equals.end()
                quote = text[at:at + 1]
                if quote in ("'", '"'):
                    end = text.find(quote, at + 1)
                    if end < 0:
                        return None
                    value, at = text[at + 1:end], end + 1
                else:
                    value = _UNQUOTED.match(text, at)[0]
                    at += len(value)
                value = _REFERENCE_IN_ATTRIBUTE.sub(_replace_in_attribute, value)
            attributes.append((attribute[0].lower(), value))

    def _declaration(self, text, start, final):
        inside = start + 2
        if text.startswith("--", inside):
            return self._comment(text, inside + 2, final)
        if text.startswith("[CDATA[", inside):
            return self._up_to(text, inside + 7, "]]>", final, self.unknown_decl, inside + 1)
        is_doctype = text[inside:inside + 7].lower() == "doctype"
        return self._up_to(text, inside, ">", final, self.handle_decl if is_doctype else self.handle_comment)

    def _comment(self, text, start, final):
        for abrupt in (">", "->"):
            if text.startswith(abrupt, start):
                self.handle_comment("")
                return start + len(abrupt)
        if found := _COMMENT_END.search(text, start):
            self.handle_comment(text[start:found.start()])
            return found.end()
        if not final:
            return None
        self.handle_comment(_COMMENT_END_BEGUN.sub("", text[start:]))
        return len(text)

    def _reference(self, text, start, final):
        """`&name;` or `&#number;`, whose semicolon may be missing."""
        for pattern, handle in ((_NUMBER, self.handle_charref), (_NAME, self.handle_entityref)):
            if found := pattern.match(text, start):
                if found.end() == len(text) and not final:
                    return None
                handle(found[1])
                return found.end() + text.startswith(";", found.end())
        if not final and text[start + 1:] in ("", "#", "#x", "#X"):
            return None
        self.handle_data("&")
        return start + 1


def _replace_in_attribute(found):
    """Names without a semicolon count only where no `=` follows, so that `?a=1&copy=2` stays as it is."""
    reference = found[0]
    if reference.startswith("&#") or not reference.endswith("=") and reference[1:] in html5:
        return unescape(reference)
    return reference
