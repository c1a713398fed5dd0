"""What the prompt knows about objects: completions, help, tasks. `ouro`'s own; loaded when first asked for."""

import builtins
import keyword
import re
import sys
import types

_MOST_SHOWN = 500
_COMMANDS = {':dis ': None, ':help': None, ':load ': None, ':tasks': None, ':time ': None}
_NO_BLANK_AFTER = {'False', 'None', 'True', 'break', 'continue', 'pass', 'return'}
_OPENING = {')': '(', ']': '[', '}': '{'}
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType,
              types.ClassMethodDescriptorType, types.MethodType, type, staticmethod, classmethod)
_EXACT = (dict, list, tuple, str, bytes, range)


class _Unknown(Exception):
    """What stands before the cursor cannot be evaluated without running something."""


# Completions

def complete(before, namespace):
    """How the text before the cursor may go on: what is replaced of it, and pairs of what is shown and what is put there."""
    try:
        typed, found = _complete(before, namespace)
    except Exception:
        return '', []
    return typed, sorted(dict.fromkeys(found))[:_MOST_SHOWN]


def _complete(before, namespace):
    line = before[before.rfind('\n') + 1:]
    if before.startswith(':'):
        command, blank, rest = before.partition(' ')
        if not blank:
            return before, [(name.strip(), name) for name in _COMMANDS if name.startswith(before)]
        if command == ':load':
            return rest, _paths(rest, '')
        before = line = rest
    quoted = _open_string(before)
    if quoted is not None:
        if quoted < 0:
            return '', []
        return _in_string(before, quoted, namespace)
    found = _imports(line)
    if found is not None:
        return found
    typed = re.search(r'\w*$', before).group()
    rest = before[:len(before) - len(typed)]
    if re.search(r'(?<![\w.])\d+\.$', rest):
        return '', []
    if rest.endswith('.'):
        source = _expression_at_end(rest[:-1])
        value = evaluate(source, namespace)
        return typed, list(_attributes(value, typed))
    if typed[:1].isdigit():
        return '', []
    found = list(_parameters(rest, typed, namespace)) + list(_names(typed, namespace))
    return typed, found


def _open_string(text):
    """Where the string begins that the end of the text is in; -1 in a comment, None outside."""
    at = 0
    while at < len(text):
        c = text[at]
        if c == '#':
            end = text.find('\n', at)
            if end < 0:
                return -1
            at = end
        elif c in '\'"':
            quote = c * 3 if text.startswith(c * 3, at) else c
            start, at = at, at + len(quote)
            while at < len(text) and not text.startswith(quote, at):
                if len(quote) == 1 and text[at] == '\n':
                    break
                at += 2 if text[at] == '\\' else 1
            if at >= len(text):
                return start
            at += len(quote)
        else:
            at += 1
    return None


def _in_string(before, start, namespace):
    quote = before[start] * 3 if before.startswith(before[start] * 3, start) else before[start]
    typed = before[start + len(quote):]
    head = before[:start].rstrip()
    if head.endswith('['):
        try:
            mapping = evaluate(_expression_at_end(head[:-1]), namespace)
            keys = list(mapping.keys()) if isinstance(mapping, dict) or hasattr(mapping, 'keys') else []
        except _Unknown:
            keys = []
        found = []
        for key in keys:
            if type(key) is str and key.startswith(typed):
                shown = repr(key)
                text = shown[1:-1] if shown[0] == quote else key.replace('\\', '\\\\').replace(quote, '\\' + quote)
                found.append((shown, f'{text}{quote}]'))
        if keys:
            return typed, found
    return typed, _paths(typed, quote)


def _paths(typed, quote):
    import os
    folder, name = os.path.split(typed)
    found = []
    try:
        entries = list(os.scandir(os.path.expanduser(folder) or '.'))
    except OSError:
        return []
    for entry in entries:
        if not entry.name.startswith(name) or entry.name.startswith('.') and not name.startswith('.'):
            continue
        try:
            is_folder = entry.is_dir()
        except OSError:
            is_folder = False
        shown = entry.name + ('/' if is_folder else '')
        found.append((shown, os.path.join(folder, entry.name) + ('/' if is_folder else quote)))
    return found


def _imports(line):
    line = line.lstrip()
    match = re.match(r'from\s+([\w.]+)\s+import\s+\(?\s*(?:[\w\s]+,\s*)*(\w*)$', line)
    if match:
        module, typed = match.groups()
        return typed, [(name, name) for name in _module_names(module, typed)]
    match = re.match(r'from\s+([\w.]*)$', line) or re.match(r'import\s+(?:[\w.\s]+,\s*)*([\w.]*)$', line)
    if match:
        typed = match.group(1)
        return typed, [(name, name) for name in _modules(typed)]
    match = re.match(r'from\s+[\w.]+\s+(i|im|imp|impo|impor)?$', line)
    if match:
        return match.group(1) or '', [('import', 'import ')]
    return None


