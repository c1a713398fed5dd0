"""Host names beyond ASCII: each label as `xn--` and punycode (RFC 3492), and back.

Labels are lower case and NFC, as IDNA 2008 has them; what the registries allow beyond that is left to them.
"""

import unicodedata


def _check(label):
    if len(label) > 63 or label.startswith("-") or label.endswith("-"):
        raise ValueError("a label that DNS cannot have")
    for c in label:
        # Letters, marks and digits; everything else is what IDNA 2008 disallows.
        if not (unicodedata.category(c)[0] in "LMN" or c in "-_·\u200c\u200d"):
            raise ValueError(f"{c!r} is not for host names")


def encode(host):
    """`münchen.de` as `xn--mnchen-3ya.de`; ValueError for what no host name can have."""
    labels = []
    for label in unicodedata.normalize("NFC", host.lower()).replace("\u3002", ".").split("."):
        if not label.isascii():
            _check(label)
            label = "xn--" + label.encode("punycode").decode("ascii")
            if len(label) > 63:
                raise ValueError("a label that is too long")
        labels.append(label)
    return ".".join(labels)


def decode(host):
    """`xn--mnchen-3ya.de` as `münchen.de`; a label that is no punycode stays."""
    labels = []
    for label in host.split("."):
        if label.startswith("xn--"):
            try:
                label = label[4:].encode("ascii").decode("punycode")
            except UnicodeError:
                pass
        labels.append(label)
    return ".".join(labels)
