//! Code objects as bytes, and back: how compiled modules are embedded and cached.
//!
//! Layout: magic, format version, the table of all texts, then the code object with nested ones in place among its
//! constants. The body of each follows its length, so that it can be skipped. Numbers are LEB128, signed ones zigzag; instructions are little-endian words. Each text is stored once
//! and shared after reading. Reading checks structure and lengths only: bytes from elsewhere also need
//! [`super::verify`] before the code runs.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use num_bigint::BigInt;

use super::{Body, CodeBody, CodeObject, Constant, ExceptionEntry, Instruction, LineTable};

const MAGIC: &[u8; 4] = b"ouro";
/// Raised whenever the layout or the instruction set changes.
pub const FORMAT_VERSION: u8 = 3;
/// Deepest nesting of code objects and container constants that is read; the compiler makes less.
const MAX_NESTING: u32 = 500;

/// Why bytes are no code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Something else, or another version of the format.
    BadMagic,
    /// The data ends early.
    Truncated,
    /// A number, tag or index is out of its range.
    Malformed,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReadError::BadMagic => "not compiled code of this version",
            ReadError::Truncated => "compiled code ends early",
            ReadError::Malformed => "compiled code is malformed",
        })
    }
}

impl std::error::Error for ReadError {}

/// The bytes of `code`.
pub fn write(code: &CodeObject) -> Vec<u8> {
    let mut texts = TextTable::default();
    let mut body = Vec::new();
    put_code(&mut body, &mut texts, code);
    let mut out = MAGIC.to_vec();
    out.push(FORMAT_VERSION);
    put_u64(&mut out, texts.list.len() as u64);
    for text in &texts.list {
        put_bytes(&mut out, text.as_bytes());
    }
    out.append(&mut body);
    out
}

/// The code object that [`write`] made `bytes` of.
///
/// # Errors
/// [`ReadError`] for anything else; never panics and never allocates more than a multiple of the input's size.
pub fn read(bytes: &[u8]) -> Result<CodeObject, ReadError> {
    fn now<'a>(texts: &Rc<Texts<'a>>, bytes: &'a [u8], depth: u32) -> Result<Body, ReadError> {
        Reader { rest: bytes, texts, make_body: now }.body(depth).map(Body::from)
    }
    read_with(bytes, now)
}

/// As [`read`], for what the compiler of this build wrote: the bodies are read when they are first looked at.
///
/// # Errors
/// As [`read`], for what is read at once.
///
/// # Panics
/// Later, if a body is malformed.
pub fn read_embedded(bytes: &'static [u8]) -> Result<CodeObject, ReadError> {
    read_with(bytes, |texts, body, _| Ok(Body::later(texts, body)))
}

/// The body that [`Body::later`] was to read.
pub(super) fn read_body(texts: &Rc<Texts<'static>>, bytes: &'static [u8]) -> Result<CodeBody, ReadError> {
    Reader { rest: bytes, texts, make_body: |texts, body, _| Ok(Body::later(texts, body)) }.body(0)
}

fn read_with<'a>(bytes: &'a [u8], make_body: MakeBody<'a>) -> Result<CodeObject, ReadError> {
    let Some(rest) = bytes.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(&[FORMAT_VERSION])) else {
        return Err(ReadError::BadMagic);
    };
    let mut reader = Reader { rest, texts: &Rc::default(), make_body };
    let texts = Rc::new(Texts { bytes: reader.list(1, Reader::bytes)?, made: RefCell::default() });
    texts.made.borrow_mut().resize(texts.bytes.len(), None);
    let mut reader = Reader { texts: &texts, ..reader };
    let code = reader.code(0)?;
    match reader.rest.is_empty() {
        true => Ok(code),
        false => Err(ReadError::Malformed),
    }
}

/// Bytes that are equal exactly if two constants have the same type and value (1, 1.0, True and -0.0, 0.0 differ).
///
/// # Panics
/// If the constant holds a code object.
pub fn constant_key(constant: &Constant) -> Vec<u8> {
    let mut out = Vec::new();
    put_constant(&mut out, &mut TextTable::default(), constant);
    out
}

#[derive(Default)]
struct TextTable {
    list: Vec<Rc<str>>,
    indexes: HashMap<Rc<str>, u64>,
}

impl TextTable {
    fn index(&mut self, text: &Rc<str>) -> u64 {
        if let Some(&index) = self.indexes.get(text) {
            return index;
        }
        let index = self.list.len() as u64;
        self.list.push(text.clone());
        self.indexes.insert(text.clone(), index);
        index
    }
}