def _module_names(module, typed):
    __import__(module)
    module_object = sys.modules[module]
    names = set(dir(module_object))
    names.update(getattr(module_object, '__all__', ()))
    names.update(name.rpartition('.')[2] for name in _modules(module + '.'))
    return [name for name in names if name.startswith(typed) and (typed or not name.startswith('_'))]


def _modules(typed):
    """Names of modules that begin so."""
    import os
    import _imp
    package, dot, name = typed.rpartition('.')
    names = set()
    if dot:
        known = sys.modules.get(package)
        folders = list(getattr(known, '__path__', ()))
        if known is None:
            folders = [os.path.join(folder or '.', *package.split('.')) for folder in sys.path]
    else:
        names.update(sys.builtin_module_names, _imp._frozen_module_names())
        folders = [folder or '.' for folder in sys.path]
    names.update(full for full in _imp._frozen_module_names() if full.startswith(package + dot))
    for folder in folders:
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            stem, suffix = os.path.splitext(entry.name)
            if suffix == '.py' and stem.isidentifier() and stem != '__init__':
                names.add(package + dot + stem)
            elif not suffix and stem.isidentifier() and (entry.is_dir() if not dot or stem != '__pycache__' else False):
                if any(os.path.exists(os.path.join(folder, stem, f)) for f in ('__init__.py',)):
                    names.add(package + dot + stem)
    depth = typed.count('.')
    found = set()
    for full in names:
        if full.count('.') >= depth:
            full = '.'.join(full.split('.')[:depth + 1])
            last = full.rpartition('.')[2]
            if full.startswith(typed) and (name.startswith('_') or not last.startswith('_')):
                found.add(full)
    return found


def _expression_at_end(text):
    """The name, attribute, subscript, call or literal that the text ends with."""
    at = len(text)
    while at > 0:
        c = text[at - 1]
        if c.isalnum() or c in '_.':
            at -= 1
        elif c in _OPENING:
            depth = 0
            while at > 0:
                at -= 1
                if text[at] in _OPENING:
                    depth += 1
                elif text[at] in '([{':
                    depth -= 1
                    if depth == 0:
                        break
        elif c in '\'"':
            start = text.rfind(c, 0, at - 1)
            if start < 0:
                break
            at = start
            break
        else:
            break
    return text[at:]


def evaluate(source, namespace):
    """The value of names, attributes and items of plain containers: nothing else is run."""
    source = source.strip()
    first = _FIRST.match(source)
    if not first:
        raise _Unknown
    word, string = first.group(1, 2)
    at = first.end()
    if word:
        if word in namespace:
            value = namespace[word]
        elif hasattr(builtins, word):
            value = getattr(builtins, word)
        else:
            raise _Unknown
    elif string:
        value = b'' if 'b' in first.group().split(string[0])[0].lower() else string[1:-1]
    else:
        at = _closing(source, first.end() - 1) + 1
        inside = source[first.end():at - 1].strip()
        if source[0] == '(' and inside and not inside.endswith(','):
            value = evaluate(inside, namespace)
        else:
            value = {'[': [], '(': (), '{': {} if not inside or ':' in inside else set()}[source[0]]
    while at < len(source):
        attribute = _ATTRIBUTE.match(source, at)
        if attribute:
            try:
                value = getattr(value, attribute.group(1))
            except AttributeError:
                raise _Unknown from None
            at = attribute.end()
        elif source[at] == '[' and type(value) in _EXACT:
            end = _closing(source, at)
            try:
                value = value[_index(source[at + 1:end].strip(), namespace)]
            except (LookupError, TypeError):
                raise _Unknown from None
            at = end + 1
        else:
            raise _Unknown
    return value


_FIRST = re.compile(r"""([^\W\d]\w*)(?!["'])|[rbufRBUF]{0,2}("[^"\\]*"|'[^'\\]*')|[(\[{]""")
_ATTRIBUTE = re.compile(r'\s*\.\s*([^\W\d]\w*)')


def _closing(source, at):
    """Where the bracket closes that opens there."""
    depth = 0
    quote = None
    for place in range(at, len(source)):
        c = source[place]
        if quote:
            quote = None if c == quote else quote
        elif c in '\'"':
            quote = c
        elif c in '([{':
            depth += 1
        elif c in ')]}':
            depth -= 1
            if depth == 0:
                return place
    raise _Unknown


def _index(source, namespace):
    if re.fullmatch(r'-?\d+', source):
        return int(source)
    return evaluate(source, namespace)


def _attributes(value, typed):
    for name in dir(value):
        if type(name) is not str or not name.startswith(typed):
            continue
        if name.startswith('_') and not typed.startswith('_') or name.startswith('__') and not typed.startswith('__'):
            continue
        yield name, name + ('(' if isinstance(_static(value, name), _FUNCTIONS) else '')


