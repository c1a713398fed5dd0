//! From the bytes a terminal sends to rustyline's keys.
//!
//! An Escape that nothing follows waits for the next byte: alone it does nothing here, before a key it stands for Alt.

use rustyline::{KeyCode, KeyEvent, Modifiers};

/// A key, or text between the marks of bracketed paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(KeyEvent),
    Paste(String),
}

const ESCAPE: u8 = 0x1b;
const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";
const UNKNOWN: KeyEvent = KeyEvent(KeyCode::UnknownEscSeq, Modifiers::NONE);

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
    pub fn next_input(&mut self) -> Option<Input> {
        let (input, length) = if self.bytes.starts_with(PASTE_BEGINS) {
            decode_paste(&self.bytes)?
        } else {
            let (key, length) = decode(&self.bytes)?;
            (Input::Key(key), length)
        };
        self.bytes.drain(..length);
        Some(input)
    }
}

fn decode_paste(bytes: &[u8]) -> Option<(Input, usize)> {
    let start = PASTE_BEGINS.len();
    let length = memchr::memmem::find(&bytes[start..], PASTE_ENDS)?;
    let text = String::from_utf8_lossy(&bytes[start..start + length]);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    Some((Input::Paste(text), start + length + PASTE_ENDS.len()))
}

/// The first key and its length.
fn decode(bytes: &[u8]) -> Option<(KeyEvent, usize)> {
    let (&first, rest) = bytes.split_first()?;
    let length = match first {
        ESCAPE => return decode_escape(bytes),
        // A terminal sends either.
        b'\n' => return Some((KeyEvent::from('\r'), 1)),
        0..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((UNKNOWN, 1)),
    };
    let n_follow = rest.iter().take(length - 1).take_while(|&&byte| byte & 0xc0 == 0x80).count();
    if n_follow < length - 1 {
        // Cut off, or no UTF-8 at all.
        return if rest.len() == n_follow { None } else { Some((UNKNOWN, 1 + n_follow)) };
    }
    let c = std::str::from_utf8(&bytes[..length]).ok().and_then(|text| text.chars().next());
    Some((c.map_or(UNKNOWN, KeyEvent::from), length))
}

fn decode_escape(bytes: &[u8]) -> Option<(KeyEvent, usize)> {
    match *bytes.get(1)? {
        b'[' => decode_sequence(bytes),
        b'O' => Some((KeyEvent(named(*bytes.get(2)?), Modifiers::NONE), 3)),
        // Alt with what follows; pressed twice, it is the second that counts.
        _ => {
            let (KeyEvent(code, modifiers), length) = decode(&bytes[1..])?;
            Some((KeyEvent(code, modifiers | Modifiers::ALT), length + 1))
        }
    }
}

/// `ESC [ numbers final`, as xterm's "PC-style function keys" has them.
fn decode_sequence(bytes: &[u8]) -> Option<(KeyEvent, usize)> {
    let end = 2 + bytes[2..].iter().position(|byte| (0x40..=0x7e).contains(byte))?;
    let mut numbers = bytes[2..end].split(|&byte| byte == b';');
    let number = numbers.next().unwrap_or_default();
    // The second number, less one, has a bit for each of Shift, Alt and Ctrl.
    let held = numbers.next().and_then(|held| std::str::from_utf8(held).ok()?.parse::<u8>().ok());
    let held = held.map_or(0, |held| held.wrapping_sub(1));
    let modifiers = [Modifiers::SHIFT, Modifiers::ALT, Modifiers::CTRL];
    let modifiers = modifiers.into_iter().enumerate().filter(|(bit, _)| held & 1 << bit != 0);
    let modifiers = modifiers.fold(Modifiers::NONE, |all, (_, modifier)| all | modifier);
    let code = match (bytes[end], number) {
        (b'~', b"1" | b"7") => KeyCode::Home,
        (b'~', b"2") => KeyCode::Insert,
        (b'~', b"3") => KeyCode::Delete,
        (b'~', b"4" | b"8") => KeyCode::End,
        (b'~', b"5") => KeyCode::PageUp,
        (b'~', b"6") => KeyCode::PageDown,
        (b'~', _) => KeyCode::UnknownEscSeq,
        (last, _) => named(last),
    };
    Some((KeyEvent(code, modifiers), end + 1))
}

/// What the last byte of a sequence stands for.
fn named(last: u8) -> KeyCode {
    match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'M' => KeyCode::Enter,
        b'Z' => KeyCode::BackTab,
        _ => KeyCode::UnknownEscSeq,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(bytes: &[u8]) -> Vec<Input> {
        let mut decoder = Decoder::default();
        let mut inputs = Vec::new();
        // Byte by byte, as slow lines send them.
        for byte in bytes {
            decoder.feed(&[*byte]);
            inputs.extend(decoder.next_input());
        }
        inputs
    }

    fn plain(code: KeyCode) -> KeyEvent {
        KeyEvent(code, Modifiers::NONE)
    }

    #[test]
    fn sequences_are_keys() {
        let by_word = KeyEvent(KeyCode::Right, Modifiers::CTRL);
        for (bytes, want) in [
            (&b"a\r"[..], vec![KeyEvent::from('a'), plain(KeyCode::Enter)]),
            ("日é".as_bytes(), vec![KeyEvent::from('日'), KeyEvent::from('é')]),
            (b"\x1b[A\x1bOB\x1b[1;5C", vec![plain(KeyCode::Up), plain(KeyCode::Down), by_word]),
            (b"\x1b[3~\x1b[Z", vec![plain(KeyCode::Delete), plain(KeyCode::BackTab)]),
            (b"\x1b\r\x1bb", vec![KeyEvent(KeyCode::Enter, Modifiers::ALT), KeyEvent::alt('b')]),
            (b"\x1b\x1b[D", vec![KeyEvent(KeyCode::Left, Modifiers::ALT)]),
            (b"\x01\x1f\x7f", vec![KeyEvent::ctrl('A'), KeyEvent::ctrl('_'), plain(KeyCode::Backspace)]),
            (b"\xffx", vec![UNKNOWN, KeyEvent::from('x')]),
            (b"\x1b[;;9999m", vec![UNKNOWN]),
        ] {
            let want: Vec<Input> = want.into_iter().map(Input::Key).collect();
            assert_eq!(inputs(bytes), want, "{bytes:?}");
        }
        assert_eq!(inputs(b"\x1b[200~a\r\rb\x1b[201~"), [Input::Paste("a\n\nb".to_string())]);
    }

    #[test]
    fn any_bytes_are_keys_or_wait_for_more() {
        let mut seed = 7_u32;
        for _ in 0..20_000 {
            let mut decoder = Decoder::default();
            for _ in 0..12 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let byte = (seed >> 24) as u8;
                decoder.feed(&[if byte < 96 { b"\x1b[O;~2\xe6"[byte as usize % 7] } else { byte }]);
                while decoder.next_input().is_some() {}
            }
            // A letter ends whatever has begun, but for what is pasted.
            decoder.feed(b"zz");
            while decoder.next_input().is_some() {}
            assert!(decoder.is_empty() || decoder.bytes.starts_with(PASTE_BEGINS), "{:?}", decoder.bytes);
        }
    }
}
