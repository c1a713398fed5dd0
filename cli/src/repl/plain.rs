//! Lines as they come: from a pipe, a file, or a terminal that can do nothing else.

use ouro_runtime::host::Host;

/// What one look at standard input gave.
pub enum Line {
    /// With its line end, if it has one.
    Text(Vec<u8>),
    End,
    Error(std::io::Error),
}

/// A terminal gives whole lines.
const TERMINAL_CHUNK: usize = 4096;

/// Reads a line from standard input, and nothing of what follows it: that may be for the program. Blocks.
pub fn read_line(is_terminal: bool) -> Line {
    let host = Host::new();
    let mut line = Vec::new();
    let mut buffer = [0; TERMINAL_CHUNK];
    let size = if is_terminal { TERMINAL_CHUNK } else { 1 };
    loop {
        match host.read(0, &mut buffer[..size]) {
            Ok(0) if line.is_empty() => return Line::End,
            Ok(0) => return Line::Text(line),
            Ok(n) => {
                line.extend_from_slice(&buffer[..n]);
                if line.ends_with(b"\n") {
                    return Line::Text(line);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Line::Error(error),
        }
    }
}

/// Reads what a terminal has, at least one key. Blocks.
pub fn read_keys() -> Line {
    let mut buffer = vec![0; TERMINAL_CHUNK];
    loop {
        match Host::new().read(0, &mut buffer) {
            Ok(0) => return Line::End,
            Ok(n) => {
                buffer.truncate(n);
                return Line::Text(buffer);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Line::Error(error),
        }
    }
}
