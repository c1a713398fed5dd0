//! Identifiers beyond ASCII: which characters they may have, and their normal form (PEP 3131).

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// The byte range of the first character of `name` that may not stand where it does.
pub fn invalid_char(name: &str) -> Option<(usize, char)> {
    let mut chars = name.char_indices();
    let (_, first) = chars.next()?;
    if first != '_' && !unicode_ident::is_xid_start(first) {
        return Some((0, first));
    }
    chars.find(|&(_, c)| !unicode_ident::is_xid_continue(c))
}

/// The name that Python compares: NFKC.
pub fn normalize(name: &str) -> Option<String> {
    if name.is_ascii() || is_nfkc_quick(name.chars()) == IsNormalized::Yes {
        return None;
    }
    Some(name.nfkc().collect())
}

/// Whether `repr` would show the character as it is.
pub fn is_printable(c: char) -> bool {
    use GeneralCategory::*;
    c == ' '
        || !matches!(
            get_general_category(c),
            Control
                | Format
                | Surrogate
                | PrivateUse
                | Unassigned
                | LineSeparator
                | ParagraphSeparator
                | SpaceSeparator
        )
}
