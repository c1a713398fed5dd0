"""Syntax trees of expressions, and literal_eval().

For now trees are made here, by a small parser for text that the compiler has accepted; when the
compiler gives trees itself (`PyCF_ONLY_AST`), `_expression_tree` goes.
"""

__all__ = ['literal_eval', 'dump', 'walk', 'iter_fields', 'iter_child_nodes', 'PyCF_ONLY_AST',
           'PyCF_TYPE_COMMENTS', 'PyCF_ALLOW_TOP_LEVEL_AWAIT', 'PyCF_OPTIMIZED_AST']

PyCF_ONLY_AST = 0x400
PyCF_TYPE_COMMENTS = 0x1000
PyCF_ALLOW_TOP_LEVEL_AWAIT = 0x2000
PyCF_OPTIMIZED_AST = 0x8400


class AST:
    """Base of nodes; the fields of a class are named in _fields."""

    _fields = ()
    _attributes = ()

    def __init__(self, *args, **kwargs):
        if len(args) > len(self._fields):
            raise TypeError(f"{type(self).__name__} constructor takes at most "
                            f"{len(self._fields)} positional argument"
                            f"{'s' if len(self._fields) != 1 else ''}")
        for name, value in zip(self._fields, args):
            setattr(self, name, value)
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __repr__(self):
        return _repr(self, 3)


def _repr(value, depth):
    """A repr that stops at a depth, and shows only the ends of long lists."""
    if isinstance(value, list):
        if len(value) > 2:
            return f'[{_repr(value[0], depth)}, ..., {_repr(value[-1], depth)}]'
        return '[' + ', '.join([_repr(item, depth) for item in value]) + ']'
    if not isinstance(value, AST):
        return repr(value)
    name = type(value).__name__
    if depth <= 0:
        return f'{name}(...)'
    fields = ', '.join([f'{field}={_repr(getattr(value, field, None), depth - 1)}'
                        for field in value._fields])
    return f'{name}({fields})'


class mod(AST):
    pass


class expr(AST):
    _attributes = ('lineno', 'col_offset', 'end_lineno', 'end_col_offset')


class expr_context(AST):
    pass


class operator(AST):
    pass


class unaryop(AST):
    pass


class cmpop(AST):
    pass


class boolop(AST):
    pass


def _define():
    for base, names in (
        (expr_context, 'Load Store Del'),
        (operator, 'Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv'),
        (unaryop, 'Invert Not UAdd USub'), (boolop, 'And Or'),
        (cmpop, 'Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn'),
    ):
        for name in names.split():
            globals()[name] = type(name, (base,), {'__module__': 'ast'})
            __all__.append(name)
    for text in (
        'BoolOp op values', 'NamedExpr target value', 'BinOp left op right', 'UnaryOp op operand',
        'Lambda args body', 'IfExp test body orelse', 'Dict keys values', 'Set elts',
        'ListComp elt generators', 'SetComp elt generators', 'DictComp key value generators',
        'GeneratorExp elt generators', 'Await value', 'Yield value', 'YieldFrom value',
        'Compare left ops comparators', 'Call func args keywords',
        'FormattedValue value conversion format_spec',
        'Interpolation value str conversion format_spec', 'JoinedStr values',
        'TemplateStr values', 'Constant value kind', 'Attribute value attr ctx',
        'Subscript value slice ctx', 'Starred value ctx', 'Name id ctx', 'List elts ctx',
        'Tuple elts ctx', 'Slice lower upper step',
    ):
        name, *fields = text.split()
        globals()[name] = type(name, (expr,), {'__module__': 'ast', '_fields': tuple(fields)})
        __all__.append(name)
    for text in ('comprehension target iter ifs is_async',
                 'arguments posonlyargs args vararg kwonlyargs kw_defaults kwarg defaults',
                 'arg arg annotation type_comment', 'keyword arg value'):
        name, *fields = text.split()
        globals()[name] = type(name, (AST,), {'__module__': 'ast', '_fields': tuple(fields)})
        __all__.append(name)
    globals()['Expression'] = type('Expression', (mod,), {'__module__': 'ast',
                                                          '_fields': ('body',)})
    __all__.extend(['AST', 'mod', 'expr', 'expr_context', 'operator', 'unaryop', 'cmpop', 'boolop',
                    'Expression'])


_define()


def literal_eval(node_or_string):
    """Evaluate a literal: strings, bytes, numbers, tuples, lists, dicts, sets, booleans, None."""
    if isinstance(node_or_string, AST):
        node = node_or_string
    elif isinstance(node_or_string, str):
        node = _expression_tree(node_or_string.lstrip(" \t"))
    else:
        raise ValueError(f'malformed node or string: {node_or_string!r}')
    if isinstance(node, Expression):
        node = node.body
    return _convert(node)


