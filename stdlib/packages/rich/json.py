"""JSON with colours."""

from json import dumps, loads

from .highlighter import JSONHighlighter, NullHighlighter


class JSON:
    """JSON text, indented."""

    def __init__(self, json, indent=2, highlight=True, **settings):
        self._set(loads(json), indent, highlight, settings)

    @classmethod
    def from_data(cls, data, indent=2, highlight=True, **settings):
        made = cls.__new__(cls)
        made._set(data, indent, highlight, settings)
        return made

    def _set(self, data, indent, highlight, settings):
        settings = {'ensure_ascii': False, **settings}
        settings['skipkeys'] = settings.pop('skip_keys', False)
        self.text = (JSONHighlighter() if highlight else NullHighlighter())(dumps(data, indent=indent, **settings))
        self.text.no_wrap = True
        self.text.overflow = None

    def __rich__(self):
        return self.text
