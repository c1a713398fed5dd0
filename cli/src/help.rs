//! What `--help` and its kin print.

pub const USAGE: &str = "usage: ouro [option] ... [-c cmd | -m mod | file | -] [arg] ...\n";

pub const TRY: &str = "Try `ouro -h' for more information.\n";

pub const HELP: &str = "\
usage: ouro [option] ... [-c CODE | -m MODULE | FILE | -] [argument] ...
       ouro dis FILE

Runs a Python program: a file, a folder with a __main__.py, CODE, MODULE, or
standard input.

  -c CODE         run CODE; what follows are its arguments
  -m MODULE       run a module, or the __main__ of a package
  -i              show a prompt when the program has ended
  -O, -OO         leave out assert and `if __debug__:`; -OO docstrings as well
  -u              write standard output and error at once
  -W WARNING      action:message:category:module:line, e.g. -W error
  -X OPTION       see --help-xoptions
  -E              ignore PYTHON* variables, see --help-env
  -P              do not put the program's folder in front of sys.path
  -I              isolated: -E, -P and -s
  -v              show imports as they happen
  --virtual-time  clocks jump to the next timer instead of waiting for it
  --seed N        ready tasks run in a shuffled order, the same for each N
  --wait-forever  an event loop waits even where nothing can wake it any more
  -x              skip the first line of the program
  -q              no banner before a prompt
  -b -B -d -R -s -S, --check-hash-based-pycs WHEN
                  accepted as by CPython; there is nothing for them to change
  -h, --help      show this and end
  -V, --version   show the version and end

  dis FILE        list the bytecode of a program
";

pub const HELP_ENVIRONMENT: &str = "\
Variables that change what ouro does (none of them with -E or -I):
PYTHONPATH                folders, separated by ':', to look for modules in
PYTHONWARNINGS            as -W, separated by ','
PYTHONINSPECT             as -i
PYTHONOPTIMIZE            as -O; 2 as -OO
PYTHONUNBUFFERED          as -u
PYTHONSAFEPATH            as -P
PYTHONVERBOSE             as -v
PYTHONIOENCODING          encoding:errors; the encoding is always UTF-8
PYTHONINTMAXSTRDIGITS     as -X int_max_str_digits
PYTHONPROFILEIMPORTTIME   as -X importtime
PYTHONDEVMODE             as -X dev
PYTHONASYNCIODEBUG        debug mode of asyncio
PYTHONBREAKPOINT          what breakpoint() calls
PYTHONHASHSEED, PYTHONUTF8, PYTHONDEBUG, PYTHONDONTWRITEBYTECODE,
PYTHONNOUSERSITE, PYTHONWARNDEFAULTENCODING
                          accepted; there is nothing for them to change
OURO_GC_STRESS            N: collect cycles after N candidates; other text: 1
";

pub const HELP_X_OPTIONS: &str = "\
Options of -X; any name is accepted and listed in sys._xoptions:
-X dev                    development mode: all warnings are shown
-X importtime[=2]         show how long imports take; 2: repeated ones as well
-X int_max_str_digits=N   most digits between int and str; 0: no limit
-X utf8[=0|1]             text is UTF-8 in either case
-X cpu_count=N, warn_default_encoding
                          checked, but without effect
";
