//! Number literals: where one ends, and what is wrong with it.

/// What may follow digits without a blank, with a warning: the keyword without its first letter.
const KEYWORDS_AFTER_NUMBER: [(u8, &[u8]); 5] =
    [(b'a', b"nd"), (b'e', b"lse"), (b'f', b"or"), (b'o', b"r"), (b'n', b"ot")];

/// Advice that CPython gives for `0777`.
const OLD_OCTAL: &str = "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal \
                         integers";

/// Why a literal is not a number.
#[derive(Debug, PartialEq, Eq)]
pub struct NumberError {
    pub message: String,
    /// Offset one past the last character looked at, which is where the message points.
    pub end: usize,
    /// Set when the message covers a range that begins at the literal.
    pub covers_start: bool,
}

/// The end of a good literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Number {
    pub end: usize,
    /// "decimal" and the like, if a keyword follows at once: worth a warning.
    pub runs_into_keyword: Option<&'static str>,
}

/// Measures the literal that begins at `start`.
pub fn scan_number(text: &[u8], start: usize) -> Result<Number, NumberError> {
    Scanner { text, at: start, start, runs_into_keyword: None }.scan()
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    start: usize,
    runs_into_keyword: Option<&'static str>,
}

impl Scanner<'_> {
    /// The current byte, 0 at the end of the text.
    fn peek(&self) -> u8 {
        self.byte(self.at)
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T, NumberError> {
        Err(NumberError { message: message.into(), end: self.at, covers_start: false })
    }

    fn scan(mut self) -> Result<Number, NumberError> {
        if self.peek() == b'0' {
            match self.byte(self.at + 1) {
                b'x' | b'X' => return self.based("hexadecimal", |byte| byte.is_ascii_hexdigit()),
                b'o' | b'O' => return self.based("octal", |byte| matches!(byte, b'0'..=b'7')),
                b'b' | b'B' => return self.based("binary", |byte| matches!(byte, b'0' | b'1')),
                _ => return self.leading_zero(),
            }
        }
        if self.peek() != b'.' {
            self.decimal_tail()?;
        }
        self.fraction()
    }

    /// `0x`, `0o`, `0b` and their digits.
    fn based(mut self, base: &'static str, is_digit: fn(u8) -> bool) -> Result<Number, NumberError> {
        self.at += 2;
        let wrong_digit = |mut scanner: Self| {
            let digit = char::from(scanner.peek());
            scanner.at += 1;
            scanner.fail(format!("invalid digit '{digit}' in {base} literal"))
        };
        loop {
            if self.peek() == b'_' {
                self.at += 1;
            }
            if !is_digit(self.peek()) {
                if self.peek().is_ascii_digit() {
                    return wrong_digit(self);
                }
                return self.fail(format!("invalid {base} literal"));
            }
            while is_digit(self.peek()) {
                self.at += 1;
            }
            if self.peek() != b'_' {
                break;
            }
        }
        if self.peek().is_ascii_digit() {
            return wrong_digit(self);
        }
        self.finish(base)
    }

    /// `0`, `00`, `0_0`, or a float such as `007.5`; other digits are an error.
    fn leading_zero(mut self) -> Result<Number, NumberError> {
        self.at += 1;
        loop {
            if self.peek() == b'_' {
                self.at += 1;
                if !self.peek().is_ascii_digit() {
                    return self.fail("invalid decimal literal");
                }
            }
            if self.peek() != b'0' {
                break;
            }
            self.at += 1;
        }
        let zeros_end = self.at + 1;
        let nonzero = self.peek().is_ascii_digit();
        if nonzero {
            self.decimal_tail()?;
        }
        match self.peek() {
            b'.' => self.fraction(),
            b'e' | b'E' => self.exponent(),
            b'j' | b'J' => self.imaginary(),
            _ if nonzero => {
                Err(NumberError { message: OLD_OCTAL.to_owned(), end: zeros_end, covers_start: true })
            }
            _ => self.finish("decimal"),
        }
    }

    /// Digits with single underscores between them.
    fn decimal_tail(&mut self) -> Result<(), NumberError> {
        loop {
            while self.peek().is_ascii_digit() {
                self.at += 1;
            }
            if self.peek() != b'_' {
                return Ok(());
            }
            self.at += 1;
            if !self.peek().is_ascii_digit() {
                return self.fail("invalid decimal literal");
            }
        }
    }

    fn fraction(mut self) -> Result<Number, NumberError> {
        if self.peek() == b'.' {
            self.at += 1;
            if self.peek().is_ascii_digit() {
                self.decimal_tail()?;
            }
        }
        match self.peek() {
            b'e' | b'E' => self.exponent(),
            b'j' | b'J' => self.imaginary(),
            _ => self.finish("decimal"),
        }
    }

    fn exponent(mut self) -> Result<Number, NumberError> {
        match self.byte(self.at + 1) {
            b'+' | b'-' => {
                self.at += 2;
                if !self.peek().is_ascii_digit() {
                    return self.fail("invalid decimal literal");
                }
            }
            byte if byte.is_ascii_digit() => self.at += 1,
            // Not an exponent; perhaps `1else`.
            _ => return self.finish("decimal"),
        }
        self.decimal_tail()?;
        match self.peek() {
            b'j' | b'J' => self.imaginary(),
            _ => self.finish("decimal"),
        }
    }

    fn imaginary(mut self) -> Result<Number, NumberError> {
        self.at += 1;
        self.finish("imaginary")
    }

    /// Checks that no name follows at once.
    fn finish(mut self, kind: &'static str) -> Result<Number, NumberError> {
        debug_assert!(self.at > self.start);
        let first = self.peek();
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let is_keyword = match first {
            b'i' => matches!(rest.first(), Some(b'f' | b'n' | b's')),
            _ => KEYWORDS_AFTER_NUMBER.iter().any(|&(letter, tail)| {
                letter == first
                    && rest.strip_prefix(tail).is_some_and(|after| !after.first().is_some_and(is_name_byte))
            }),
        };
        if is_keyword {
            self.runs_into_keyword = Some(kind);
        } else if first.is_ascii() && is_name_byte(&first) {
            return self.fail(format!("invalid {kind} literal"));
        }
        Ok(Number { end: self.at, runs_into_keyword: self.runs_into_keyword })
    }
}

