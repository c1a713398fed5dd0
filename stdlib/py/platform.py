"""What the program runs on."""

import os
import sys
from collections import namedtuple

_Uname = namedtuple('uname_result', 'system node release version machine')
_cache = {}


class uname_result(_Uname):
    """The answers of uname(), with the processor found out when asked for."""

    _fields = (*_Uname._fields, 'processor')

    @property
    def processor(self):
        return ''

    def __iter__(self):
        yield from _Uname.__iter__(self)
        yield self.processor

    def __getitem__(self, key):
        return tuple(self)[key]

    def __len__(self):
        return 6

    @classmethod
    def _make(cls, iterable):
        values = list(iterable)
        if len(values) not in (5, 6):
            raise TypeError(f'Expected 5 arguments, got {len(values)}')
        return cls(*values[:5])

    def __reduce__(self):
        return uname_result, tuple(self)[:5]


def uname():
    """System, node, release, version, machine and processor."""
    if 'uname' not in _cache:
        _cache['uname'] = uname_result(*os.uname())
    return _cache['uname']


def system():
    return uname().system


def node():
    return uname().node


def release():
    return uname().release


def version():
    return uname().version


def machine():
    return uname().machine


def processor():
    return uname().processor


def architecture(executable=sys.executable, bits='', linkage=''):
    """Bits and format of an executable."""
    return bits or ('64bit' if sys.maxsize > 2**32 else '32bit'), linkage or 'ELF'


def libc_ver(executable=None, lib='', version='', chunksize=16384):
    """The C library the interpreter was linked with, as far as it says so."""
    try:
        said = os.confstr('CS_GNU_LIBC_VERSION')
    except (AttributeError, ValueError, OSError):
        said = None
    parts = said.split(maxsplit=1) if executable is None and said else []
    return tuple(parts) if len(parts) == 2 else (lib, version)


def platform(aliased=False, terse=False):
    """One string with as much as is known."""
    key = bool(aliased), bool(terse)
    if key not in _cache:
        answers = uname()
        if terse:
            parts = [answers.system, answers.release]
        else:
            name, number = libc_ver()
            parts = [answers.system, answers.release, answers.machine, 'with', name + number]
            if not name:
                parts = parts[:3]
        text = '-'.join(part.replace(' ', '_').replace('/', '-').replace('\\', '-').replace(':', '-')
                        .replace(';', '-').replace('"', '-').replace('(', '-').replace(')', '-') for part in parts)
        while '--' in text:
            text = text.replace('--', '-')
        _cache[key] = text.rstrip('-')
    return _cache[key]


def python_implementation():
    return sys.implementation.name.capitalize()


def python_version():
    return '.'.join(map(str, sys.version_info[:3]))


def python_version_tuple():
    return tuple(map(str, sys.version_info[:3]))


def python_branch():
    return ''


def python_revision():
    return ''


def python_build():
    """Number and date of the build: unknown."""
    return '', ''


def python_compiler():
    """The compiler of the interpreter."""
    return 'rustc'


def mac_ver(release='', versioninfo=('', '', ''), machine=''):
    return release, versioninfo, machine


def win32_ver(release='', version='', csd='', ptype=''):
    return release, version, csd, ptype


def win32_edition():
    return None


def win32_is_iot():
    return False


def java_ver(release='', vendor='', vminfo=('', '', ''), osinfo=('', '', '')):
    return release, vendor, vminfo, osinfo


def invalidate_caches():
    """Ask anew next time."""
    _cache.clear()


def freedesktop_os_release():
    """The entries of os-release."""
    for filename in ('/etc/os-release', '/usr/lib/os-release'):
        try:
            with open(filename, encoding='utf-8') as file:
                return _parse_os_release(file)
        except OSError as error:
            last = error
    raise OSError(last.errno, 'Unable to read files /etc/os-release, /usr/lib/os-release')


def _parse_os_release(lines):
    import re
    entries = {'NAME': 'Linux', 'ID': 'linux', 'PRETTY_NAME': 'Linux'}
    for line in lines:
        match = re.match(r'''([A-Z][A-Z0-9_]*)=(["']?)(.*)\2\s*$''', line)
        if match is not None:
            entries[match[1]] = re.sub(r'\\([\\$"\'`])', r'\1', match[3])
    return entries