def _malformed(node):
    msg = "malformed node or string"
    if lno := getattr(node, 'lineno', None):
        msg += f' on line {lno}'
    raise ValueError(msg + f': {node!r}')


def _convert_number(node):
    if not isinstance(node, Constant) or type(node.value) not in (int, float, complex):
        _malformed(node)
    return node.value


def _convert_signed(node):
    if isinstance(node, UnaryOp) and isinstance(node.op, (UAdd, USub)):
        value = _convert_number(node.operand)
        return +value if isinstance(node.op, UAdd) else -value
    return _convert_number(node)


def _convert(node):
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Tuple):
        return tuple([_convert(item) for item in node.elts])
    if isinstance(node, List):
        return [_convert(item) for item in node.elts]
    if isinstance(node, Set):
        return {_convert(item) for item in node.elts}
    if (isinstance(node, Call) and isinstance(node.func, Name) and node.func.id == 'set'
            and node.args == node.keywords == []):
        return set()
    if isinstance(node, Dict):
        if len(node.keys) != len(node.values):
            _malformed(node)
        return dict(zip([_convert(key) for key in node.keys],
                        [_convert(value) for value in node.values]))
    if isinstance(node, BinOp) and isinstance(node.op, (Add, Sub)):
        left = _convert_signed(node.left)
        right = _convert_number(node.right)
        if isinstance(left, (int, float)) and isinstance(right, complex):
            return left + right if isinstance(node.op, Add) else left - right
    return _convert_signed(node)


def iter_fields(node):
    """Yield (name, value) of a node's fields."""
    for field in node._fields:
        try:
            yield field, getattr(node, field)
        except AttributeError:
            pass


def iter_child_nodes(node):
    """Yield the nodes directly below a node."""
    for _, value in iter_fields(node):
        if isinstance(value, AST):
            yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, AST):
                    yield item


def walk(node):
    """Yield a node and all below it."""
    todo = [node]
    for node in todo:
        todo.extend(iter_child_nodes(node))
        yield node


def dump(node, annotate_fields=True, include_attributes=False, *, indent=None,
         show_empty=False):
    """A tree as text."""
    if not isinstance(node, AST):
        raise TypeError('expected AST, got %r' % node.__class__.__name__)
    if indent is not None and not isinstance(indent, str):
        indent = ' ' * indent

    def format(node, level):
        if indent is not None:
            level += 1
            prefix = '\n' + indent * level
            separator = ',\n' + indent * level
        else:
            prefix = ''
            separator = ', '
        if isinstance(node, AST):
            args = []
            simple = True
            keywords = annotate_fields
            for name in node._fields:
                value = getattr(node, name, None)
                if not show_empty and (value is None or value == [] or isinstance(value, Load)):
                    if value is None and isinstance(node, Constant) and name == 'value':
                        pass
                    else:
                        keywords = True
                        continue
                text, plain = format(value, level)
                simple = simple and plain
                args.append(f'{name}={text}' if keywords else text)
            if include_attributes:
                for name in node._attributes:
                    value = getattr(node, name, None)
                    if value is not None:
                        text, plain = format(value, level)
                        simple = simple and plain
                        args.append(f'{name}={text}')
            name = node.__class__.__name__
            if simple and len(args) <= 3:
                return f'{name}({", ".join(args)})', not args
            return f'{name}({prefix}{separator.join(args)})', False
        if isinstance(node, list):
            if not node:
                return '[]', True
            return f'[{prefix}{separator.join([format(item, level)[0] for item in node])}]', False
        return repr(node), True

    return format(node, 0)[0]


# The parser

def _expression_tree(source):
    # The compiler says what is wrong with text that is no expression.
    compile(source, '<unknown>', 'eval')
    return Expression(body=_Parser(source).whole())


_BINARY = {
    '|': (1, 'BitOr'), '^': (2, 'BitXor'), '&': (3, 'BitAnd'), '<<': (4, 'LShift'),
    '>>': (4, 'RShift'), '+': (5, 'Add'), '-': (5, 'Sub'), '*': (6, 'Mult'), '/': (6, 'Div'),
    '//': (6, 'FloorDiv'), '%': (6, 'Mod'), '@': (6, 'MatMult'), '**': (8, 'Pow'),
}
_UNARY_STRENGTH = 7
_UNARY_NAMES = {'-': 'USub', '+': 'UAdd', '~': 'Invert'}
_COMPARE = {'<': 'Lt', '<=': 'LtE', '>': 'Gt', '>=': 'GtE', '==': 'Eq', '!=': 'NotEq'}
_NAMES = {'None': None, 'True': True, 'False': False}


