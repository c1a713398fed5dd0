//! `binascii`: bytes to and from base64, hexadecimal, uuencode and quoted-printable; checksums.

pub mod binding;
mod codecs;
mod quoted;

pub use codecs::{from_base64, from_hex, from_uu, to_base64, to_hex, to_uu};
pub use quoted::{from_quoted_printable, to_quoted_printable};

/// CRC-32 of the data, continued from an earlier value.
pub fn crc32(data: &[u8], start: u32) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(start);
    hasher.update(data);
    hasher.finalize()
}

/// CRC-CCITT (polynomial 0x1021), as BinHex used it.
pub fn crc_hqx(data: &[u8], start: u32) -> u32 {
    data.iter().fold(start & 0xffff, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 8, |crc, _| {
            let shifted = crc << 1;
            (if crc & 0x8000 != 0 { shifted ^ 0x1021 } else { shifted }) & 0xffff
        })
    })
}

/// Adler-32, continued from an earlier value (1 to begin with).
pub fn adler32(data: &[u8], start: u32) -> u32 {
    const MODULUS: u32 = 65521;
    let (mut a, mut b) = (start & 0xffff, start >> 16);
    // 5552 bytes are the most whose sums cannot overflow.
    for chunk in data.chunks(5552) {
        for &byte in chunk {
            a += u32::from(byte);
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums() {
        assert_eq!(crc32(b"hello", 0), 907_060_870);
        assert_eq!(crc32(b"lo", crc32(b"hel", 0)), 907_060_870);
        assert_eq!(crc_hqx(b"hello", 0), 50018);
        assert_eq!(adler32(b"hello", 1), 103_547_413);
    }

    #[test]
    fn base64_errors_match_cpython() {
        for (text, strict, outcome) in [
            ("YQ==", false, Ok("a")),
            ("YQ=", false, Err("Incorrect padding")),
            ("YQ", false, Err("Incorrect padding")),
            (
                "Y",
                false,
                Err("Invalid base64-encoded string: number of data characters (1) cannot be 1 more than a \
                     multiple of 4"),
            ),
            ("Y!Q==", false, Ok("a")),
            ("YQ==YQ==", false, Ok("a\u{6}\u{10}")),
            ("Y!Q==", true, Err("Only base64 data is allowed")),
            ("YQ==a", true, Err("Excess data after padding")),
            ("=YQ", true, Err("Leading padding not allowed")),
            ("YQ=a", true, Err("Discontinuous padding not allowed")),
            ("YWJj=", true, Err("Excess padding not allowed")),
            ("YQ===", true, Err("Excess padding not allowed")),
            ("", true, Ok("")),
            ("YWJjYQ", true, Err("Incorrect padding")),
        ] {
            let got = from_base64(text.as_bytes(), strict);
            let want = outcome.map(|text: &str| text.as_bytes().to_vec()).map_err(str::to_owned);
            assert_eq!(got, want, "{text} {strict}");
        }
        assert_eq!(to_base64(b"abcd"), b"YWJjZA==");
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(to_hex(b"abcdef", Some(b'-'), 1), b"61-62-63-64-65-66");
        assert_eq!(to_hex(b"abcdef", Some(b':'), -4), b"61626364:6566");
        assert_eq!(to_hex(b"abcde", Some(b':'), 2), b"61:6263:6465");
        assert_eq!(from_hex(b"616"), Err("Odd-length string"));
        assert_eq!(from_hex(b"6g"), Err("Non-hexadecimal digit found"));
    }

    #[test]
    fn uuencode() {
        assert_eq!(to_uu(b"hello", false), b"%:&5L;&\\ \n");
        assert_eq!(to_uu(b"a\0", true), b"\"80``\n");
        assert_eq!(from_uu(b"%:&5L;&\\ \n"), Ok(b"hello".to_vec()));
        assert_eq!(from_uu(b"%:&5"), Ok(b"he@\0\0".to_vec()));
        assert_eq!(from_uu(b"%\xff"), Err("Illegal char"));
        assert_eq!(from_uu(b"#86)Cxxx"), Err("Trailing garbage"));
    }

    #[test]
    fn quoted_printable() {
        assert_eq!(
            to_quoted_printable(b"a=b c \n\xff\t\r\n.", false, true, false),
            b"a=3Db c=20\n=FF=09\n=2E"
        );
        assert_eq!(from_quoted_printable(b"a=3Db=\nc=ZZ=4", false), b"a=bc=ZZ=4");
        assert_eq!(to_quoted_printable(b"a b_", false, true, true), b"a_b=5F");
        assert_eq!(from_quoted_printable(b"a_b", true), b"a b");
        assert_eq!(to_quoted_printable(b"a b \t", true, true, false), b"a=20b=20=09");
        assert_eq!(to_quoted_printable(b"a\nb", false, false, false), b"a=0Ab");
        let long = [&[b'x'; 75][..], b"=\n", &[b'x'; 5]].concat();
        assert_eq!(to_quoted_printable(&[b'x'; 80], false, true, false), long);
    }
}
