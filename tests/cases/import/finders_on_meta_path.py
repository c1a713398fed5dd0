# Finders that a program puts on sys.meta_path: classes, instances, what has no find_spec(), and PathFinder itself.
import os
import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder
from importlib.util import spec_from_loader

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '_found')


class Files:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return PathFinder.find_spec(name, [folder] if path is None else path)


class Made:
    """Finder and loader in one."""

    def find_spec(self, name, path, target=None):
        if name.startswith('made'):
            print('asked for', name, path)
            return spec_from_loader(name, self, is_package=name == 'made')

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.made_by = type(self).__name__
        if module.__name__ == 'made_anew':
            sys.modules['made_anew'] = 'something else'


class Old:
    @classmethod
    def find_spec(cls, name, path, target=None):
        if name == 'old':
            return ModuleSpec(name, cls)

    @classmethod
    def load_module(cls, name):
        sys.modules[name] = type(sys)(name)


class Broken:
    def find_spec(self, name, path, target=None):
        if name == 'broken':
            raise OSError('the finder itself')


before = sys.meta_path[:]
sys.meta_path[:0] = [object(), Files, Made(), Old, Broken(), BuiltinImporter, FrozenImporter, PathFinder]
import plain
import pack.inner
print(plain.value, pack.value, pack.inner.value, pack.__path__ == [os.path.join(folder, 'pack')])
print(plain.__spec__.name, plain.__file__ == os.path.join(folder, 'plain.py'), pack.inner.__package__, pack.inner.__spec__.parent)
import made.part
import made_anew
print(made.part.made_by, made.__spec__.parent, made.part.__spec__.parent, made.part.__loader__ is sys.meta_path[2], made_anew)
import old
print(old.__name__, old.__loader__ is Old)
import textwrap, math
print(textwrap.dedent('  still there'), math.floor(2.5))
for name in ['breaks', 'broken', 'nowhere', 'pack.nowhere', 'plain.inner', 'made.nowhere']:
    try:
        __import__(name)
    except Exception as e:
        print(repr(e), getattr(e, 'name', None), name in sys.modules)
sys.meta_path[:] = before
import colorsys_that_is_not as absent