fn is_name_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_literals_end_where_they_should() {
        for (input, want) in [
            ("0", 1),
            ("00_0", 4),
            ("0x_fF)", 5),
            ("1_000.5e-1_0j,", 13),
            ("1..x", 2),
            (".5", 2),
            ("09.5", 4),
            ("09j", 3),
            ("1else", 1),
            ("1if", 1),
            ("0xfor x", 3),
        ] {
            assert_eq!(scan_number(input.as_bytes(), 0).map(|number| number.end), Ok(want), "{input:?}");
        }
    }

    #[test]
    fn bad_literals_say_why_and_where() {
        for (input, message, end) in [
            ("1abc", "invalid decimal literal", 1),
            ("0777", OLD_OCTAL, 2),
            ("0_7", OLD_OCTAL, 3),
            ("0b12", "invalid digit '2' in binary literal", 4),
            ("0b1_", "invalid binary literal", 4),
            ("0o8", "invalid digit '8' in octal literal", 3),
            ("0xg", "invalid hexadecimal literal", 2),
            ("1__0", "invalid decimal literal", 2),
            ("1e+", "invalid decimal literal", 3),
            ("1e", "invalid decimal literal", 1),
            ("1jx", "invalid imaginary literal", 2),
            ("1._5", "invalid decimal literal", 2),
        ] {
            let error = scan_number(input.as_bytes(), 0).unwrap_err();
            assert_eq!((error.message.as_str(), error.end), (message, end), "{input:?}");
        }
    }
}
