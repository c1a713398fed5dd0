//! Character names: `unicodedata.name`, `unicodedata.lookup` and `\N{...}`.
//!
//! The names come from a crate that follows the newest Unicode version; code points that Unicode 16.0 has not
//! assigned are filtered out, and its loose matching is made strict.

use super::unicode::category;

/// The name of a code point; controls, surrogates, private and unassigned code points have none.
pub fn name(cp: u32) -> Option<String> {
    if matches!(category(cp), "Cn" | "Cc" | "Cs" | "Co") {
        return None;
    }
    Some(unicode_names2::name(char::from_u32(cp)?)?.to_string())
}

/// The code point with that name or alias, whatever its case.
pub fn lookup(name_or_alias: &str) -> Option<u32> {
    // Longer than any name: the crate need not look.
    if name_or_alias.len() > 120 || !name_or_alias.is_ascii() {
        return None;
    }
    let wanted = name_or_alias.to_ascii_uppercase();
    let cp = unicode_names2::character(&wanted)? as u32;
    match name(cp) {
        Some(found) if found == wanted => Some(cp),
        // An alias, then; those hold no underscores and no doubled or outer spaces.
        _ if is_plain(&wanted) && !matches!(category(cp), "Cn") && !differs_loosely(cp, &wanted) => Some(cp),
        _ => None,
    }
}

fn is_plain(wanted: &str) -> bool {
    !wanted.contains('_') && !wanted.contains("  ") && wanted.trim() == wanted
}

/// Whether `wanted` is the name itself but for spaces and hyphens, which only loose matching forgives.
fn differs_loosely(cp: u32, wanted: &str) -> bool {
    let squeeze = |text: &str| text.replace([' ', '-'], "");
    name(cp).is_some_and(|found| squeeze(&found) == squeeze(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_lookups() {
        for (cp, text) in [
            (0x41, "LATIN CAPITAL LETTER A"),
            (0x4E00, "CJK UNIFIED IDEOGRAPH-4E00"),
            (0xAC01, "HANGUL SYLLABLE GAG"),
            (0x1F600, "GRINNING FACE"),
            (0xF900, "CJK COMPATIBILITY IDEOGRAPH-F900"),
        ] {
            assert_eq!(name(cp).as_deref(), Some(text));
            assert_eq!(lookup(text), Some(cp));
            assert_eq!(lookup(&text.to_lowercase()), Some(cp));
        }
        assert_eq!(name(0), None);
        assert_eq!(name(0xD800), None);
        assert_eq!(name(0xE000), None);
        assert_eq!(lookup("LINE FEED"), Some(10));
        assert_eq!(lookup("NUL"), Some(0));
        assert_eq!(lookup("LATIN CAPITAL LETTERA"), None);
        assert_eq!(lookup("LATIN_CAPITAL_LETTER_A"), None);
        assert_eq!(lookup(""), None);
        assert_eq!(lookup("NO SUCH NAME"), None);
    }
}
