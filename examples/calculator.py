"""A calculator: a recursive-descent parser for arithmetic, with errors that point at the place."""


class Calculator:
    """Reads `expression := term (+|- term)*`, `term := factor (*|/ factor)*`, `factor := number | -factor | (expression)`."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def peek(self):
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, wanted):
        if self.peek() != wanted:
            raise SyntaxError(f"expected {wanted!r}")
        self.at += 1

    def expression(self):
        value = self.term()
        while (sign := self.peek()) in ("+", "-"):
            self.at += 1
            other = self.term()
            value = value + other if sign == "+" else value - other
        return value

    def term(self):
        value = self.factor()
        while (sign := self.peek()) in ("*", "/"):
            self.at += 1
            other = self.factor()
            value = value * other if sign == "*" else value / other
        return value

    def factor(self):
        match self.peek():
            case "-":
                self.at += 1
                return -self.factor()
            case "(":
                self.at += 1
                value = self.expression()
                self.take(")")
                return value
            case digit if digit.isdigit():
                start = self.at
                while self.at < len(self.text) and self.text[self.at].isdigit():
                    self.at += 1
                return int(self.text[start:self.at])
        raise SyntaxError("expected a number")


def calculate(text):
    calculator = Calculator(text)
    try:
        value = calculator.expression()
        if calculator.peek():
            raise SyntaxError("expected an operator")
    except (SyntaxError, ZeroDivisionError) as error:
        return f"{text}\n{' ' * calculator.at}^ {error}"
    return f"{text} = {value}"


for text in ["1 + 2 * 3", "-(4 - 6) * 2", "7 / 2", "2 * (3 + 4", "1 / (2 - 2)", "6 * * 7", "99999999999 * 99999999999"]:
    print(calculate(text))
