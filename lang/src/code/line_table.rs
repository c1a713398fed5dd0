//! Source positions of instructions, kept packed until a traceback asks.

/// Where in the source an instruction comes from. Lines are 1-based, columns 0-based UTF-8 byte offsets as in CPython.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Position {
    pub line: u32,
    pub end_line: u32,
    pub column: u32,
    pub end_column: u32,
}

/// Runs of instructions with one position each: variable-length numbers (run length in words, then signed differences).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LineTable(pub Box<[u8]>);

impl LineTable {
    /// Packs `runs`: (number of words, position), in order.
    pub fn pack(runs: impl IntoIterator<Item = (u32, Position)>) -> LineTable {
        let mut out = Vec::new();
        let mut last = Position::default();
        for (words, position) in runs {
            put(&mut out, words);
            put(&mut out, zigzag((position.line as i32).wrapping_sub(last.line as i32)));
            put(&mut out, position.end_line.wrapping_sub(position.line));
            put(&mut out, zigzag(position.column as i32 - last.column as i32));
            put(&mut out, zigzag(position.end_column as i32 - position.column as i32));
            last = position;
        }
        LineTable(out.into_boxed_slice())
    }

    /// The runs as packed.
    pub fn runs(&self) -> impl Iterator<Item = (u32, Position)> + '_ {
        let mut bytes = self.0.iter().copied();
        let mut last = Position::default();
        std::iter::from_fn(move || {
            let words = take(&mut bytes)?;
            let line = (last.line as i32).wrapping_add(unzigzag(take(&mut bytes)?)) as u32;
            let end_line = line.wrapping_add(take(&mut bytes)?);
            let column = (last.column as i32).wrapping_add(unzigzag(take(&mut bytes)?)) as u32;
            let end_column = (column as i32).wrapping_add(unzigzag(take(&mut bytes)?)) as u32;
            last = Position { line, end_line, column, end_column };
            Some((words, last))
        })
    }

    /// The position of the instruction word at `index`.
    pub fn lookup(&self, index: usize) -> Option<Position> {
        let mut at = 0usize;
        self.runs().find_map(|(words, position)| {
            at += words as usize;
            (index < at).then_some(position)
        })
    }
}

fn zigzag(n: i32) -> u32 {
    ((n << 1) ^ (n >> 31)) as u32
}

fn unzigzag(n: u32) -> i32 {
    (n >> 1) as i32 ^ -((n & 1) as i32)
}

fn put(out: &mut Vec<u8>, mut n: u32) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn take(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut n = 0u32;
    for shift in (0..35).step_by(7) {
        let byte = bytes.next()?;
        n |= ((byte & 0x7f) as u32) << shift;
        if byte & 0x80 == 0 {
            return Some(n);
        }
    }
    None
}