// Tags of constants. KEEP IN ORDER with nothing: only `put_constant` and `Reader::constant` know them.
const NONE: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const ELLIPSIS: u8 = 3;
const INT: u8 = 4;
const BIG_INT: u8 = 5;
const FLOAT: u8 = 6;
const COMPLEX: u8 = 7;
const STR: u8 = 8;
const BYTES: u8 = 9;
const TUPLE: u8 = 10;
const FROZEN_SET: u8 = 11;
const SLICE: u8 = 12;
const CODE: u8 = 13;

fn put_code(out: &mut Vec<u8>, texts: &mut TextTable, code: &CodeObject) {
    for text in [&code.name, &code.qualname, &code.filename] {
        put_u64(out, texts.index(text));
    }
    put_u64(out, code.first_line.into());
    put_u64(out, code.flags.into());
    for n in [code.n_positional, code.n_positional_only, code.n_keyword_only, code.n_registers, code.n_locals]
    {
        put_u64(out, n.into());
    }
    let mut body = Vec::new();
    put_body(&mut body, texts, code);
    put_bytes(out, &body);
}

fn put_body(out: &mut Vec<u8>, texts: &mut TextTable, code: &CodeBody) {
    put_texts(out, texts, &code.locals);
    put_u64(out, code.cell_registers.len() as u64);
    code.cell_registers.iter().for_each(|&register| put_u64(out, register.into()));
    put_texts(out, texts, &code.free_names);
    put_u64(out, code.instructions.len() as u64);
    code.instructions.iter().for_each(|word| out.extend_from_slice(&word.0.to_le_bytes()));
    put_u64(out, code.constants.len() as u64);
    code.constants.iter().for_each(|constant| put_constant(out, texts, constant));
    put_texts(out, texts, &code.names);
    put_u64(out, code.exception_table.len() as u64);
    for entry in &code.exception_table {
        for n in [entry.start, entry.end, entry.handler, entry.floor.into(), entry.exception.into()] {
            put_u64(out, n.into());
        }
    }
    put_bytes(out, &code.line_table.0);
}

fn put_constant(out: &mut Vec<u8>, texts: &mut TextTable, constant: &Constant) {
    match constant {
        Constant::None => out.push(NONE),
        Constant::True => out.push(TRUE),
        Constant::False => out.push(FALSE),
        Constant::Ellipsis => out.push(ELLIPSIS),
        Constant::Int(n) => {
            out.push(INT);
            put_u64(out, ((n << 1) ^ (n >> 63)) as u64);
        }
        Constant::BigInt(n) => {
            out.push(BIG_INT);
            put_bytes(out, &n.to_signed_bytes_le());
        }
        Constant::Float(x) => {
            out.push(FLOAT);
            out.extend_from_slice(&x.to_bits().to_le_bytes());
        }
        Constant::Complex { re, im } => {
            out.push(COMPLEX);
            out.extend_from_slice(&re.to_bits().to_le_bytes());
            out.extend_from_slice(&im.to_bits().to_le_bytes());
        }
        Constant::Str(text) => {
            out.push(STR);
            put_bytes(out, text);
        }
        Constant::Bytes(bytes) => {
            out.push(BYTES);
            put_bytes(out, bytes);
        }
        Constant::Tuple(items) => put_group(out, texts, TUPLE, items),
        Constant::FrozenSet(items) => put_group(out, texts, FROZEN_SET, items),
        Constant::Slice(parts) => {
            out.push(SLICE);
            parts.iter().for_each(|part| put_constant(out, texts, part));
        }
        Constant::Code(code) => {
            out.push(CODE);
            put_code(out, texts, code);
        }
    }
}

fn put_group(out: &mut Vec<u8>, texts: &mut TextTable, tag: u8, items: &[Constant]) {
    out.push(tag);
    put_u64(out, items.len() as u64);
    items.iter().for_each(|item| put_constant(out, texts, item));
}

