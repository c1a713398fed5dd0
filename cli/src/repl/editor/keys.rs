//! From the bytes a terminal sends to keys.
//!
//! An Escape that nothing follows waits for the next byte: alone it does nothing here, before a key it stands for Alt.

/// A key, with what was held down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Char(char),
    /// Ctrl with a letter or sign, in lower case.
    Ctrl(char),
    Alt(char),
    Enter,
    AltEnter,
    Tab,
    BackTab,
    Backspace,
    AltBackspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    WordLeft,
    WordRight,
    Home,
    End,
    PageUp,
    PageDown,
    /// Text between the marks of bracketed paste.
    Paste(String),
    Unknown,
}

const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

#[derive(Default)]
pub struct Decoder {
    bytes: Vec<u8>,
}

impl Decoder {
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// The next key, unless more bytes are needed for it.
    pub fn next_key(&mut self) -> Option<Key> {
        let (key, length) = decode(&self.bytes)?;
        self.bytes.drain(..length);
        Some(key)
    }
}

/// The first key and its length.
fn decode(bytes: &[u8]) -> Option<(Key, usize)> {
    let (&first, rest) = bytes.split_first()?;
    Some(match first {
        0x1b => return decode_escape(bytes),
        b'\r' | b'\n' => (Key::Enter, 1),
        b'\t' => (Key::Tab, 1),
        0x7f | 0x08 => (Key::Backspace, 1),
        0 => (Key::Ctrl(' '), 1),
        1..=0x1a => (Key::Ctrl((first - 1 + b'a') as char), 1),
        0x1c..=0x1f => (Key::Ctrl((first + 0x40) as char), 1),
        0x20..=0x7e => (Key::Char(first as char), 1),
        _ => {
            let length = match first {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => return Some((Key::Unknown, 1)),
            };
            let n_follow = rest.iter().take(length - 1).take_while(|&&byte| byte & 0xc0 == 0x80).count();
            if n_follow < length - 1 {
                // Cut off, or no UTF-8 at all.
                return if rest.len() == n_follow { None } else { Some((Key::Unknown, 1 + n_follow)) };
            }
            let c = std::str::from_utf8(&bytes[..length]).ok().and_then(|text| text.chars().next());
            (c.map_or(Key::Unknown, Key::Char), length)
        }
    })
}

fn decode_escape(bytes: &[u8]) -> Option<(Key, usize)> {
    let second = *bytes.get(1)?;
    match second {
        b'[' => decode_sequence(bytes),
        b'O' => {
            let key = match bytes.get(2)? {
                b'A' => Key::Up,
                b'B' => Key::Down,
                b'C' => Key::Right,
                b'D' => Key::Left,
                b'H' => Key::Home,
                b'F' => Key::End,
                b'M' => Key::Enter,
                _ => Key::Unknown,
            };
            Some((key, 3))
        }
        b'\r' | b'\n' => Some((Key::AltEnter, 2)),
        0x7f | 0x08 => Some((Key::AltBackspace, 2)),
        0x1b => {
            // Alt with an arrow, say; or Escape pressed twice.
            let (key, length) = decode_escape(&bytes[1..])?;
            let key = match key {
                Key::Left => Key::WordLeft,
                Key::Right => Key::WordRight,
                other => other,
            };
            Some((key, length + 1))
        }
        _ => {
            let (key, length) = decode(&bytes[1..])?;
            let key = if let Key::Char(c) = key { Key::Alt(c) } else { Key::Unknown };
            Some((key, length + 1))
        }
    }
}

/// `ESC [ numbers final`.
fn decode_sequence(bytes: &[u8]) -> Option<(Key, usize)> {
    let end = 2 + bytes[2..].iter().position(|byte| (0x40..=0x7e).contains(byte))?;
    let numbers = &bytes[2..end];
    let has_modifier = |modifier: &[u8]| numbers.ends_with(modifier);
    // Alt or Ctrl.
    let by_word = has_modifier(b";5") || has_modifier(b";3");
    let key = match (numbers, bytes[end]) {
        (b"200", b'~') => {
            let start = PASTE_BEGINS.len();
            let length = bytes[start..].windows(PASTE_ENDS.len()).position(|part| part == PASTE_ENDS)?;
            let text = String::from_utf8_lossy(&bytes[start..start + length]);
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            return Some((Key::Paste(text), start + length + PASTE_ENDS.len()));
        }
        (_, b'A') => Key::Up,
        (_, b'B') => Key::Down,
        (_, b'C') if by_word => Key::WordRight,
        (_, b'D') if by_word => Key::WordLeft,
        (_, b'C') => Key::Right,
        (_, b'D') => Key::Left,
        (_, b'H') | (b"1" | b"7", b'~') => Key::Home,
        (_, b'F') | (b"4" | b"8", b'~') => Key::End,
        (_, b'Z') => Key::BackTab,
        (b"3", b'~') => Key::Delete,
        (b"5", b'~') => Key::PageUp,
        (b"6", b'~') => Key::PageDown,
        _ => Key::Unknown,
    };
    Some((key, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::default();
        let mut keys = Vec::new();
        // Byte by byte, as slow lines send them.
        for byte in bytes {
            decoder.feed(&[*byte]);
            keys.extend(decoder.next_key());
        }
        keys
    }

    #[test]
    fn sequences_are_keys() {
        for (bytes, want) in [
            (&b"a\r"[..], vec![Key::Char('a'), Key::Enter]),
            ("日é".as_bytes(), vec![Key::Char('日'), Key::Char('é')]),
            (b"\x1b[A\x1bOB\x1b[1;5C", vec![Key::Up, Key::Down, Key::WordRight]),
            (b"\x1b[3~\x1b[Z\x1b\r", vec![Key::Delete, Key::BackTab, Key::AltEnter]),
            (b"\x01\x1f\x7f\x1bb", vec![Key::Ctrl('a'), Key::Ctrl('_'), Key::Backspace, Key::Alt('b')]),
            (b"\x1b[200~a\r\rb\x1b[201~", vec![Key::Paste("a\n\nb".to_string())]),
            (b"\xffx", vec![Key::Unknown, Key::Char('x')]),
        ] {
            assert_eq!(keys(bytes), want, "{bytes:?}");
        }
    }
}
