# Arguments that Popen refuses before anything is started.
import subprocess
import warnings
from subprocess import PIPE, Popen, STDOUT


class Path:
    def __fspath__(self):
        return '/bin/true'

    def __repr__(self):
        return 'Path()'


for options in (dict(bufsize='x'), dict(stdout=STDOUT), dict(pipesize='x'), dict(startupinfo=1), dict(creationflags=1),
                dict(text=True, universal_newlines=False), dict(group=-1), dict(group=1.5), dict(group='no-such-group'),
                dict(user=-1), dict(user=1.5), dict(user='no-such-user'), dict(extra_groups='a'), dict(extra_groups=[-1]),
                dict(extra_groups=[1.5]), dict(shell=True), dict(no_such=1), dict(stdin=PIPE, encoding='no-such')):
    try:
        Popen(Path() if 'shell' in options else ['/bin/true'], **options)
    except Exception as error:
        print(options, type(error).__name__, error)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    with Popen(['/bin/true'], close_fds=False, pass_fds=[0]):
        pass
    print([str(one.message) for one in caught])
with Popen(Path()) as child:
    print(child.args, child.wait())
with Popen(b'/bin/true') as child:
    print(child, child.wait(), child.universal_newlines, child.text_mode)
    try:
        child.communicate(b'x')
        child.communicate(b'x', timeout=1)
    except ValueError as error:
        print(error)