def _static(value, name):
    """An attribute as it lies in an object or its classes: properties are not run."""
    places = []
    if isinstance(value, type):
        places += [vars(cls) for cls in type.__dict__['__mro__'].__get__(value)]
    else:
        try:
            places.append(object.__getattribute__(value, '__dict__'))
        except Exception:
            pass
    places += [vars(cls) for cls in type(value).__mro__]
    for place in places:
        if name in place:
            return place[name]
    return None


def _names(typed, namespace):
    for name in keyword.kwlist + keyword.softkwlist:
        if name.startswith(typed) and name != '_' and typed:
            yield name, name + ('' if name in _NO_BLANK_AFTER else ':' if name in ('else', 'finally', 'try') else ' ')
    for place in (namespace, vars(builtins)):
        for name, value in list(place.items()):
            if type(name) is str and name.startswith(typed) and (typed or place is namespace):
                if not name.startswith('_') or typed.startswith('_'):
                    yield name, name + ('(' if isinstance(value, _FUNCTIONS) else '')


def _parameters(before, typed, namespace):
    """Keyword arguments of the call that the cursor is in."""
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        c = before[at]
        if c in ')]}':
            depth += 1
        elif c in '([{':
            if depth == 0:
                break
            depth -= 1
    else:
        return
    if before[at] != '(' or not re.search(r'[(,]\s*$', before):
        return
    import inspect
    try:
        function = evaluate(_expression_at_end(before[:at]), namespace)
        parameters = inspect.signature(function).parameters.values()
    except (_Unknown, TypeError, ValueError):
        return
    for parameter in parameters:
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            if parameter.name.startswith(typed):
                yield parameter.name + '=', parameter.name + '='


# Help

def _signature(value):
    import inspect
    try:
        return str(inspect.signature(value))
    except (TypeError, ValueError):
        return None


def _doc(value):
    import inspect
    try:
        return inspect.getdoc(value)
    except Exception:
        return None


def describe(value, name, more=False):
    """What `?` says: kind, signature, where it is from, documentation; with `more` the source too."""
    import inspect
    rows = []
    signature = _signature(value) if callable(value) else None
    if signature is not None:
        prefix = 'async def ' if inspect.iscoroutinefunction(value) else ''
        rows.append(('Signature', f'{prefix}{name}{signature}'))
    rows.append(('Type', type(value).__qualname__))
    if not callable(value) and not inspect.ismodule(value):
        try:
            shown = repr(value)
        except Exception as error:
            shown = f'<repr failed: {error!r}>'
        rows.append(('Value', shown if len(shown) <= 300 else shown[:300] + '...'))
        if isinstance(value, (str, bytes, list, tuple, dict, set, frozenset)):
            rows.append(('Length', str(len(value))))
    try:
        file = inspect.getfile(value)
    except (TypeError, OSError):
        file = None
    if file:
        rows.append(('File', file))
    text = '\n'.join(f'{title + ":":<11}{shown}' for title, shown in rows) + '\n'
    doc = _doc(value)
    if doc:
        text += 'Docstring:\n' + ''.join(f'    {line}\n' if line else '\n' for line in doc.splitlines())
    if more:
        try:
            text += 'Source:\n' + inspect.getsource(value)
        except (TypeError, OSError):
            pass
    return text


def _headline(value):
    import inspect
    name = getattr(value, '__name__', None)
    if inspect.ismodule(value):
        return f'module {name}'
    module = getattr(value, '__module__', None)
    place = f' in module {module}' if module else ''
    if isinstance(value, type):
        return f'class {name}{place}'
    if inspect.isbuiltin(value):
        return f'built-in function {name}{place}'
    if inspect.isfunction(value):
        return f'function {name}{place}'
    if inspect.ismethod(value):
        return f'method {name}{place}'
    if inspect.isroutine(value):
        return f'{type(value).__name__} {name}'
    return f'{type(value).__name__} object'


def _entry(name, value, indent=''):
    import inspect
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, property) or not callable(value):
        text = f'{indent}{name}\n'
    else:
        prefix = 'async ' if inspect.iscoroutinefunction(value) else ''
        text = f'{indent}{prefix}{name}{_signature(value) or "(...)"}\n'
    doc = _doc(value)
    if doc:
        text += ''.join(f'{indent}    {line}'.rstrip() + '\n' for line in doc.splitlines())
    return text


def _bordered(text):
    return ''.join(f' |  {line}'.rstrip() + '\n' for line in text.splitlines())


