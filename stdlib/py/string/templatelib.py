"""The types of t-strings."""

t = t"{0}"
Template = type(t)
Interpolation = type(t.interpolations[0])
del t


def _template_unpickle(strings, interpolations):
    """What pickled templates are made by."""
    parts = list(strings)
    for at, interpolation in enumerate(interpolations):
        parts.insert(2 * at + 1, interpolation)
    return Template(*parts)



def convert(obj, /, conversion):
    """Convert a value as !s, !r or !a say; as it is for None."""
    if conversion is None:
        return obj
    if conversion == 'r':
        return repr(obj)
    if conversion == 's':
        return str(obj)
    if conversion == 'a':
        return ascii(obj)
    raise ValueError(f'invalid conversion specifier: {conversion}')
