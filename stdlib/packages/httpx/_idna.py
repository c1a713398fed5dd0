"""Host names beyond ASCII: each label as `xn--` and punycode (RFC 3492), and back.

Labels are lower case and NFC, as IDNA 2008 has them; what the registries allow beyond that is left to them.
"""

import unicodedata

_BASE, _T_MIN, _T_MAX, _SKEW, _DAMP = 36, 1, 26, 38, 700
_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


def _adapt(delta, n_points, first):
    delta = delta // _DAMP if first else delta // 2
    delta += delta // n_points
    k = 0
    while delta > ((_BASE - _T_MIN) * _T_MAX) // 2:
        delta //= _BASE - _T_MIN
        k += _BASE
    return k + (_BASE - _T_MIN + 1) * delta // (delta + _SKEW)


def _threshold(k, bias):
    return max(_T_MIN, min(_T_MAX, k - bias))


def _to_punycode(label):
    plain = [c for c in label if ord(c) < 128]
    out = plain + ["-"] if plain else []
    done, point, delta, bias = len(plain), 128, 0, 72
    n_plain = done
    while done < len(label):
        smallest = min(ord(c) for c in label if ord(c) >= point)
        delta += (smallest - point) * (done + 1)
        point = smallest
        for c in label:
            if ord(c) < point:
                delta += 1
            elif ord(c) == point:
                rest, k = delta, _BASE
                while rest >= (t := _threshold(k, bias)):
                    out.append(_DIGITS[t + (rest - t) % (_BASE - t)])
                    rest = (rest - t) // (_BASE - t)
                    k += _BASE
                out.append(_DIGITS[rest])
                bias = _adapt(delta, done + 1, done == n_plain)
                delta = 0
                done += 1
        delta += 1
        point += 1
    return "".join(out)


def _from_punycode(text):
    plain, _, rest = text.rpartition("-")
    out, point, at, bias = list(plain), 128, 0, 72
    digits = iter(rest.lower())
    for c in digits:
        before, weight, k = at, 1, _BASE
        while True:
            digit = _DIGITS.index(c)
            at += digit * weight
            t = _threshold(k, bias)
            if digit < t:
                break
            weight *= _BASE - t
            k += _BASE
            c = next(digits, "!")
        bias = _adapt(at - before, len(out) + 1, before == 0)
        point += at // (len(out) + 1)
        at %= len(out) + 1
        out.insert(at, chr(point))
        at += 1
    return "".join(out)


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
            label = "xn--" + _to_punycode(label)
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
                label = _from_punycode(label[4:])
            except (ValueError, OverflowError):
                pass
        labels.append(label)
    return ".".join(labels)