fn put_texts(out: &mut Vec<u8>, texts: &mut TextTable, list: &[Rc<str>]) {
    put_u64(out, list.len() as u64);
    list.iter().for_each(|text| put_u64(out, texts.index(text)));
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_u64(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_u64(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// The texts of a file, made when they are first asked for.
#[derive(Default)]
pub(super) struct Texts<'a> {
    bytes: Vec<&'a [u8]>,
    made: RefCell<Vec<Option<Rc<str>>>>,
}

impl Texts<'_> {
    fn get(&self, index: usize) -> Result<Rc<str>, ReadError> {
        let mut made = self.made.borrow_mut();
        let text = made.get_mut(index).ok_or(ReadError::Malformed)?;
        if text.is_none() {
            *text = Some(std::str::from_utf8(self.bytes[index]).map_err(|_| ReadError::Malformed)?.into());
        }
        text.clone().ok_or(ReadError::Malformed)
    }
}

/// Makes a nested body of its bytes, at the given depth of nesting.
type MakeBody<'a> = fn(&Rc<Texts<'a>>, &'a [u8], u32) -> Result<Body, ReadError>;

struct Reader<'a, 't> {
    rest: &'a [u8],
    texts: &'t Rc<Texts<'a>>,
    make_body: MakeBody<'a>,
}

impl<'a> Reader<'a, '_> {
    fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], ReadError> {
        let (taken, rest) = self.rest.split_at_checked(n_bytes).ok_or(ReadError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn u64(&mut self) -> Result<u64, ReadError> {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            if shift == 63 && byte > 1 {
                break;
            }
            n |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(ReadError::Malformed)
    }

    fn number<T: TryFrom<u64>>(&mut self) -> Result<T, ReadError> {
        T::try_from(self.u64()?).map_err(|_| ReadError::Malformed)
    }

    /// A count of things that take `unit` bytes or more each.
    fn length(&mut self, unit: usize) -> Result<usize, ReadError> {
        let n: usize = self.number()?;
        match n.checked_mul(unit) {
            Some(n_bytes) if n_bytes <= self.rest.len() => Ok(n),
            _ => Err(ReadError::Truncated),
        }
    }

    fn bytes(&mut self) -> Result<&'a [u8], ReadError> {
        let n_bytes = self.length(1)?;
        self.take(n_bytes)
    }

    fn text(&mut self) -> Result<Rc<str>, ReadError> {
        let index: usize = self.number()?;
        self.texts.get(index)
    }

    fn list<T>(
        &mut self,
        unit: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        let n = self.length(unit)?;
        // Items are larger in memory than in the file, so let the list grow as they really come.
        let mut list = Vec::with_capacity(n.min(1 << 12));
        for _ in 0..n {
            list.push(item(self)?);
        }
        Ok(list)
    }

    fn word(&mut self) -> Result<u64, ReadError> {
        let bytes = self.take(8)?;
        Ok(u64::from_le_bytes(bytes.try_into().expect("eight bytes were taken")))
    }

    fn code(&mut self, depth: u32) -> Result<CodeObject, ReadError> {
        if depth > MAX_NESTING {
            return Err(ReadError::Malformed);
        }
        Ok(CodeObject {
            name: self.text()?,
            qualname: self.text()?,
            filename: self.text()?,
            first_line: self.number()?,
            flags: self.number()?,
            n_positional: self.number()?,
            n_positional_only: self.number()?,
            n_keyword_only: self.number()?,
            n_registers: self.number()?,
            n_locals: self.number()?,
            body: (self.make_body)(self.texts, self.bytes()?, depth)?,
        })
    }

    /// The body that all of the rest is.
    fn body(&mut self, depth: u32) -> Result<CodeBody, ReadError> {
        let body = CodeBody {
            locals: self.list(1, Self::text)?,
            cell_registers: self.list(1, Self::number)?,
            free_names: self.list(1, Self::text)?,
            instructions: self.instructions()?,
            constants: self.list(1, |reader| reader.constant(depth + 1))?,
            names: self.list(1, Self::text)?,
            exception_table: self.list(5, |reader| {
                Ok(ExceptionEntry {
                    start: reader.number()?,
                    end: reader.number()?,
                    handler: reader.number()?,
                    floor: reader.number()?,
                    exception: reader.number()?,
                })
            })?,
            line_table: LineTable(self.bytes()?.into()),
        };
        match self.rest.is_empty() {
            true => Ok(body),
            false => Err(ReadError::Malformed),
        }
    }

    fn instructions(&mut self) -> Result<Vec<Instruction>, ReadError> {
        let n_words = self.length(8)?;
        let (words, _) = self.take(n_words * 8)?.as_chunks();
        Ok(words.iter().map(|word| Instruction(u64::from_le_bytes(*word))).collect())
    }

    fn constant(&mut self, depth: u32) -> Result<Constant, ReadError> {
        if depth > MAX_NESTING {
            return Err(ReadError::Malformed);
        }
        Ok(match self.take(1)?[0] {
            NONE => Constant::None,
            TRUE => Constant::True,
            FALSE => Constant::False,
            ELLIPSIS => Constant::Ellipsis,
            INT => {
                let n = self.u64()?;
                Constant::Int((n >> 1) as i64 ^ -((n & 1) as i64))
            }
            BIG_INT => Constant::BigInt(BigInt::from_signed_bytes_le(self.bytes()?)),
            FLOAT => Constant::Float(f64::from_bits(self.word()?)),
            COMPLEX => {
                let re = f64::from_bits(self.word()?);
                Constant::Complex { re, im: f64::from_bits(self.word()?) }
            }
            STR => Constant::Str(self.bytes()?.into()),
            BYTES => Constant::Bytes(self.bytes()?.into()),
            TUPLE => Constant::Tuple(self.list(1, |reader| reader.constant(depth + 1))?.into()),
            FROZEN_SET => Constant::FrozenSet(self.list(1, |reader| reader.constant(depth + 1))?.into()),
            SLICE => {
                let mut part = || self.constant(depth + 1);
                Constant::Slice(Box::new([part()?, part()?, part()?]))
            }
            CODE => Constant::Code(Rc::new(self.code(depth + 1)?)),
            _ => return Err(ReadError::Malformed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{Opcode, Position};

    fn sample() -> CodeObject {
        let constants = vec![Constant::Int(-5)];
        let body = CodeBody { constants, ..CodeBody::clone(&empty()) }.into();
        let inner = CodeObject { name: "inner".into(), body, ..empty() };
        let body = CodeBody {
            constants: vec![
                Constant::None,
                Constant::True,
                Constant::False,
                Constant::Ellipsis,
                Constant::Int(i64::MIN),
                Constant::BigInt(BigInt::from(-7) << 200),
                Constant::Float(-0.0),
                Constant::Complex { re: 1.5, im: -2.0 },
                Constant::Str(b"caf\xC3\xA9 \xED\xA0\x80".as_slice().into()),
                Constant::Bytes(b"\0\xFF".as_slice().into()),
                Constant::Tuple([Constant::Int(1), Constant::Tuple([].into())].into()),
                Constant::FrozenSet([Constant::Int(1)].into()),
                Constant::Slice(Box::new([Constant::None, Constant::Int(2), Constant::None])),
                Constant::Code(Rc::new(inner)),
            ],
            exception_table: vec![ExceptionEntry {
                start: 0,
                end: 1,
                handler: 1,
                floor: 300,
                exception: 301,
            }],
            ..CodeBody::clone(&empty())
        };
        CodeObject { body: body.into(), ..empty() }
    }

    fn empty() -> CodeObject {
        CodeObject {
            name: "<module>".into(),
            qualname: "<module>".into(),
            filename: "a.py".into(),
            first_line: 1,
            flags: 0,
            n_positional: 0,
            n_positional_only: 0,
            n_keyword_only: 0,
            n_registers: 400,
            n_locals: 2,
            body: CodeBody {
                locals: vec!["x".into(), "a.py".into()],
                cell_registers: vec![1],
                free_names: vec!["x".into()],
                instructions: vec![
                    Instruction::new(Opcode::Nop, 0, 0, 0, 0),
                    Instruction::new(Opcode::ReturnNone, 0, 0, 400, 0),
                ],
                constants: vec![],
                names: vec!["y".into()],
                exception_table: vec![],
                line_table: LineTable::pack([(
                    2,
                    Position { line: 3, end_line: 4, column: 9, end_column: 2 },
                )]),
            }
            .into(),
        }
    }

    #[test]
    fn survives_the_round_trip() {
        let code = sample();
        assert_eq!(read(&write(&code)).unwrap(), code);
        assert_eq!(read_embedded(write(&code).leak()).unwrap(), code);
    }

    #[test]
    fn refuses_every_truncation_and_survives_every_flip() {
        let bytes = write(&sample());
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "{end}");
        }
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[at] ^= 1 << bit;
                let _ = read(&bad);
            }
        }
    }

    #[test]
    fn keys_tell_types_apart() {
        let keys = [
            Constant::Int(1),
            Constant::Float(1.0),
            Constant::True,
            Constant::Float(0.0),
            Constant::Float(-0.0),
            Constant::Tuple([Constant::Int(1)].into()),
            Constant::FrozenSet([Constant::Int(1)].into()),
            Constant::Str([].into()),
            Constant::Bytes([].into()),
        ]
        .map(|constant| constant_key(&constant));
        for (i, key) in keys.iter().enumerate() {
            assert!(!keys[..i].contains(key), "{i}");
        }
    }
}