def _help_on_class(value):
    bases = ', '.join(f'{base.__module__}.{base.__qualname__}' if base.__module__ != '__main__' else base.__qualname__
                      for base in value.__bases__)
    signature = _signature(value)
    text = ''
    if signature is not None:
        text += f'{value.__name__}{signature}\n\n'
    text += (_doc(value) or '') + '\n'
    groups = {'Methods defined here:': [], 'Class methods defined here:': [], 'Static methods defined here:': [],
              'Readonly properties defined here:': [], 'Data descriptors defined here:': []}
    for name, item in vars(value).items():
        if name.startswith('_') and not (name.startswith('__') and callable(item)) or name in ('__new__', '__weakref__'):
            continue
        if isinstance(item, classmethod):
            group = 'Class methods defined here:'
        elif isinstance(item, staticmethod):
            group = 'Static methods defined here:'
        elif isinstance(item, property):
            group = 'Readonly properties defined here:' if item.fset is None else 'Data descriptors defined here:'
        elif callable(item):
            group = 'Methods defined here:'
        else:
            continue
        groups[group].append(_entry(name, item))
    for title, entries in groups.items():
        if entries:
            text += f'\n{title}\n\n' + '\n'.join(entries)
    return f'class {value.__name__}({bases})\n' + _bordered(text)


def _help_on_module(value):
    text = f'NAME\n    {value.__name__}\n'
    doc = _doc(value)
    if doc:
        text += '\nDESCRIPTION\n' + ''.join(f'    {line}'.rstrip() + '\n' for line in doc.splitlines())
    names = getattr(value, '__all__', None) or [name for name in dir(value) if not name.startswith('_')]
    items = [(name, getattr(value, name, None)) for name in sorted(names)]
    classes = [(name, item) for name, item in items if isinstance(item, type)]
    functions = [(name, item) for name, item in items if callable(item) and not isinstance(item, type)]
    data = [(name, item) for name, item in items if not callable(item) and not isinstance(item, types.ModuleType)]
    if classes:
        text += '\nCLASSES\n' + ''.join(f'    {name}\n' for name, _ in classes)
    if functions:
        text += '\nFUNCTIONS\n' + '\n'.join(_entry(name, item, '    ') for name, item in functions)
    if data:
        text += '\nDATA\n' + ''.join(f'    {name} = {repr(item)[:100]}\n' for name, item in data)
    return text


class Helper:
    """`help` at the prompt."""

    def __repr__(self):
        return 'Type help(object) for help about object, or :help for what the prompt can do.'

    def __call__(self, *request):
        if not request:
            print(self)
            return
        value, = request
        if isinstance(value, str):
            value = self._named(value)
            if value is None:
                return
        if isinstance(value, types.ModuleType):
            text = _help_on_module(value)
        elif isinstance(value, type):
            text = _help_on_class(value)
        elif callable(value) and hasattr(value, '__name__'):
            text = _entry(value.__name__, value)
        else:
            text = _help_on_class(type(value))
        print(f'Help on {_headline(value)}:\n\n{text}')

    def _named(self, name):
        try:
            return evaluate(name, vars(sys.modules['__main__']))
        except _Unknown:
            pass
        try:
            __import__(name)
            return sys.modules[name]
        except (ImportError, ValueError, KeyError):
            print(f'No Python documentation found for {name!r}.')
            return None


def install_help():
    if not hasattr(builtins, 'help'):
        builtins.help = Helper()


# Tasks

def tasks(loop):
    """All unfinished tasks as a tree: below each the tasks it waits for."""
    from _asyncio import _unfinished_tasks
    from asyncio import _stuck
    found = _unfinished_tasks(loop)
    if not found:
        return 'No tasks.\n'
    children = _stuck._children_of(found)
    awaited = {child for group in children.values() for child in group}
    lines, seen = [], set()

    def add(task, indent):
        if task in seen:
            lines.append(f'{indent}{_stuck._name(task)} (see above)')
            return
        seen.add(task)
        coro = task.get_coro()
        what = getattr(coro, '__qualname__', None)
        shown = f': {what}()' if what else ''
        lines.append(f'{indent}{_stuck._name(task)}{shown} waits for {_waits_for(task, loop, children)}')
        lines.extend(indent + line for line in _stuck._stack(task))
        for child in children.get(task, ()):
            add(child, indent + '    ')

    for task in found:
        if task not in awaited:
            add(task, '')
    for task in found:
        if task not in seen:
            add(task, '')
    count = len(found)
    return f'{count} task{"s" if count > 1 else ""}\n' + '\n'.join(lines) + '\n'


def _waits_for(task, loop, children):
    from _asyncio import _wait_of
    from asyncio import _stuck
    wait = _wait_of(task)
    if wait is None:
        return 'its turn'
    how, thing, _ = wait
    if how == 'sleep':
        left = max(0.0, thing - loop.time()) if thing is not None else 0.0
        return f'sleep(), {left:.3g} s left'
    if how is None and task not in children:
        return _stuck._show(thing)
    return _stuck._waits_for(task, children)[0]
