//! A vector that never moves what it holds: it grows by pieces, and so leaves no copies of its former selves to the allocator. For what may
//! have millions of entries.

use std::ops::{Index, IndexMut};

/// Entries of a piece.
const PIECE: usize = 256;

/// See the module. Places behind the last item hold default values; there are less than a piece of them, or all of one that is empty.
pub struct Chunked<T> {
    pieces: Vec<Box<[T; PIECE]>>,
    len: usize,
}

impl<T> Default for Chunked<T> {
    fn default() -> Chunked<T> {
        Chunked { pieces: Vec::new(), len: 0 }
    }
}

impl<T: Default> Chunked<T> {
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline]
    pub fn push(&mut self, item: T) {
        if self.len == self.pieces.len() * PIECE {
            self.grow();
        }
        self.len += 1;
        let last = self.len - 1;
        self[last] = item;
    }

    #[cold]
    fn grow(&mut self) {
        self.pieces.push(Box::new(std::array::from_fn(|_| T::default())));
    }

    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        let last = self.len.checked_sub(1)?;
        let item = std::mem::take(&mut self[last]);
        self.len = last;
        // One empty piece stays, for those that come and go at a border.
        if last + 2 * PIECE <= self.pieces.len() * PIECE {
            self.pieces.pop();
        }
        Some(item)
    }

    /// Takes an item out; the last one takes its place.
    ///
    /// # Panics
    /// If there is none at `index`.
    pub fn swap_remove(&mut self, index: usize) -> T {
        let last = self.pop().expect("there is an item to remove");
        if index == self.len { last } else { std::mem::replace(&mut self[index], last) }
    }

    /// Drops all items, and all memory but that of one piece.
    pub fn clear(&mut self) {
        self.pieces.truncate(1);
        if let Some(first) = self.pieces.first_mut() {
            first[..self.len.min(PIECE)].fill_with(T::default);
        }
        self.len = 0;
    }

    #[inline]
    pub fn get(&self, index: usize) -> Option<&T> {
        (index < self.len).then(|| &self[index])
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flat_map(|piece| piece.iter()).take(self.len)
    }
}

/// Behind the last item there may be default values.
impl<T> Index<usize> for Chunked<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, index: usize) -> &T {
        &self.pieces[index / PIECE][index % PIECE]
    }
}

impl<T> IndexMut<usize> for Chunked<T> {
    #[inline(always)]
    fn index_mut(&mut self, index: usize) -> &mut T {
        &mut self.pieces[index / PIECE][index % PIECE]
    }
}

impl<T: Default> IntoIterator for Chunked<T> {
    type Item = T;
    type IntoIter = std::iter::Take<
        std::iter::FlatMap<
            std::vec::IntoIter<Box<[T; PIECE]>>,
            std::array::IntoIter<T, PIECE>,
            fn(Box<[T; PIECE]>) -> std::array::IntoIter<T, PIECE>,
        >,
    >;

    fn into_iter(self) -> Self::IntoIter {
        let items: fn(Box<[T; PIECE]>) -> _ = |piece| (*piece).into_iter();
        self.pieces.into_iter().flat_map(items).take(self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_vector() {
        let (mut chunked, mut model) = (Chunked::default(), Vec::new());
        // Up over two borders of pieces, down over one, and so on.
        for step in 0..20 * PIECE {
            if step / PIECE % 3 < 2 {
                chunked.push(step);
                model.push(step);
            } else if step % 5 == 0 {
                let index = step * 7 % model.len();
                assert_eq!(chunked.swap_remove(index), model.swap_remove(index));
            } else {
                assert_eq!(chunked.pop(), model.pop());
            }
            assert_eq!(chunked.len(), model.len());
            assert_eq!(chunked.get(step / 2), model.get(step / 2));
            assert_eq!(chunked.is_empty(), model.is_empty());
        }
        chunked[PIECE] = 5;
        model[PIECE] = 5;
        assert!(chunked.iter().eq(&model));
        chunked.push(6);
        model.push(6);
        assert!(chunked.into_iter().eq(model));
        let mut chunked: Chunked<u8> = Chunked::default();
        assert_eq!((chunked.pop(), chunked.get(0)), (None, None));
        (0..3 * PIECE).for_each(|_| chunked.push(1));
        chunked.clear();
        assert_eq!((chunked.len(), chunked.iter().count()), (0, 0));
        chunked.push(2);
        assert_eq!(chunked.pop(), Some(2));
    }
}
