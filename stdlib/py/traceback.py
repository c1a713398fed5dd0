"""Formatting of exceptions and stacks.

The rules for carets, the same as those of the interpreter's own printing of uncaught exceptions:

1. An entry shows the lines from lineno to end_lineno of the instruction, dedented together. Of
   many lines only the first, the last, and those next to the anchors (rule 3) are shown; one line
   left out is shown after all, more become "...<N lines>...".
2. The range colno..end_colno of the instruction is underlined with ^, on continued lines from the
   first character that is no blank. Wide characters count two columns.
3. If the text of the range is by itself a binary operation, a subscript or a call, only the
   operator, the brackets with their contents, or the parentheses with theirs get ^, the rest of
   the range gets ~.
4. Nothing is underlined if that would say nothing: if there are no anchors and the range covers
   all that is on the lines; or if the range is exactly the value in `return name(...)` or
   `target = call(...)`, and the line is that statement.
"""

import itertools
import linecache
import sys

__all__ = ['extract_stack', 'extract_tb', 'format_exception', 'format_exception_only',
           'format_list', 'format_stack', 'format_tb', 'print_exc', 'format_exc',
           'print_exception', 'print_last', 'print_stack', 'print_tb', 'clear_frames',
           'FrameSummary', 'StackSummary', 'TracebackException', 'walk_stack', 'walk_tb',
           'print_list']

_sentinel = object()


# Functions

def print_list(extracted_list, file=None):
    """Print a list of (file, line number, name, text) entries."""
    if file is None:
        file = sys.stderr
    for item in StackSummary.from_list(extracted_list).format():
        print(item, file=file, end="")


def format_list(extracted_list):
    """Format a list of (file, line number, name, text) entries for printing."""
    return StackSummary.from_list(extracted_list).format()


def print_tb(tb, limit=None, file=None):
    """Print up to limit entries of a traceback."""
    print_list(extract_tb(tb, limit=limit), file=file)


def format_tb(tb, limit=None):
    """format_list(extract_tb(tb, limit))."""
    return extract_tb(tb, limit=limit).format()


def extract_tb(tb, limit=None):
    """The entries of a traceback as a StackSummary."""
    return StackSummary._extract_from_extended_frame_gen(
        _walk_tb_with_full_positions(tb), limit=limit)


def _parse_value_tb(exc, value, tb):
    if (value is _sentinel) != (tb is _sentinel):
        raise ValueError("Both or neither of value and tb must be given")
    if value is _sentinel:
        if exc is None:
            return None, None
        if isinstance(exc, BaseException):
            return exc, exc.__traceback__
        raise TypeError(f'Exception expected for value, {type(exc).__name__} found')
    return value, tb


def print_exception(exc, /, value=_sentinel, tb=_sentinel, limit=None, file=None, chain=True,
                    **kwargs):
    """Print an exception with its traceback, and those it was caused by."""
    value, tb = _parse_value_tb(exc, value, tb)
    te = TracebackException(type(value), value, tb, limit=limit, compact=True)
    te.print(file=file, chain=chain, **kwargs)


def format_exception(exc, /, value=_sentinel, tb=_sentinel, limit=None, chain=True, **kwargs):
    """What print_exception() prints, as a list of strings."""
    value, tb = _parse_value_tb(exc, value, tb)
    te = TracebackException(type(value), value, tb, limit=limit, compact=True)
    return list(te.format(chain=chain, **kwargs))


def format_exception_only(exc, /, value=_sentinel, *, show_group=False, **kwargs):
    """The lines with the exception itself, without traceback."""
    if value is _sentinel:
        value = exc
    te = TracebackException(type(value), value, None, compact=True)
    return list(te.format_exception_only(show_group=show_group, **kwargs))


def print_exc(limit=None, file=None, chain=True):
    """Print the exception that is being handled."""
    print_exception(sys.exception(), limit=limit, file=file, chain=chain)


def format_exc(limit=None, chain=True):
    """What print_exc() prints, as a string."""
    return "".join(format_exception(sys.exception(), limit=limit, chain=chain))


def print_last(limit=None, file=None, chain=True):
    """Print the last uncaught exception."""
    if not hasattr(sys, "last_exc") and not hasattr(sys, "last_type"):
        raise ValueError("no last exception")
    if hasattr(sys, "last_exc"):
        print_exception(sys.last_exc, limit=limit, file=file, chain=chain)
    else:
        print_exception(sys.last_type, sys.last_value, sys.last_traceback,
                        limit=limit, file=file, chain=chain)


def print_stack(f=None, limit=None, file=None):
    """Print the stack from where it is called, or from frame f."""
    if f is None:
        f = sys._getframe().f_back
    print_list(extract_stack(f, limit=limit), file=file)


def format_stack(f=None, limit=None):
    """format_list(extract_stack(f, limit))."""
    if f is None:
        f = sys._getframe().f_back
    return format_list(extract_stack(f, limit=limit))


def extract_stack(f=None, limit=None):
    """The entries of the stack as a StackSummary, the outermost first."""
    if f is None:
        f = sys._getframe().f_back
    stack = StackSummary.extract(walk_stack(f), limit=limit)
    stack.reverse()
    return stack


def clear_frames(tb):
    """Clear the local variables of all frames of a traceback."""
    while tb is not None:
        try:
            tb.tb_frame.clear()
        except RuntimeError:
            # Still running.
            pass
        tb = tb.tb_next


