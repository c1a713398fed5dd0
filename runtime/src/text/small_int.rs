//! Machine integers as decimal text, without allocation: the usual case of `str(n)`, `f"{n:05d}"` and `"%d" % n`.

const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n] = [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
        n += 1;
    }
    pairs
};

/// Widths from here on are left to the general path.
const MAX_WIDTH: usize = 100;

/// The digits of an integer, behind its sign and padding if it has any.
pub struct Decimal {
    buffer: [u8; MAX_WIDTH + 20],
    start: usize,
}

impl Decimal {
    /// `str(n)`.
    #[inline]
    pub fn new(n: i64) -> Decimal {
        let mut text = Decimal::magnitude(n);
        if n < 0 {
            text.push_front(b'-');
        }
        text
    }

    fn magnitude(n: i64) -> Decimal {
        let mut text = Decimal { buffer: [0; MAX_WIDTH + 20], start: MAX_WIDTH + 20 };
        let mut rest = n.unsigned_abs();
        while rest >= 10 {
            text.start -= 2;
            text.buffer[text.start..text.start + 2].copy_from_slice(&PAIRS[(rest % 100) as usize]);
            rest /= 100;
        }
        if rest > 0 || n == 0 {
            text.push_front(b'0' + rest as u8);
        }
        text
    }

    /// As `n` is formatted by a specifier of the form `[0][width][d]`; `None` for all others.
    pub fn formatted(n: i64, spec: &[u8]) -> Option<Decimal> {
        let spec = spec.strip_suffix(b"d").unwrap_or(spec);
        let (zeros, width) = match spec {
            [b'0', width @ ..] => (true, width),
            width => (false, width),
        };
        let width = match *width {
            [] => 0,
            [a @ b'0'..=b'9'] => (a - b'0') as usize,
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => (a - b'0') as usize * 10 + (b - b'0') as usize,
            _ => return None,
        };
        let mut text = Decimal::magnitude(n);
        let start = text.buffer.len() - width;
        if zeros {
            let start = start + usize::from(n < 0 && width > 0);
            while text.start > start {
                text.push_front(b'0');
            }
        }
        if n < 0 {
            text.push_front(b'-');
        }
        while text.start > start {
            text.push_front(b' ');
        }
        Some(text)
    }

    #[inline]
    fn push_front(&mut self, byte: u8) {
        self.start -= 1;
        self.buffer[self.start] = byte;
    }

    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits() {
        let around_powers = (0..19).map(|power| 10i64.pow(power)).flat_map(|n| [n - 1, n, n + 1]);
        for n in around_powers.chain(-120..120).chain([i64::MIN, i64::MAX]) {
            assert_eq!(Decimal::new(n).as_bytes(), n.to_string().as_bytes());
        }
    }

    #[test]
    fn padding() {
        let text = |n: i64, spec: &str| {
            let text = Decimal::formatted(n, spec.as_bytes())?;
            Some(String::from_utf8(text.as_bytes().to_vec()).unwrap())
        };
        for n in [0, 7, -7, 42, -1234, i64::MIN, i64::MAX] {
            for width in 1..100 {
                assert_eq!(text(n, &format!("{width}d")).unwrap(), format!("{n:width$}"));
                assert_eq!(text(n, &format!("0{width}")).unwrap(), format!("{n:0width$}"));
            }
            assert_eq!(text(n, "d").unwrap(), n.to_string());
            assert_eq!(text(n, "0").unwrap(), n.to_string());
        }
        assert_eq!(text(5, "00d").unwrap(), "5");
        for spec in ["x", "100", "<5", ",", "+d", " d", ".2", "5f", "05.1f", "dd"] {
            assert_eq!(text(5, spec), None, "{spec}");
        }
    }
}
