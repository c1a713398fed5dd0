//! Replacement templates of `sub` and `expand`, and `escape`.

use super::error::{ErrorKind, PatternError};
use super::parse::{MAX_GROUPS, control_escape};
use super::tokens::{Token, Tokenizer, is_number, parse_number, shown_number};
use super::unicode::to_wtf8;

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as WTF-8, or bytes.
    Literal(Vec<u8>),
    Group(u32),
}

/// Parses a template given as code points. `group_count` does not include group 0; `group_number` resolves names.
///
/// # Errors
/// `re.PatternError` for bad escapes and references, IndexError for a name no group has.
pub fn parse_template(
    source: &[u32],
    is_text: bool,
    group_count: u32,
    group_number: &dyn Fn(&[u32]) -> Option<u32>,
) -> Result<Vec<Piece>, PatternError> {
    let mut tokens = Tokenizer::new(source, is_text)?;
    let mut pieces = Vec::new();
    let mut literal = Vec::new();
    let mut add_group = |literal: &mut Vec<u32>, group: u32| {
        flush(&mut pieces, literal, is_text);
        pieces.push(Piece::Group(group));
    };
    loop {
        let c = match tokens.get()? {
            Token::End => break,
            Token::Char(c) => {
                literal.push(c);
                continue;
            }
            Token::Escape(c) => c,
        };
        let letter = char::from_u32(c).unwrap_or('\0');
        match letter {
            'g' => {
                if !tokens.accept('<')? {
                    return Err(tokens.error("missing <", 0));
                }
                let name = tokens.get_until('>', "group name")?;
                let back = name.len() + 1;
                let group = if is_number(&name) {
                    let group = parse_number(&name)?;
                    if group >= MAX_GROUPS || group > u64::from(group_count) {
                        let message = format!("invalid group reference {}", shown_number(&name));
                        return Err(tokens.error(message, back));
                    }
                    group as u32
                } else {
                    tokens.check_group_name(&name, 1)?;
                    match group_number(&name) {
                        Some(group) => group,
                        None => {
                            return Err(PatternError::plain(ErrorKind::Index, tokens.unknown_group(&name)));
                        }
                    }
                };
                add_group(&mut literal, group);
            }
            '0' => {
                let digits = tokens.get_while(2, |c| ('0'..='7').contains(&c))?;
                literal.push(u32::from_str_radix(&digits, 8).unwrap_or(0) & 0xff);
            }
            '1'..='9' => {
                let mut digits = letter.to_string();
                if tokens.next.ascii().is_ascii_digit() {
                    digits.push(tokens.get()?.ascii());
                    let octal = |c: char| ('0'..='7').contains(&c);
                    if digits.chars().all(octal) && octal(tokens.next.ascii()) {
                        digits.push(tokens.get()?.ascii());
                        let value = u32::from_str_radix(&digits, 8).unwrap_or(u32::MAX);
                        if value > 0o377 {
                            let message = format!("octal escape value \\{digits} outside of range 0-0o377");
                            return Err(tokens.error(message, digits.len() + 1));
                        }
                        literal.push(value);
                        continue;
                    }
                }
                let group: u32 = digits.parse().unwrap_or(u32::MAX);
                if group > group_count {
                    return Err(tokens.error(format!("invalid group reference {group}"), digits.len()));
                }
                add_group(&mut literal, group);
            }
            _ => match control_escape(c) {
                Some(control) => literal.push(control),
                None if letter.is_ascii_alphabetic() => {
                    return Err(tokens.error(format!("bad escape \\{letter}"), 2));
                }
                None => literal.extend([u32::from(b'\\'), c]),
            },
        }
    }
    flush(&mut pieces, &mut literal, is_text);
    Ok(pieces)
}

fn flush(pieces: &mut Vec<Piece>, literal: &mut Vec<u32>, is_text: bool) {
    if literal.is_empty() {
        return;
    }
    let text = if is_text { to_wtf8(literal) } else { literal.iter().map(|&c| c as u8).collect() };
    pieces.push(Piece::Literal(text));
    literal.clear();
}

/// `re.escape` for text (as WTF-8) and bytes alike.
pub fn escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    for &byte in text {
        if b"()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}
