//! Quoted-printable.

/// The longest line.
const MAX_LINE: usize = 76;

/// Decodes; what is no escape stays. With `header`, underscores are spaces.
pub fn from_quoted_printable(data: &[u8], header: bool) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while at < data.len() {
        match data[at] {
            b'=' => {
                at += 1;
                match data.get(at) {
                    None => break,
                    Some(b'\n' | b'\r') => {
                        // A soft line break, up to its newline.
                        if data[at] != b'\n' {
                            at += data[at..].iter().take_while(|&&byte| byte != b'\n').count();
                        }
                        at += 1;
                    }
                    Some(b'=') => {
                        out.push(b'=');
                        at += 1;
                    }
                    Some(&high) => match (digit(high), data.get(at + 1).and_then(|&low| digit(low))) {
                        (Some(high), Some(low)) => {
                            out.push(high << 4 | low);
                            at += 2;
                        }
                        _ => out.push(b'='),
                    },
                }
            }
            b'_' if header => {
                out.push(b' ');
                at += 1;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// Encodes. `quote_tabs`: also blanks inside lines; `is_text`: line ends stay; `header`: spaces become underscores.
pub fn to_quoted_printable(data: &[u8], quote_tabs: bool, is_text: bool, header: bool) -> Vec<u8> {
    // Line ends become what the first one is.
    let first_newline = data.iter().position(|&byte| byte == b'\n');
    let crlf = first_newline.is_some_and(|at| at > 0 && data[at - 1] == b'\r');
    let mut out = Vec::with_capacity(data.len() + data.len() / 8);
    let mut line = 0;
    let mut at = 0;
    let newline = |out: &mut Vec<u8>| {
        if crlf {
            out.push(b'\r');
        }
        out.push(b'\n');
    };
    while at < data.len() {
        let byte = data[at];
        let next = data.get(at + 1).copied();
        let quoted = byte > 126
            || byte == b'='
            || (header && byte == b'_')
            || (byte == b'.' && line == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)))
            || (!is_text && matches!(byte, b'\r' | b'\n'))
            || (matches!(byte, b'\t' | b' ') && next.is_none())
            || (byte < 33 && !matches!(byte, b'\r' | b'\n') && (quote_tabs || !matches!(byte, b'\t' | b' ')));
        if quoted {
            if line + 3 >= MAX_LINE {
                out.push(b'=');
                newline(&mut out);
                line = 0;
            }
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
            at += 1;
            line += 3;
            continue;
        }
        let line_end = byte == b'\n' || (byte == b'\r' && next == Some(b'\n'));
        if is_text && line_end {
            // A blank before the line end would be lost on the way.
            if let Some(&last @ (b' ' | b'\t')) = out.last() {
                out.pop();
                out.extend_from_slice(format!("={last:02X}").as_bytes());
            }
            newline(&mut out);
            at += if byte == b'\r' { 2 } else { 1 };
            line = 0;
            continue;
        }
        if next.is_some_and(|next| next != b'\n') && line + 1 >= MAX_LINE {
            out.push(b'=');
            newline(&mut out);
            line = 0;
        }
        line += 1;
        out.push(if header && byte == b' ' { b'_' } else { byte });
        at += 1;
    }
    out
}