class _Parser:
    def __init__(self, source, line=1):
        # The tokens of traceback.py are just what is needed here.
        from traceback import _tokens
        self.source = source
        self.first_line = line
        self.tokens = _tokens(source)
        self.pos = 0

    @property
    def text(self):
        return self.tokens[self.pos].text if self.pos < len(self.tokens) else ''

    @property
    def kind(self):
        return self.tokens[self.pos].kind if self.pos < len(self.tokens) else ''

    def accept(self, *texts):
        if self.text in texts and self.kind != 'string':
            self.pos += 1
            return True
        return False

    def node(self, name, start, *fields):
        offset = self.tokens[start].start if start < len(self.tokens) else 0
        result = globals()[name](*fields)
        result.lineno = self.first_line + self.source.count('\n', 0, offset)
        return result

    def whole(self):
        return self.tuple_or_one('')

    def tuple_or_one(self, closing):
        start = self.pos
        first = self.star_or_named()
        if self.text != ',':
            return first
        elts = [first]
        while self.accept(','):
            if self.text == closing or not self.kind:
                break
            elts.append(self.star_or_named())
        return self.node('Tuple', start, elts, Load())

    def star_or_named(self):
        start = self.pos
        if self.accept('*'):
            return self.node('Starred', start, self.binary(1), Load())
        if self.text == 'yield':
            return self.yield_()
        if self.kind == 'name' and self.pos + 1 < len(self.tokens) and (
                self.tokens[self.pos + 1].text == ':='):
            target = self.node('Name', start, self.text, Store())
            self.pos += 2
            return self.node('NamedExpr', start, target, self.test())
        return self.test()

    def yield_(self):
        start = self.pos
        self.pos += 1
        if self.accept('from'):
            return self.node('YieldFrom', start, self.test())
        if self.text in (')', ''):
            return self.node('Yield', start, None)
        return self.node('Yield', start, self.tuple_or_one(')'))

    def test(self):
        start = self.pos
        if self.text == 'lambda':
            return self.lambda_()
        body = self.or_()
        if self.accept('if'):
            condition = self.or_()
            self.accept('else')
            return self.node('IfExp', start, condition, body, self.test())
        return body

    def lambda_(self):
        start = self.pos
        self.pos += 1
        posonly, args, kwonly, kw_defaults, defaults = [], [], [], [], []
        vararg = kwarg = None
        keyword_only = False
        while not self.accept(':'):
            if self.accept('/'):
                posonly, args = args, []
            elif self.accept('**'):
                kwarg = self.parameter()
            elif self.accept('*'):
                keyword_only = True
                if self.kind == 'name':
                    vararg = self.parameter()
            else:
                param = self.parameter()
                default = self.test() if self.accept('=') else None
                if keyword_only:
                    kwonly.append(param)
                    kw_defaults.append(default)
                else:
                    args.append(param)
                    if default is not None:
                        defaults.append(default)
            self.accept(',')
        params = arguments(posonly, args, vararg, kwonly, kw_defaults, kwarg, defaults)
        return self.node('Lambda', start, params, self.test())

    def parameter(self):
        name = self.text
        self.pos += 1
        return arg(name, None, None)

    def or_(self):
        return self.bool_op('or', 'Or', lambda: self.bool_op('and', 'And', self.not_))

    def bool_op(self, word, name, operand):
        start = self.pos
        first = operand()
        if self.text != word or self.kind != 'name':
            return first
        values = [first]
        while self.accept(word):
            values.append(operand())
        return self.node('BoolOp', start, globals()[name](), values)

    def not_(self):
        start = self.pos
        if self.kind == 'name' and self.accept('not'):
            return self.node('UnaryOp', start, Not(), self.not_())
        return self.comparison()

    def comparison(self):
        start = self.pos
        left = self.binary(1)
        ops, comparators = [], []
        while True:
            if self.kind == 'op' and self.text in _COMPARE:
                op = _COMPARE[self.text]
                self.pos += 1
            elif self.kind == 'name' and self.accept('in'):
                op = 'In'
            elif self.kind == 'name' and self.accept('not'):
                self.accept('in')
                op = 'NotIn'
            elif self.kind == 'name' and self.accept('is'):
                op = 'IsNot' if self.accept('not') else 'Is'
            else:
                break
            ops.append(globals()[op]())
            comparators.append(self.binary(1))
        return self.node('Compare', start, left, ops, comparators) if ops else left

    def binary(self, strength):
        start = self.pos
        if self.kind == 'op' and self.text in _UNARY_NAMES:
            op = globals()[_UNARY_NAMES[self.text]]()
            self.pos += 1
            left = self.node('UnaryOp', start, op, self.binary(_UNARY_STRENGTH))
        else:
            left = self.await_()
        while self.kind == 'op' and self.text in _BINARY:
            level, name = _BINARY[self.text]
            if level < strength:
                break
            self.pos += 1
            # The right side of ** may be another one, or have a sign.
            right = self.binary(_UNARY_STRENGTH if name == 'Pow' else level + 1)
            left = self.node('BinOp', start, left, globals()[name](), right)
        return left

    def await_(self):
        start = self.pos
        if self.kind == 'name' and self.accept('await'):
            return self.node('Await', start, self.primary())
        return self.primary()

    def primary(self):
        start = self.pos
        value = self.atom()
        while True:
            if self.kind == 'op' and self.accept('.'):
                value = self.node('Attribute', start, value, self.text, Load())
                self.pos += 1
            elif self.kind == '(':
                self.pos += 1
                value = self.node('Call', start, value, *self.call_arguments())
            elif self.kind == '[':
                self.pos += 1
                value = self.node('Subscript', start, value, self.subscript(), Load())
            else:
                return value

    def call_arguments(self):
        args, keywords = [], []
        while not self.accept(')'):
            start = self.pos
            if self.accept('**'):
                keywords.append(keyword(None, self.test()))
            elif self.kind == 'name' and self.tokens[self.pos + 1].text == '=':
                name = self.text
                self.pos += 2
                keywords.append(keyword(name, self.test()))
            else:
                item = self.star_or_named()
                if self.text in ('for', 'async'):
                    item = self.node('GeneratorExp', start, item, self.generators())
                args.append(item)
            self.accept(',')
        return args, keywords

    def subscript(self):
        start = self.pos
        items = []
        is_tuple = False
        while not self.accept(']'):
            items.append(self.slice_())
            if self.accept(','):
                is_tuple = True
        if len(items) == 1 and not is_tuple and not isinstance(items[0], Starred):
            return items[0]
        return self.node('Tuple', start, items, Load())

    def slice_(self):
        start = self.pos
        lower = upper = step = None
        if self.text != ':':
            lower = self.star_or_named()
            if self.text != ':':
                return lower
        self.pos += 1
        if self.text not in (':', ',', ']'):
            upper = self.test()
        if self.accept(':') and self.text not in (',', ']'):
            step = self.test()
        return self.node('Slice', start, lower, upper, step)

    def generators(self):
        result = []
        while self.text in ('for', 'async'):
            is_async = int(self.accept('async'))
            self.accept('for')
            target = self.target_list()
            self.accept('in')
            iterable = self.or_()
            conditions = []
            while self.accept('if'):
                conditions.append(self.or_())
            result.append(comprehension(target, iterable, conditions, is_async))
        return result

    def target_list(self):
        start = self.pos
        elts = [self.target()]
        if self.text != ',':
            return elts[0]
        while self.accept(','):
            if self.text == 'in':
                break
            elts.append(self.target())
        return self.node('Tuple', start, elts, Store())

    def target(self):
        node = self.star_target()
        for child in [node, *(node.elts if isinstance(node, (Tuple, List)) else ())]:
            if hasattr(child, 'ctx'):
                child.ctx = Store()
        return node

    def star_target(self):
        start = self.pos
        if self.accept('*'):
            return self.node('Starred', start, self.primary(), Store())
        return self.primary()

    def atom(self):
        start = self.pos
        kind, text = self.kind, self.text
        if kind == 'string':
            return self.strings()
        self.pos += 1
        if kind == 'number':
            return self.node('Constant', start, _number(text), None)
        if kind == 'name':
            if text in _NAMES:
                return self.node('Constant', start, _NAMES[text], None)
            return self.node('Name', start, text, Load())
        if text == '...':
            return self.node('Constant', start, ..., None)
        if kind == '(':
            return self.parenthesis(start)
        if kind == '[':
            return self.list_(start)
        return self.braces(start)

    def parenthesis(self, start):
        if self.accept(')'):
            return self.node('Tuple', start, [], Load())
        value = self.tuple_or_one(')')
        if self.text in ('for', 'async'):
            value = self.node('GeneratorExp', start, value, self.generators())
        self.accept(')')
        if isinstance(value, Tuple):
            value.lineno = self.first_line + self.source.count('\n', 0, self.tokens[start].start)
        return value

    def list_(self, start):
        elts = []
        while not self.accept(']'):
            elts.append(self.star_or_named())
            if self.text in ('for', 'async'):
                generators = self.generators()
                self.accept(']')
                return self.node('ListComp', start, elts[0], generators)
            self.accept(',')
        return self.node('List', start, elts, Load())

    def braces(self, start):
        keys, values = [], []
        is_dict = self.text == '}'
        while not self.accept('}'):
            if self.accept('**'):
                is_dict = True
                keys.append(None)
                values.append(self.binary(1))
            else:
                first = self.star_or_named()
                if self.accept(':'):
                    is_dict = True
                    keys.append(first)
                    values.append(self.test())
                else:
                    values.append(first)
                if self.text in ('for', 'async'):
                    generators = self.generators()
                    self.accept('}')
                    if is_dict:
                        return self.node('DictComp', start, keys[0], values[0], generators)
                    return self.node('SetComp', start, values[0], generators)
            self.accept(',')
        if is_dict:
            return self.node('Dict', start, keys, values)
        return self.node('Set', start, values)

    def strings(self):
        start = self.pos
        parts = []
        plain = True
        is_template = False
        kind = None
        while self.kind == 'string':
            text = self.text
            prefix = text[:min([text.find(quote) for quote in '"\'' if quote in text])].lower()
            if 'f' in prefix or 't' in prefix:
                plain = False
                is_template = is_template or 't' in prefix
                parts += self.formatted(text, prefix)
            else:
                if self.pos == start and prefix == 'u':
                    kind = 'u'
                # Compiled, since escapes are the compiler's business.
                parts.append(self.node('Constant', self.pos, eval(text, {'__builtins__': {}}),
                                       None))
            self.pos += 1
        if plain:
            value = parts[0].value
            for part in parts[1:]:
                value += part.value
            return self.node('Constant', start, value, kind)
        merged = []
        for part in parts:
            if merged and isinstance(part, Constant) and isinstance(merged[-1], Constant):
                merged[-1].value += part.value
            else:
                merged.append(part)
        return self.node('TemplateStr' if is_template else 'JoinedStr', start, merged)

    def formatted(self, text, prefix):
        """The parts of an f-string."""
        body = text[len(prefix):]
        size = 3 if body[:3] in ('"""', "'''") else 1
        quote, body = body[:size], body[size:-size]
        raw = 'r' in prefix
        return self.formatted_parts(body, raw, quote, 't' in prefix)

    def formatted_parts(self, body, raw, quote, template):
        parts = []
        literal = ''
        pos = 0

        def flush():
            nonlocal literal
            if literal:
                value = literal if raw else eval(f'{quote}{literal}{quote}', {'__builtins__': {}})
                parts.append(self.node('Constant', self.pos, value, None))
                literal = ''

        while pos < len(body):
            char = body[pos]
            if body[pos:pos + 2] in ('{{', '}}'):
                literal += char
                pos += 2
            elif char != '{':
                literal += char
                pos += 1
            else:
                flush()
                end = pos + 1
                depth = 0
                while depth or body[end] not in '}:!=' or body[end:end + 2] in ('!=', '=='):
                    if body[end] in '([{':
                        depth += 1
                    elif body[end] in ')]}':
                        depth -= 1
                    end += 2 if body[end:end + 2] in ('!=', '==') else 1
                inner = body[pos + 1:end]
                conversion = -1
                spec = None
                if body[end] == '=':
                    end += 1
                    literal = inner + '='
                    flush()
                    conversion = ord('r')
                if body[end] == '!':
                    conversion = ord(body[end + 1])
                    end += 2
                if body[end] == ':':
                    stop = end + 1
                    depth = 0
                    while depth or body[stop] != '}':
                        depth += {'{': 1, '}': -1}.get(body[stop], 0)
                        stop += 1
                    spec = self.node('JoinedStr', self.pos, self.formatted_parts(
                        body[end + 1:stop], raw, quote, False))
                    end = stop
                value = _Parser(inner, self.first_line).whole()
                if template:
                    parts.append(self.node('Interpolation', self.pos, value, inner, conversion,
                                           spec))
                else:
                    parts.append(self.node('FormattedValue', self.pos, value, conversion, spec))
                pos = end + 1
        flush()
        return parts


def _number(text):
    text = text.replace('_', '')
    if text[:2].lower() in ('0x', '0o', '0b'):
        return int(text, 0)
    if text[-1] in 'jJ':
        return complex(text)
    if '.' in text or 'e' in text or 'E' in text:
        return float(text)
    return int(text)
