"""Options of the command line as C's getopt reads them."""

import os

__all__ = ['GetoptError', 'error', 'getopt', 'gnu_getopt']


class GetoptError(Exception):
    """What is wrong with the arguments: `msg`, and `opt`, the option that it is about."""

    opt = ''
    msg = ''

    def __init__(self, msg, opt=''):
        self.msg, self.opt = msg, opt
        Exception.__init__(self, msg, opt)

    def __str__(self):
        return self.msg


error = GetoptError


def getopt(args, shortopts, longopts=[]):
    """(options with values, the other arguments), where options end at the first other argument."""
    found = []
    names = [longopts] if isinstance(longopts, str) else list(longopts)
    while args and args[0].startswith('-') and args[0] != '-':
        word, args = args[0], args[1:]
        if word == '--':
            break
        args = _take(found, word, shortopts, names, args)
    return found, args


def gnu_getopt(args, shortopts, longopts=[]):
    """The same, but options may stand between other arguments.

    With '+' before the short options, or POSIXLY_CORRECT in the environment, they end at the first. With '-' the arguments
    before an option are in the list of options, under None.
    """
    found, others = [], []
    names = [longopts] if isinstance(longopts, str) else list(longopts)
    in_order = False
    if shortopts.startswith('-'):
        shortopts, in_order = shortopts[1:], True
        stops = False
    elif shortopts.startswith('+'):
        shortopts, stops = shortopts[1:], True
    else:
        stops = bool(os.environ.get('POSIXLY_CORRECT'))
    while args:
        if args[0] == '--':
            others += args[1:]
            break
        word = args[0]
        if word[:1] == '-' and word != '-':
            if in_order and others:
                found.append((None, others))
                others = []
            args = _take(found, word, shortopts, names, args[1:])
        elif stops:
            others += args
            break
        else:
            others.append(word)
            args = args[1:]
    return found, others


def _take(found, word, shortopts, names, args):
    if word[:2] == '--':
        return _take_long(found, word[2:], names, args)
    return _take_short(found, word[1:], shortopts, args)


def _take_long(found, word, names, args):
    word, equals, value = word.partition('=')
    value = value if equals else None
    wants, word = _long_name(word, names)
    if wants:
        if value is None and wants != '?':
            if not args:
                raise GetoptError('option --%s requires argument' % word, word)
            value, args = args[0], args[1:]
    elif value is not None:
        raise GetoptError('option --%s must not have an argument' % word, word)
    found.append(('--' + word, value or ''))
    return args


def _long_name(word, names):
    """What argument the option wants (False, True, or '?' for an optional one), and its whole name."""
    possible = [name for name in names if name.startswith(word)]
    if not possible:
        raise GetoptError('option --%s not recognized' % word, word)
    for end, wants in (('', False), ('=', True), ('=?', '?')):
        if word + end in possible:
            return wants, word
    if len(possible) > 1:
        raise GetoptError('option --%s not a unique prefix; possible options: %s' % (word, ', '.join(possible)), word)
    name = possible[0]
    if name.endswith('=?'):
        return '?', name[:-2]
    return name.endswith('='), name.removesuffix('=')


def _take_short(found, word, shortopts, args):
    while word:
        option, word = word[0], word[1:]
        wants = _short_wants(option, shortopts)
        value = ''
        if wants:
            if not word and wants != '?':
                if not args:
                    raise GetoptError('option -%s requires argument' % option, option)
                word, args = args[0], args[1:]
            value, word = word, ''
        found.append(('-' + option, value))
    return args


def _short_wants(option, shortopts):
    for place, known in enumerate(shortopts):
        if known == option != ':':
            if not shortopts.startswith(':', place + 1):
                return False
            return '?' if shortopts.startswith('::', place + 1) else True
    raise GetoptError('option -%s not recognized' % option, option)