def walk_stack(f):
    """Yield (frame, line number) from f, or from the caller if it is None, outwards."""
    if f is None:
        f = sys._getframe().f_back

    def walk_stack_generator(frame):
        while frame is not None:
            yield frame, frame.f_lineno
            frame = frame.f_back

    return walk_stack_generator(f)


def walk_tb(tb):
    """Yield (frame, line number) for each entry of a traceback."""
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


def _walk_tb_with_full_positions(tb):
    while tb is not None:
        positions = _get_code_position(tb.tb_frame.f_code, tb.tb_lasti)
        # An instruction without a line of its own has that of the entry.
        if positions[0] is None:
            positions = (tb.tb_lineno, *positions[1:])
        yield tb.tb_frame, positions
        tb = tb.tb_next


def _get_code_position(code, instruction_index):
    if instruction_index < 0:
        return (None, None, None, None)
    return next(itertools.islice(code.co_positions(), instruction_index // 2, None))


_cause_message = (
    "\nThe above exception was the direct cause "
    "of the following exception:\n\n")
_context_message = (
    "\nDuring handling of the above exception, "
    "another exception occurred:\n\n")


def _safe_string(value, what, func=str):
    try:
        return func(value)
    except:
        return f'<{what} {func.__name__}() failed>'


def _format_final_exc_line(etype, value, *, insert_final_newline=True):
    valuestr = _safe_string(value, 'exception')
    end = "\n" if insert_final_newline else ""
    if value is None or not valuestr:
        return f"{etype}{end}"
    return f"{etype}: {valuestr}{end}"


def _indent(text, prefix):
    return ''.join([prefix + line for line in text.splitlines(True)])


def _dedent(text):
    """Remove the blanks that all lines begin with; lines of blanks become empty."""
    lines = text.split('\n')
    lines = [line if line.strip(' \t') else '' for line in lines]
    margin = None
    for line in lines:
        if not line:
            continue
        lead = line[:len(line) - len(line.lstrip(' \t'))]
        if margin is None:
            margin = lead
        else:
            n = 0
            while n < len(margin) and n < len(lead) and margin[n] == lead[n]:
                n += 1
            margin = margin[:n]
    if margin:
        lines = [line[len(margin):] for line in lines]
    return '\n'.join(lines)


class FrameSummary:
    """One entry of a traceback or stack: file, line number, function and text of the line."""

    __slots__ = ('filename', 'lineno', 'end_lineno', 'colno', 'end_colno', 'name', '_lines',
                 '_lines_dedented', 'locals', '_code')

    def __init__(self, filename, lineno, name, *, lookup_line=True, locals=None, line=None,
                 end_lineno=None, colno=None, end_colno=None, **kwargs):
        self.filename = filename
        self.lineno = lineno
        self.end_lineno = lineno if end_lineno is None else end_lineno
        self.colno = colno
        self.end_colno = end_colno
        self.name = name
        self._code = kwargs.get("_code")
        self._lines = line
        self._lines_dedented = None
        if lookup_line:
            self.line
        self.locals = None if locals is None else {
            key: _safe_string(value, 'local', func=repr) for key, value in locals.items()}

    def __eq__(self, other):
        if isinstance(other, FrameSummary):
            return (self.filename == other.filename and self.lineno == other.lineno
                    and self.name == other.name and self.locals == other.locals)
        if isinstance(other, tuple):
            return (self.filename, self.lineno, self.name, self.line) == other
        return NotImplemented

    def __getitem__(self, pos):
        return (self.filename, self.lineno, self.name, self.line)[pos]

    def __iter__(self):
        return iter([self.filename, self.lineno, self.name, self.line])

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"

    def __len__(self):
        return 4

    def _set_lines(self):
        if self._lines is not None or self.lineno is None or self.end_lineno is None:
            return
        lines = []
        for lineno in range(self.lineno, self.end_lineno + 1):
            # Trailing blanks are of no interest.
            line = linecache.getline(self.filename, lineno).rstrip()
            if not line and self._code is not None and self.filename.startswith("<"):
                line = linecache._getline_from_code(self._code, lineno).rstrip()
            lines.append(line)
        self._lines = "\n".join(lines) + "\n"

    @property
    def _original_lines(self):
        self._set_lines()
        return self._lines

    @property
    def _dedented_lines(self):
        self._set_lines()
        if self._lines_dedented is None and self._lines is not None:
            self._lines_dedented = _dedent(self._lines)
        return self._lines_dedented

    @property
    def line(self):
        """The text of the first line, without blanks around it."""
        self._set_lines()
        if self._lines is None:
            return None
        return self._lines.partition("\n")[0].strip()


_RECURSIVE_CUTOFF = 3   # Equal entries shown of a recursion.


class StackSummary(list):
    """A list of FrameSummary objects."""

    @classmethod
    def extract(klass, frame_gen, *, limit=None, lookup_lines=True, capture_locals=False):
        """Make a summary of (frame, line number) pairs."""
        def extended_frame_gen():
            for frame, lineno in frame_gen:
                yield frame, (lineno, None, None, None)

        return klass._extract_from_extended_frame_gen(
            extended_frame_gen(), limit=limit, lookup_lines=lookup_lines,
            capture_locals=capture_locals)

    @classmethod
    def _extract_from_extended_frame_gen(klass, frame_gen, *, limit=None, lookup_lines=True,
                                         capture_locals=False):
        if limit is None:
            limit = getattr(sys, 'tracebacklimit', None)
            if limit is not None and limit < 0:
                limit = 0
        if limit is not None:
            if limit >= 0:
                frame_gen = itertools.islice(frame_gen, limit)
            else:
                from collections import deque
                frame_gen = deque(frame_gen, maxlen=-limit)
        result = klass()
        filenames = set()
        for frame, (lineno, end_lineno, colno, end_colno) in frame_gen:
            code = frame.f_code
            filename = code.co_filename
            filenames.add(filename)
            linecache.lazycache(filename, frame.f_globals)
            result.append(FrameSummary(
                filename, lineno, code.co_name, lookup_line=False,
                locals=frame.f_locals if capture_locals else None,
                end_lineno=end_lineno, colno=colno, end_colno=end_colno, _code=code))
        for filename in filenames:
            linecache.checkcache(filename)
        if lookup_lines:
            for summary in result:
                summary.line
        return result

    @classmethod
    def from_list(klass, a_list):
        """Make a summary of FrameSummary objects or (file, line number, name, text) tuples."""
        result = StackSummary()
        for item in a_list:
            if isinstance(item, FrameSummary):
                result.append(item)
            else:
                filename, lineno, name, line = item
                result.append(FrameSummary(filename, lineno, name, line=line))
        return result

    def format_frame_summary(self, frame_summary, **kwargs):
        """The text of one entry; None leaves it out."""
        filename = frame_summary.filename
        if filename.startswith("<stdin-") and filename.endswith('>'):
            filename = "<stdin>"
        row = f'  File "{filename}", line {frame_summary.lineno}, in {frame_summary.name}\n'
        dedented = frame_summary._dedented_lines
        if dedented and dedented.strip():
            if frame_summary.colno is None or frame_summary.end_colno is None:
                row += _indent(frame_summary.line, '    ') + "\n"
            else:
                row += _source_with_carets(frame_summary)
        if frame_summary.locals:
            for name, value in sorted(frame_summary.locals.items()):
                row += f'    {name} = {value}\n'
        return row

    def format(self, **kwargs):
        """The text of all entries, with "Previous line repeated" for recursion."""
        result = []
        last = None
        count = 0

        def close():
            if count > _RECURSIVE_CUTOFF:
                more = count - _RECURSIVE_CUTOFF
                result.append(f'  [Previous line repeated {more} more '
                              f'time{"s" if more > 1 else ""}]\n')

        for summary in self:
            text = self.format_frame_summary(summary, **kwargs)
            if text is None:
                continue
            key = summary.filename, summary.lineno, summary.name
            if last is None or last != key or None in key:
                close()
                last = key
                count = 0
            count += 1
            if count <= _RECURSIVE_CUTOFF:
                result.append(text)
        close()
        return result


# Carets

def _byte_offset_to_character_offset(text, offset):
    return len(text.encode('utf-8')[:offset].decode("utf-8", errors="replace"))


def _display_width(line, offset=None):
    """Columns that the first offset characters of a line take on a terminal."""
    if offset is None:
        offset = len(line)
    if line.isascii():
        return offset
    import unicodedata
    return sum([2 if unicodedata.east_asian_width(char) in 'WF' else 1
                for char in line[:offset]])


def _source_with_carets(summary):
    original = summary._original_lines.splitlines()
    n_lines = summary.end_lineno - summary.lineno + 1
    first, last = original[0], original[n_lines - 1]
    lines = summary._dedented_lines.splitlines()[:n_lines]
    dedent = len(first) - len(lines[0])
    start = max(0, _byte_offset_to_character_offset(first, summary.colno) - dedent)
    end = max(0, _byte_offset_to_character_offset(last, summary.end_colno) - dedent)

    segment = "\n".join(lines)
    segment = segment[start:len(segment) - (len(lines[-1]) - end)]
    try:
        kind, anchors = _find_anchors(segment)
    except Exception:
        # Text that is no expression.
        kind = anchors = None
    show_carets = _should_show_carets(start, end, lines, kind, anchors)

    wanted = {0, len(lines) - 1}
    inner = ((1, 0), (0, 0))    # An empty range.
    primary = '^'
    if anchors:
        primary = '~'
        inner = []
        for line_idx, column in anchors:
            if line_idx == 0:
                column += start
            inner.append((line_idx, _display_width(lines[line_idx], offset=column)))
            wanted.update((line_idx - 1, line_idx, line_idx + 1))
        wanted.discard(-1)
        wanted.discard(len(lines))
    first_column = _display_width(lines[0], offset=start)
    last_column = _display_width(lines[-1], offset=end)

    result = []

    def output(line_idx):
        line = lines[line_idx]
        result.append(line + "\n")
        if not show_carets:
            return
        blanks = len(line) - len(line.lstrip())
        if line_idx == 0:
            blanks = max(blanks, first_column)
        width = last_column if line_idx == len(lines) - 1 else _display_width(line)
        result.append("".join([
            ' ' if column < blanks
            else '^' if inner[0] <= (line_idx, column) < inner[1] else primary
            for column in range(width)]) + "\n")

    previous = None
    for line_idx in sorted(wanted):
        if previous is not None:
            if line_idx - previous == 2:
                output(line_idx - 1)
            elif line_idx - previous > 2:
                result.append(f"...<{line_idx - previous - 1} lines>...\n")
        output(line_idx)
        previous = line_idx
    return _indent(_dedent("".join(result)), '    ')


def _should_show_carets(start, end, lines, kind, anchors):
    before, behind = lines[0][:start], lines[-1][end:]
    # With more behind it, a comma say, the call is not the whole statement.
    if kind in ('call', 'call of name') and behind.lstrip()[:1] in ('', '#', ';'):
        statement = before.strip()
        if kind == 'call of name' and statement == 'return' and before[:1] == 'r':
            return False
        if _is_assignment_prefix(statement) and before[:1] == statement[:1]:
            return False
    if anchors:
        return True
    return bool(before.lstrip() or behind.rstrip())


def _is_assignment_prefix(text):
    """True for `a = b.c[d] =`, what stands before the value of an assignment."""
    if text[-1:] != '=' or text[-2:-1] in tuple('=!<>+-*/%&|^@:'):
        return False
    depth = 0
    for char in text:
        if char in '([{':
            depth += 1
        elif char in ')]}':
            depth -= 1
        elif depth == 0 and char in ':;#"\'':
            # An annotation, another statement.
            return False
    words = text.split(None, 1)
    return depth == 0 and words[0] not in (
        'return', 'if', 'while', 'for', 'with', 'assert', 'raise', 'yield', 'await', 'lambda')


class _Token:
    """A token of a segment: kind is 'name', 'number', 'string', 'op' or a bracket itself."""

    __slots__ = ('kind', 'text', 'start', 'end')

    def __init__(self, kind, text, start, end):
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end


def _tokens(segment):
    """Split an expression into tokens; comments, blanks and backslashes are left out."""
    tokens = []
    pos, size = 0, len(segment)
    while pos < size:
        char = segment[pos]
        start = pos
        if char.isspace() or char == '\\':
            pos += 1
            continue
        if char == '#':
            while pos < size and segment[pos] != '\n':
                pos += 1
            continue
        if char.isidentifier():
            while pos < size and (segment[pos] == '_' or segment[pos].isalnum()
                                  or (segment[start:pos + 1].isidentifier())):
                pos += 1
            if pos < size and segment[pos] in '"\'' and pos - start <= 2 and (
                    segment[start:pos].lower() in ('r', 'b', 'u', 'f', 't', 'br', 'rb', 'fr',
                                                   'rf', 'tr', 'rt')):
                pos = _skip_string(segment, pos, segment[start:pos].lower())
                kind = 'string'
            else:
                kind = 'name'
        elif char in '"\'':
            pos = _skip_string(segment, pos, '')
            kind = 'string'
        elif char.isdigit() or (char == '.' and segment[pos + 1:pos + 2].isdigit()):
            while pos < size and (segment[pos].isalnum() or segment[pos] in '._' or (
                    segment[pos] in '+-' and segment[pos - 1] in 'eE'
                    and segment[start:start + 2].lower() != '0x')):
                pos += 1
            kind = 'number'
        elif char in '()[]{}':
            pos += 1
            kind = char
        else:
            for length in (3, 2, 1):
                if segment[pos:pos + length] in _OPERATORS:
                    break
            else:
                raise SyntaxError('not an expression')
            pos += length
            kind = 'op'
        tokens.append(_Token(kind, segment[start:pos], start, pos))
    return tokens


_OPERATORS = frozenset(
    '+ - * / // % @ ** << >> & | ^ ~ < > <= >= == != . , : := = ...'.split())


def _skip_string(text, pos, prefix):
    """The position behind a string literal that begins at pos."""
    quote = text[pos]
    if text[pos:pos + 3] == quote * 3:
        quote *= 3
    pos += len(quote)
    formatted = 'f' in prefix or 't' in prefix
    depth = 0
    while True:
        if pos >= len(text):
            raise SyntaxError('unterminated string')
        char = text[pos]
        if depth == 0 and text.startswith(quote, pos):
            return pos + len(quote)
        if char == '\\' and depth == 0:
            pos += 1
        elif formatted and char == '{':
            if depth == 0 and text[pos + 1:pos + 2] == '{':
                pos += 1
            else:
                depth += 1
        elif formatted and char == '}' and depth:
            depth -= 1
        elif depth and char in '"\'':
            pos = _skip_string(text, pos, '')
            continue
        pos += 1


_PRECEDENCE = {'|': 1, '^': 2, '&': 3, '<<': 4, '>>': 4, '+': 5, '-': 5, '*': 6, '/': 6, '//': 6,
               '%': 6, '@': 6, '**': 8}
_UNARY = 7
_LOOSER = frozenset({'and', 'or', 'not', 'in', 'is', 'if', 'else', 'lambda', 'yield', 'for',
                     'async'})
_LOOSER_OPS = frozenset({'<', '>', '<=', '>=', '==', '!=', ',', ':', ':=', '='})


def _find_anchors(segment):
    """Classify an expression by its outermost operation.

    Returns (kind, ((line, column), (line, column))): where the part to underline with ^ begins
    and ends, for kind 'binary', 'subscript', 'call' or 'call of name'; else (None, None).
    """
    tokens = _tokens(segment)
    # Parentheses around everything do not count.
    while (len(tokens) > 2 and tokens[0].kind == '(' and _closing(tokens, 0) == len(tokens) - 1
           and not _is_tuple_or_generator(tokens[1:-1])):
        tokens = tokens[1:-1]
    if not tokens:
        return None, None

    best = None             # (precedence, index) of the operator that binds least.
    is_unary_first = False
    expect_operand = True
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if (not expect_operand and token.kind in ('name', 'number', 'string', '{')
                and token.text not in _LOOSER
                and not token.kind == tokens[index - 1].kind == 'string'):
            # Two operands in a row: a statement, not an expression.
            return None, None
        if token.kind in '([{':
            index = _closing(tokens, index)
            expect_operand = False
        elif token.kind == 'name' and token.text in _LOOSER:
            return None, None
        elif token.kind == 'name' and token.text == 'await':
            if index == 0:
                is_unary_first = 'await'
        elif token.kind == 'op':
            if token.text in _LOOSER_OPS:
                return None, None
            if expect_operand:
                if token.text in ('+', '-', '~'):
                    if index == 0:
                        is_unary_first = 'sign'
                elif token.text != '...':
                    # A starred expression.
                    return None, None
                else:
                    expect_operand = False
            elif token.text in _PRECEDENCE:
                precedence = _PRECEDENCE[token.text]
                # Operators are left associative but for **.
                if best is None or precedence < best[0] or (
                        precedence == best[0] and token.text != '**'):
                    best = precedence, index
                expect_operand = True
            elif token.text == '.':
                index += 1
        else:
            expect_operand = False
        index += 1

    if best is not None and not (is_unary_first == 'sign' and best[0] > _UNARY):
        operator = tokens[best[1]]
        return 'binary', (_position(segment, operator.start), _position(segment, operator.end))
    if is_unary_first or best is not None:
        return None, None

    # Atom and trailers: find the last trailer.
    index = 0
    last = None
    while index < len(tokens):
        token = tokens[index]
        if token.kind in '([{':
            if index > 0 and token.kind != '{':
                last = token
                last_index = index
            index = _closing(tokens, index)
        elif token.text == '.':
            last = token
            index += 1
        index += 1
    if last is None or last.text == '.':
        return None, None
    span = _position(segment, last.start), _position(segment, tokens[-1].end)
    if last.kind == '[':
        return 'subscript', span
    return ('call of name' if last_index == 1 and tokens[0].kind == 'name' else 'call'), span


def _closing(tokens, index):
    depth = 0
    while True:
        kind = tokens[index].kind
        if kind in '([{':
            depth += 1
        elif kind in ')]}':
            depth -= 1
            if depth == 0:
                return index
        index += 1


def _is_tuple_or_generator(tokens):
    depth = 0
    for token in tokens:
        if token.kind in '([{':
            depth += 1
        elif token.kind in ')]}':
            depth -= 1
        elif depth == 0 and (token.text == ',' or token.text in ('for', 'async')):
            return True
    return not tokens


def _position(segment, offset):
    line_idx = segment.count('\n', 0, offset)
    return line_idx, offset - (segment.rfind('\n', 0, offset) + 1)


# Exceptions

class _ExceptionPrintContext:
    """Where in nested exception groups the printing is."""

    def __init__(self):
        self.exception_group_depth = 0
        self.need_close = False

    def indent(self):
        return ' ' * (2 * self.exception_group_depth)

    def emit(self, text_gen, margin_char=None):
        prefix = self.indent()
        if self.exception_group_depth:
            prefix += (margin_char or '|') + ' '
        if isinstance(text_gen, str):
            text_gen = (text_gen,)
        for text in text_gen:
            yield _indent(text, prefix)


class TracebackException:
    """All that is needed to show an exception, without references to frames or the exception."""

    def __init__(self, exc_type, exc_value, exc_traceback, *, limit=None, lookup_lines=True,
                 capture_locals=False, compact=False, max_group_width=15, max_group_depth=10,
                 save_exc_type=True, _seen=None):
        # Chains may be long and may have cycles, so they are walked with a queue.
        is_recursive_call = _seen is not None
        if _seen is None:
            _seen = set()
        _seen.add(id(exc_value))

        self.max_group_width = max_group_width
        self.max_group_depth = max_group_depth
        self.stack = StackSummary._extract_from_extended_frame_gen(
            _walk_tb_with_full_positions(exc_traceback), limit=limit, lookup_lines=lookup_lines,
            capture_locals=capture_locals)
        self._exc_type = exc_type if save_exc_type else None
        self._str = _safe_string(exc_value, 'exception')
        try:
            self.__notes__ = getattr(exc_value, '__notes__', None)
        except Exception as e:
            self.__notes__ = [
                f'Ignored error getting __notes__: {_safe_string(e, "__notes__", repr)}']

        self._is_syntax_error = False
        self._have_exc_type = exc_type is not None
        if exc_type is not None:
            self.exc_type_qualname = exc_type.__qualname__
            self.exc_type_module = exc_type.__module__
        else:
            self.exc_type_qualname = None
            self.exc_type_module = None

        if exc_type and issubclass(exc_type, SyntaxError):
            self.filename = exc_value.filename
            self.lineno = exc_value.lineno
            self.end_lineno = exc_value.end_lineno
            self.text = exc_value.text
            self.offset = exc_value.offset
            self.end_offset = exc_value.end_offset
            self.msg = exc_value.msg
            self._is_syntax_error = True
            self._exc_metadata = getattr(exc_value, "_metadata", None)
        else:
            self._add_suggestion(exc_type, exc_value, exc_traceback)
        if lookup_lines:
            for summary in self.stack:
                summary.line
        self.__suppress_context__ = (
            exc_value.__suppress_context__ if exc_value is not None else False)
        self.__cause__ = self.__context__ = self.exceptions = None

        if is_recursive_call:
            return
        queue = [(self, exc_value)]
        while queue:
            te, e = queue.pop()

            def related(exc):
                return TracebackException(
                    type(exc), exc, exc.__traceback__, limit=limit, lookup_lines=lookup_lines,
                    capture_locals=capture_locals, max_group_width=max_group_width,
                    max_group_depth=max_group_depth, _seen=_seen)

            cause = context = exceptions = None
            if e is not None and e.__cause__ is not None and id(e.__cause__) not in _seen:
                cause = related(e.__cause__)
            if compact:
                need_context = cause is None and e is not None and not e.__suppress_context__
            else:
                need_context = True
            if (e is not None and e.__context__ is not None and need_context
                    and id(e.__context__) not in _seen):
                context = related(e.__context__)
            if e is not None and isinstance(e, BaseExceptionGroup):
                exceptions = [related(item) for item in e.exceptions]
            te.__cause__ = cause
            te.__context__ = context
            te.exceptions = exceptions
            if cause is not None:
                queue.append((te.__cause__, e.__cause__))
            if context is not None:
                queue.append((te.__context__, e.__context__))
            if exceptions is not None:
                queue.extend(zip(te.exceptions, e.exceptions))

    def _add_suggestion(self, exc_type, exc_value, tb):
        if not exc_type:
            return
        if issubclass(exc_type, ImportError) and getattr(exc_value, "name_from", None) is not None:
            suggestion = _compute_suggestion_error(exc_value, tb, exc_value.name_from)
            if suggestion:
                self._str += f". Did you mean: '{suggestion}'?"
        elif (issubclass(exc_type, ModuleNotFoundError) and sys.flags.no_site
                and getattr(exc_value, "name", None) not in sys.stdlib_module_names):
            self._str += (". Site initialization is disabled, did you forget to "
                          "add the site-packages directory to sys.path "
                          "or to enable your virtual environment?")
        elif (issubclass(exc_type, (NameError, AttributeError))
                and getattr(exc_value, "name", None) is not None):
            wrong_name = exc_value.name
            suggestion = _compute_suggestion_error(exc_value, tb, wrong_name)
            if suggestion:
                self._str += f". Did you mean: '{suggestion}'?"
            if issubclass(exc_type, NameError) and wrong_name in sys.stdlib_module_names:
                if suggestion:
                    self._str += f" Or did you forget to import '{wrong_name}'?"
                else:
                    self._str += f". Did you forget to import '{wrong_name}'?"

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        """Make one from an exception."""
        return cls(type(exc), exc, exc.__traceback__, *args, **kwargs)

    @property
    def exc_type(self):
        import warnings
        warnings.warn('Deprecated in 3.13. Use exc_type_str instead.',
                      DeprecationWarning, stacklevel=2)
        return self._exc_type

    @property
    def exc_type_str(self):
        if not self._have_exc_type:
            return None
        module = self.exc_type_module
        if module not in ("__main__", "builtins"):
            if not isinstance(module, str):
                module = "<unknown>"
            return module + '.' + self.exc_type_qualname
        return self.exc_type_qualname

    def __eq__(self, other):
        if isinstance(other, TracebackException):
            return self.__dict__ == other.__dict__
        return NotImplemented

    def __str__(self):
        return self._str

    def format_exception_only(self, *, show_group=False, _depth=0, **kwargs):
        """Yield the lines with the exception itself; with show_group those of a group too."""
        indent = 3 * _depth * ' '
        if not self._have_exc_type:
            yield indent + _format_final_exc_line(None, self._str)
            return
        stype = self.exc_type_str
        if self._is_syntax_error:
            for line in self._format_syntax_error(stype):
                yield indent + line
        elif _depth > 0:
            text = _format_final_exc_line(stype, self._str, insert_final_newline=False)
            for line in text.split("\n"):
                yield indent + line + "\n"
        else:
            yield _format_final_exc_line(stype, self._str)

        notes = self.__notes__
        if notes is not None:
            from collections.abc import Sequence
            if isinstance(notes, Sequence) and not isinstance(notes, (str, bytes)):
                for note in notes:
                    for line in _safe_string(note, 'note').split('\n'):
                        yield indent + line + '\n'
            else:
                yield indent + _safe_string(notes, '__notes__', func=repr) + '\n'
        if self.exceptions and show_group:
            for exc in self.exceptions:
                yield from exc.format_exception_only(show_group=show_group, _depth=_depth + 1)

    def _format_syntax_error(self, stype):
        suffix = ''
        if self.lineno is not None:
            yield f'  File "{self.filename or "<string>"}", line {self.lineno}\n'
        elif self.filename is not None:
            suffix = f' ({self.filename})'
        if isinstance(self.text, str):
            try:
                self._find_keyword_typos()
            except Exception:
                # Only a help, so nothing may go wrong with it.
                pass
            text = self.text
            stripped = text.rstrip('\n').lstrip(' \n\f')
            blanks = len(text.rstrip('\n')) - len(stripped)
            yield f'    {stripped}\n'
            if self.offset is not None and isinstance(self.lineno, int):
                offset = self.offset
                if self.lineno == self.end_lineno:
                    end_offset = offset if self.end_offset in {None, 0} else self.end_offset
                else:
                    end_offset = len(text.rstrip('\n')) + 1
                if text and offset > len(text):
                    offset = len(text.rstrip('\n')) + 1
                if text and end_offset > len(text):
                    end_offset = len(text.rstrip('\n')) + 1
                if offset >= end_offset or end_offset < 0:
                    end_offset = offset + 1
                column = offset - 1 - blanks
                end_column = end_offset - 1 - blanks
                if column >= 0:
                    # Tabs must stay tabs for the caret to be below its place.
                    lead = ''.join([char if char.isspace() else ' ' for char in stripped[:column]])
                    yield f"    {lead}{'^' * (end_column - column)}\n"
        yield f'{stype}: {self.msg or "<no detail available>"}{suffix}\n'

    def _find_keyword_typos(self):
        """Say which keyword was meant, if a misspelt one explains an "invalid syntax"."""
        if self.msg != "invalid syntax" and "Perhaps you forgot a comma" not in self.msg:
            return
        if not self._exc_metadata:
            return
        line, offset, source = self._exc_metadata
        end_line = int(self.lineno) if self.lineno is not None else 0
        lines = None
        from_filename = False
        if source is None:
            if self.filename:
                try:
                    with open(self.filename) as f:
                        lines = f.read().splitlines()
                except Exception:
                    line, end_line, offset = 0, 1, 0
                else:
                    from_filename = True
            lines = lines if lines is not None else self.text.splitlines()
        else:
            lines = source.splitlines()
        error_code = lines[line - 1 if line > 0 else 0:end_line]
        error_code[0] = error_code[0][offset:]
        margin = _dedent('\n'.join(error_code)).split('\n')
        import codeop
        from keyword import kwlist
        tries = 10
        for index, text in enumerate(margin):
            if from_filename and index + 1 + line != end_line + 1:
                continue
            try:
                tokens = _tokens(text)
            except SyntaxError:
                tokens = _name_tokens(text)
            for token in tokens:
                if token.kind != 'name' or token.text in kwlist:
                    continue
                tries -= 1
                if tries < 0:
                    return
                for keyword in _close_keywords(token.text):
                    changed = list(margin)
                    changed[index] = text[:token.start] + keyword + text[token.end:]
                    try:
                        codeop.compile_command('\n'.join(changed), symbol="exec")
                    except SyntaxError:
                        continue
                    self.text = text
                    self.offset = token.start + 1
                    self.end_offset = token.end + 1
                    self.msg = f"invalid syntax. Did you mean '{keyword}'?"
                    return

    def format(self, *, chain=True, _ctx=None, **kwargs):
        """Yield the text of the exception, after that of those it came from."""
        if _ctx is None:
            _ctx = _ExceptionPrintContext()
        links = []
        exc = self
        while exc:
            message = following = None
            if chain:
                if exc.__cause__ is not None:
                    message, following = _cause_message, exc.__cause__
                elif exc.__context__ is not None and not exc.__suppress_context__:
                    message, following = _context_message, exc.__context__
            links.append((message, exc))
            exc = following
        for message, exc in reversed(links):
            if message is not None:
                yield from _ctx.emit(message)
            if exc.exceptions is None:
                if exc.stack:
                    yield from _ctx.emit('Traceback (most recent call last):\n')
                    yield from _ctx.emit(exc.stack.format())
                yield from _ctx.emit(exc.format_exception_only())
            elif _ctx.exception_group_depth > self.max_group_depth:
                yield from _ctx.emit(f"... (max_group_depth is {self.max_group_depth})\n")
            else:
                yield from self._format_group(exc, chain, _ctx)

    def _format_group(self, exc, chain, _ctx):
        is_toplevel = _ctx.exception_group_depth == 0
        if is_toplevel:
            _ctx.exception_group_depth += 1
        if exc.stack:
            yield from _ctx.emit('Exception Group Traceback (most recent call last):\n',
                                 margin_char='+' if is_toplevel else None)
            yield from _ctx.emit(exc.stack.format())
        yield from _ctx.emit(exc.format_exception_only())
        total = len(exc.exceptions)
        width = self.max_group_width
        n = total if total <= width else width + 1
        _ctx.need_close = False
        for index in range(n):
            is_last = index == n - 1
            if is_last:
                # A group inside may draw the closing line in our place.
                _ctx.need_close = True
            truncated = index >= width
            title = '...' if truncated else str(index + 1)
            yield (_ctx.indent() + ('+-' if index == 0 else '  ')
                   + f'+---------------- {title} ----------------\n')
            _ctx.exception_group_depth += 1
            if truncated:
                remaining = total - width
                yield from _ctx.emit(f"and {remaining} more exception"
                                     f"{'s' if remaining > 1 else ''}\n")
            else:
                yield from exc.exceptions[index].format(chain=chain, _ctx=_ctx)
            if is_last and _ctx.need_close:
                yield _ctx.indent() + "+------------------------------------\n"
                _ctx.need_close = False
            _ctx.exception_group_depth -= 1
        if is_toplevel:
            _ctx.exception_group_depth = 0

    def print(self, *, file=None, chain=True, **kwargs):
        """Print the result of format()."""
        if file is None:
            file = sys.stderr
        for line in self.format(chain=chain):
            print(line, file=file, end="")


# Suggestions

_MAX_CANDIDATE_ITEMS = 750
_MAX_STRING_SIZE = 40
_MOVE_COST = 2
_CASE_COST = 1


def _compute_suggestion_error(exc_value, tb, wrong_name):
    """A name that may have been meant by wrong_name; None if there is none like it."""
    if wrong_name is None or not isinstance(wrong_name, str):
        return None
    hide_underscored = wrong_name[:1] != '_'
    if isinstance(exc_value, AttributeError):
        obj = exc_value.obj
        try:
            try:
                names = dir(obj)
            except TypeError:
                # Attributes that are no strings.
                names = [*type(obj).__dict__, *obj.__dict__]
            names = sorted([name for name in names if isinstance(name, str)])
            if hide_underscored and tb is not None:
                while tb.tb_next is not None:
                    tb = tb.tb_next
                frame = tb.tb_frame
                if 'self' in frame.f_locals and frame.f_locals['self'] is obj:
                    # Code of the object itself may see its private names.
                    hide_underscored = False
            if hide_underscored:
                names = [name for name in names if name[:1] != '_']
        except Exception:
            return None
    elif isinstance(exc_value, ImportError):
        try:
            names = sorted([name for name in dir(__import__(exc_value.name))
                            if isinstance(name, str)])
            if hide_underscored:
                names = [name for name in names if name[:1] != '_']
        except Exception:
            return None
    else:
        if tb is None:
            return None
        while tb.tb_next is not None:
            tb = tb.tb_next
        frame = tb.tb_frame
        names = [name for name in (*frame.f_locals, *frame.f_globals, *frame.f_builtins)
                 if isinstance(name, str)]
        if 'self' in frame.f_locals:
            try:
                if hasattr(frame.f_locals['self'], wrong_name):
                    return f"self.{wrong_name}"
            except Exception:
                pass
    return _closest(names, wrong_name)


def _closest(names, wrong_name):
    """The name nearest to wrong_name, unless all are too far."""
    if len(names) > _MAX_CANDIDATE_ITEMS:
        return None
    size = len(wrong_name)
    if size > _MAX_STRING_SIZE:
        return None
    best_distance = sys.maxsize
    suggestion = None
    for name in names:
        if name == wrong_name:
            # Defined after all, but not there: no help.
            continue
        # No more than a third of the characters may have to change.
        limit = (len(name) + size + 3) * _MOVE_COST // 6
        limit = min(limit, best_distance - 1)
        distance = _levenshtein_distance(wrong_name, name, limit)
        if distance > limit:
            continue
        if not suggestion or distance < best_distance:
            suggestion = name
            best_distance = distance
    return suggestion


def _substitution_cost(a, b):
    if a == b:
        return 0
    return _CASE_COST if a.lower() == b.lower() else _MOVE_COST


def _levenshtein_distance(a, b, max_cost):
    """Cost of turning a into b; anything over max_cost if it is more than that."""
    if a == b:
        return 0
    pre = 0
    while a[pre:] and b[pre:] and a[pre] == b[pre]:
        pre += 1
    a, b = a[pre:], b[pre:]
    post = 0
    while a[:len(a) - post] and b[:len(b) - post] and a[-1 - post] == b[-1 - post]:
        post += 1
    a, b = a[:len(a) - post], b[:len(b) - post]
    if not a or not b:
        return _MOVE_COST * (len(a) + len(b))
    if len(a) > _MAX_STRING_SIZE or len(b) > _MAX_STRING_SIZE:
        return max_cost + 1
    if len(b) < len(a):
        a, b = b, a
    if (len(b) - len(a)) * _MOVE_COST > max_cost:
        return max_cost + 1
    row = [_MOVE_COST * (index + 1) for index in range(len(a))]
    result = 0
    for b_index, b_char in enumerate(b):
        distance = result = b_index * _MOVE_COST
        minimum = None
        for index, a_char in enumerate(a):
            substitute = distance + _substitution_cost(b_char, a_char)
            distance = row[index]
            result = min(substitute, min(result, distance) + _MOVE_COST)
            row[index] = result
            if minimum is None or result < minimum:
                minimum = result
        if minimum > max_cost:
            return max_cost + 1
    return result


def _close_keywords(wrong_name):
    from keyword import kwlist
    found = []
    suggestion = _closest(kwlist, wrong_name)
    if suggestion:
        found.append(suggestion)
    from difflib import get_close_matches
    found += get_close_matches(wrong_name, kwlist, n=3, cutoff=0.5)
    return [name for name in found[:3] if name != wrong_name]


def _name_tokens(text):
    """The names in a text that is otherwise no Python."""
    tokens = []
    start = None
    for pos, char in enumerate(text + ' '):
        if start is None:
            if char.isidentifier():
                start = pos
        elif not (char.isalnum() or char == '_'):
            tokens.append(_Token('name', text[start:pos], start, pos))
            start = None
    return tokens
