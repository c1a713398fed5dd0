"""The logger of asyncio. `logging` is imported only if the program uses it; without it, messages go to stderr as its handler of last
resort would write them."""

import sys


class _Logger:
    def __getattr__(self, name):
        import logging
        return getattr(logging.getLogger('asyncio'), name)

    def _write(self, method, message, args, exc_info):
        if 'logging' in sys.modules:
            import logging
            getattr(logging.getLogger('asyncio'), method)(message, *args, exc_info=exc_info)
            return
        text = message % args if args else message
        if exc_info:
            import traceback
            if exc_info is True:
                exc_info = sys.exc_info()
            text += '\n' + ''.join(traceback.format_exception(*exc_info)).rstrip('\n')
        if sys.stderr is not None:
            sys.stderr.write(text + '\n')

    def error(self, message, *args, exc_info=None):
        self._write('error', message, args, exc_info)

    def warning(self, message, *args, exc_info=None):
        self._write('warning', message, args, exc_info)

    def info(self, message, *args, exc_info=None):
        if 'logging' in sys.modules:
            self._write('info', message, args, exc_info)

    def debug(self, message, *args, exc_info=None):
        if 'logging' in sys.modules:
            self._write('debug', message, args, exc_info)


logger = _Logger()
