"""Questions at the terminal."""

from .text import Text


class PromptError(Exception):
    """Something about a question."""


class InvalidResponse(PromptError):
    """An answer that will not do."""

    def __init__(self, message):
        self.message = message

    def __rich__(self):
        return self.message


class PromptBase:
    """Asks until the answer is of the right type."""

    response_type = str
    validate_error_message = '[prompt.invalid]Please enter a valid value'
    illegal_choice_message = '[prompt.invalid.choice]Please select one of the available options'
    prompt_suffix = ': '
    choices = None

    def __init__(self, prompt='', *, console=None, password=False, choices=None, case_sensitive=True,
                 show_default=True, show_choices=True):
        from rich import get_console
        self.console = console or get_console()
        self.prompt = Text.from_markup(prompt, style='prompt') if isinstance(prompt, str) else prompt
        self.password, self.case_sensitive = password, case_sensitive
        self.choices = choices if choices is not None else self.choices
        self.show_default, self.show_choices = show_default, show_choices

    @classmethod
    def ask(cls, prompt='', *, console=None, password=False, choices=None, case_sensitive=True, show_default=True,
            show_choices=True, default=..., stream=None):
        return cls(prompt, console=console, password=password, choices=choices, case_sensitive=case_sensitive,
                   show_default=show_default, show_choices=show_choices)(default=default, stream=stream)

    def render_default(self, default):
        return Text(f'({default})', 'prompt.default')

    def make_prompt(self, default):
        prompt = self.prompt.copy()
        prompt.end = ''
        if self.show_choices and self.choices:
            prompt.append(' ')
            prompt.append('[' + '/'.join(self.choices) + ']', 'prompt.choices')
        if default is not ... and self.show_default and isinstance(default, (str, self.response_type)):
            prompt.append(' ')
            prompt.append(self.render_default(default))
        prompt.append(self.prompt_suffix)
        return prompt

    def process_response(self, value):
        value = value.strip()
        try:
            answer = self.response_type(value)
        except ValueError:
            raise InvalidResponse(self.validate_error_message)
        if self.choices is not None:
            fold = str if self.case_sensitive else str.lower
            found = next((choice for choice in self.choices if fold(choice) == fold(value)), None)
            if found is None:
                raise InvalidResponse(self.illegal_choice_message)
            answer = self.response_type(found)
        return answer

    def __call__(self, *, default=..., stream=None):
        while True:
            value = self.console.input(self.make_prompt(default), password=self.password, stream=stream)
            if value == '' and default is not ...:
                return default
            try:
                return self.process_response(value)
            except InvalidResponse as error:
                self.console.print(error)


class Prompt(PromptBase):
    """Asks for a string."""


class IntPrompt(PromptBase):
    """Asks for a whole number."""

    response_type = int
    validate_error_message = '[prompt.invalid]Please enter a valid integer number'


class FloatPrompt(PromptBase):
    """Asks for a number."""

    response_type = float
    validate_error_message = '[prompt.invalid]Please enter a number'


class Confirm(PromptBase):
    """Asks for yes or no."""

    response_type = bool
    validate_error_message = '[prompt.invalid]Please enter Y or N'
    choices = ['y', 'n']

    def render_default(self, default):
        return Text('(y)' if default else '(n)', style='prompt.default')

    def process_response(self, value):
        value = value.strip().lower()
        if value not in self.choices:
            raise InvalidResponse(self.validate_error_message)
        return value == self.choices[0]
