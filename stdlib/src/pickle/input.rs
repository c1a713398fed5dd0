//! Where a pickle is read from: bytes in memory, or a file.
//!
//! Of a file no more is taken than the pickle has: single bytes and lines are asked for as they are needed, whole frames at once, and what
//! `peek()` shows without taking is used where there is such a method.

use std::borrow::Cow;

use ouro_runtime::{Exc, PyResult, Value, Vm};

use super::unpickling_error;

/// How much `peek()` is asked for.
const PEEK: usize = 128 << 10;
/// How much of a long datum is read at once: its length may be a lie.
const CHUNK: usize = 1 << 20;

/// The methods of a file.
pub struct File {
    pub read: Value,
    pub readline: Value,
    pub peek: Option<Value>,
}

pub struct Input<'a> {
    data: Cow<'a, [u8]>,
    position: usize,
    file: Option<File>,
    /// `data` is only shown by the file, not yet taken.
    peeked: bool,
}

impl<'a> Input<'a> {
    pub fn memory(data: Cow<'a, [u8]>) -> Input<'a> {
        Input { data, position: 0, file: None, peeked: false }
    }

    pub fn file(file: File) -> Input<'static> {
        Input { data: Cow::Owned(Vec::new()), position: 0, file: Some(file), peeked: false }
    }

    fn left(&self) -> usize {
        self.data.len() - self.position
    }

    /// The next instruction; `None` at the end.
    #[inline]
    pub fn opcode(&mut self, vm: &Vm) -> PyResult<Option<u8>> {
        if self.left() == 0 && !self.fill(vm, 1)? {
            return Ok(None);
        }
        let byte = self.data[self.position];
        self.position += 1;
        Ok(Some(byte))
    }

    /// The next `n` bytes.
    #[inline]
    pub fn take(&mut self, vm: &Vm, n: usize) -> PyResult<&[u8]> {
        if self.left() < n && !self.fill(vm, n)? {
            return unpickling_error(vm, "pickle data was truncated");
        }
        let start = self.position;
        self.position += n;
        Ok(&self.data[start..self.position])
    }

    pub fn array<const N: usize>(&mut self, vm: &Vm) -> PyResult<[u8; N]> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(vm, N)?);
        Ok(bytes)
    }

    /// The next line with its end, which must be there.
    pub fn line(&mut self, vm: &Vm) -> PyResult<Cow<'_, [u8]>> {
        let rest = &self.data[self.position..];
        if let Some(length) = rest.iter().position(|&byte| byte == b'\n') {
            let start = self.position;
            self.position += length + 1;
            return Ok(Cow::Borrowed(&self.data[start..self.position]));
        }
        let mut line = rest.to_vec();
        if self.file.is_some() {
            if self.peeked {
                line.clear();
            }
            self.give_back(vm)?;
            let readline = self.file.as_ref().map(|file| file.readline.clone()).unwrap_or(Value::NONE);
            let more = vm.call(&readline, &[])?;
            line.extend(vm.copy_bytes(&more)?.unwrap_or_default());
        }
        self.data = Cow::Owned(Vec::new());
        self.position = 0;
        if line.last() != Some(&b'\n') {
            return unpickling_error(vm, "pickle data was truncated");
        }
        Ok(Cow::Owned(line))
    }

    /// Leaves the file where the pickle ends.
    pub fn finish(&mut self, vm: &Vm) -> PyResult<()> {
        if self.file.is_some() { self.give_back(vm) } else { Ok(()) }
    }

    /// Takes from the file what has been used of what it showed.
    fn give_back(&mut self, vm: &Vm) -> PyResult<()> {
        let used = std::mem::take(&mut self.position);
        if std::mem::take(&mut self.peeked) {
            self.data = Cow::Owned(Vec::new());
            if used > 0 {
                self.read(vm, used)?;
            }
        } else {
            self.data.to_mut().drain(..used);
        }
        Ok(())
    }

    fn read(&self, vm: &Vm, n: usize) -> PyResult<Vec<u8>> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let data = vm.call(&file.read, &[Value::int(i64::try_from(n).unwrap_or(i64::MAX))])?;
        match vm.copy_bytes(&data)? {
            Some(data) => Ok(data),
            None => vm.raise_type_of("read() returned non-bytes object ({})", &data),
        }
    }

    /// Sees to it that `n` bytes are there; `false` if the input ends before.
    #[cold]
    fn fill(&mut self, vm: &Vm, n: usize) -> PyResult<bool> {
        if self.file.is_none() {
            return Ok(false);
        }
        self.give_back(vm)?;
        if self.data.is_empty() && n < PEEK {
            if let Some(peek) = self.file.as_ref().and_then(|file| file.peek.clone()) {
                match vm.catch(vm.call(&peek, &[Value::int(PEEK as i64)]), Exc::NotImplementedError)? {
                    Some(shown) => {
                        let shown = vm.copy_bytes(&shown)?.unwrap_or_default();
                        if shown.len() >= n {
                            self.data = Cow::Owned(shown);
                            self.peeked = true;
                            return Ok(true);
                        }
                    }
                    None => {
                        if let Some(file) = &mut self.file {
                            file.peek = None;
                        }
                    }
                }
            }
        }
        while self.data.len() < n {
            let more = self.read(vm, (n - self.data.len()).min(CHUNK))?;
            if more.is_empty() {
                return Ok(false);
            }
            self.data.to_mut().extend(more);
        }
        Ok(true)
    }

    /// A frame of this length begins: it is wanted as a whole.
    pub fn frame(&mut self, vm: &Vm, length: usize) -> PyResult<()> {
        if self.left() < length && !self.fill(vm, length)? {
            return unpickling_error(vm, "pickle data was truncated");
        }
        Ok(())
    }
}
