"""Lines of source files, kept in memory; tracebacks get their text from here.

An entry of the cache is (size, mtime, lines, full name), or a 1-tuple with a function that gives
the source when it is asked for.
"""

__all__ = ["getline", "clearcache", "checkcache", "lazycache"]

cache = {}
_interactive_cache = {}


def clearcache():
    """Forget everything."""
    cache.clear()


def getline(filename, lineno, module_globals=None):
    """Line lineno of a file, with its newline; '' if there is no such line."""
    lines = getlines(filename, module_globals)
    if 1 <= lineno <= len(lines):
        return lines[lineno - 1]
    return ''


def getlines(filename, module_globals=None):
    """All lines of a file; [] if it cannot be read."""
    entry = cache.get(filename)
    if entry is not None and len(entry) != 1:
        return entry[2]
    try:
        return updatecache(filename, module_globals)
    except MemoryError:
        clearcache()
        return []


def _getline_from_code(filename, lineno):
    lines = _getlines_from_code(filename)
    if 1 <= lineno <= len(lines):
        return lines[lineno - 1]
    return ''


def _make_key(code):
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _getlines_from_code(code):
    entry = _interactive_cache.get(_make_key(code))
    if entry is not None and len(entry) != 1:
        return entry[2]
    # What the command line or a prompt gave.
    from _ouro import remembered_source
    source = remembered_source(*_make_key(code))
    return source.splitlines(keepends=True) if source else []


def _embedded_lines(filename):
    """The lines of a module of the interpreter's own, which tracebacks do not show."""
    from _ouro import embedded_source
    name = filename.removeprefix('<frozen>/').removesuffix('.py').removesuffix('/__init__')
    source = embedded_source(name.replace('/', '.'))
    return source.splitlines(keepends=True) if source else []


def _source_unavailable(filename):
    """True for names like '<string>', which no file has."""
    return not filename or (filename.startswith('<') and filename.endswith('>'))


def checkcache(filename=None):
    """Drop entries whose file has changed or is gone."""
    import os
    names = list(cache) if filename is None else [filename]
    for name in names:
        entry = cache.get(name)
        if entry is None or len(entry) == 1:
            # Source that a loader gives is not looked at again.
            continue
        size, mtime, _, fullname = entry
        if mtime is None:
            # Not from a file.
            continue
        try:
            stat = os.stat(fullname)
        except (OSError, ValueError):
            cache.pop(name, None)
            continue
        if size != stat.st_size or mtime != stat.st_mtime:
            cache.pop(name, None)


def updatecache(filename, module_globals=None):
    """Read a file anew and return its lines."""
    cache.pop(filename, None)
    if _source_unavailable(filename):
        return []
    # Formatting an exception may happen when modules are being torn down.
    try:
        import os
        import sys
    except ImportError:
        return []

    fullname = filename
    try:
        stat = os.stat(fullname)
    except OSError:
        if lazycache(filename, module_globals):
            try:
                data = cache[filename][0]()
            except (ImportError, OSError):
                pass
            else:
                if data is None:
                    # The loader knows the module, but has no source.
                    return []
                cache[filename] = (len(data), None,
                                   [line + '\n' for line in data.splitlines()], fullname)
                return cache[filename][2]
        if os.path.isabs(filename):
            return []
        for dirname in sys.path:
            try:
                fullname = os.path.join(dirname, filename)
            except (TypeError, AttributeError):
                continue
            try:
                stat = os.stat(fullname)
                break
            except (OSError, ValueError):
                pass
        else:
            return []
    except ValueError:
        # A NUL byte in the name, for one.
        return []
    try:
        lines = _read_source(fullname)
    except (OSError, UnicodeDecodeError, LookupError):
        return []
    if not lines:
        lines = ['\n']
    elif not lines[-1].endswith('\n'):
        lines[-1] += '\n'
    cache[filename] = stat.st_size, stat.st_mtime, lines, fullname
    return lines


def _source_encoding(data):
    """The encoding that the first two lines of a Python file name, or utf-8."""
    for line in data[:400].splitlines()[:2]:
        text = line.strip()
        if text[:1] == b'#' and b'coding' in text:
            name = text.partition(b'coding')[2]
            if name[:1] in (b':', b'='):
                name = name[1:].lstrip(b' \t')
                size = 0
                while size < len(name) and (name[size:size + 1].isalnum()
                                            or name[size:size + 1] in b'-_.'):
                    size += 1
                return name[:size].decode('ascii') or 'utf-8'
        if text and text[:1] != b'#':
            break
    return 'utf-8'


def _read_source(path):
    """The lines of a Python file, decoded as it says itself."""
    with open(path, 'rb') as file:
        data = file.read()
    if data.startswith(b'\xef\xbb\xbf'):
        encoding = 'utf-8-sig'
    else:
        encoding = _source_encoding(data)
    text = data.decode(encoding).replace('\r\n', '\n').replace('\r', '\n')
    lines = text.split('\n')
    last = lines.pop()
    lines = [line + '\n' for line in lines]
    if last:
        lines.append(last)
    return lines


def lazycache(filename, module_globals):
    """Note how to get a module's source from its loader; true if that is possible."""
    if filename in cache:
        return len(cache[filename]) == 1
    loader = _make_lazycache_entry(filename, module_globals)
    if loader is None:
        return False
    cache[filename] = loader
    return True


def _make_lazycache_entry(filename, module_globals):
    if not filename or (filename.startswith('<') and filename.endswith('>')):
        return None
    if not module_globals or '__name__' not in module_globals:
        return None
    spec = module_globals.get('__spec__')
    name = getattr(spec, 'name', None) or module_globals['__name__']
    loader = getattr(spec, 'loader', None) or module_globals.get('__loader__')
    get_source = getattr(loader, 'get_source', None)
    if not name or get_source is None:
        return None

    def get_lines(name=name, *args, **kwargs):
        return get_source(name, *args, **kwargs)

    return (get_lines,)


def _register_code(code, string, name):
    """Keep the source of code that was typed in, for all code objects nested in it."""
    entry = (len(string), None, [line + '\n' for line in string.splitlines()], name)
    stack = [code]
    while stack:
        code = stack.pop()
        stack += [const for const in code.co_consts if isinstance(const, type(code))]
        _interactive_cache[_make_key(code)] = entry
