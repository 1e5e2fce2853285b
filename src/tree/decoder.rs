//! Decodes text that comes in pieces: UTF-8 with or without a mark, UTF-16 with a mark, and Latin-1
//! where the document itself declares it.

/// How much of a document is looked at to know its encoding, in bytes.
const DECLARED_WITHIN: usize = 100;

/// Whether bytes that are no UTF-8 are to be read as Latin-1: XML names its own encoding, and old
/// tools write this one, in which every byte is a character.
pub fn declares_latin1(bytes: &[u8]) -> bool {
    let head = bytes
        .get(..DECLARED_WITHIN.min(bytes.len()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let has = |what: &[u8]| head.windows(what.len()).any(|window| window == what);
    head.starts_with(b"<?xml") && (has(b"iso-8859-1") || has(b"windows-1252") || has(b"latin1"))
}

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16(fn([u8; 2]) -> u16),
    Latin1,
}

/// A decoder, between two pieces.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Known once the first piece came.
    encoding: Option<Encoding>,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
    /// How many bytes were decoded.
    at: u64,
}

impl Decoder {
    /// Decodes the next piece into `out`. The first piece has to hold the beginning by which the
    /// encoding is known; the last is empty.
    ///
    /// # Errors
    /// The place of the first byte that is not text.
    pub(super) fn decode(&mut self, piece: &[u8], out: &mut String) -> Result<(), String> {
        let Some(encoding) = self.encoding else {
            let (encoding, mark) = encoding_of(piece);
            self.encoding = Some(encoding);
            self.at = mark as u64;
            return self.decode(piece.get(mark..).unwrap_or_default(), out);
        };
        match encoding {
            Encoding::Utf8 => self.utf8(piece, out)?,
            Encoding::Utf16(read) => self.utf16(piece, read, out)?,
            Encoding::Latin1 => out.extend(piece.iter().copied().map(char::from)),
        }
        self.at += piece.len() as u64;
        if piece.is_empty() && !self.begun.is_empty() {
            return Err(self.broken(0));
        }
        Ok(())
    }

    fn utf8(&mut self, piece: &[u8], out: &mut String) -> Result<(), String> {
        let mut rest = piece;
        while let Some((first, after)) = rest.split_first() {
            if self.begun.is_empty() {
                break;
            }
            self.begun.push(*first);
            rest = after;
            match std::str::from_utf8(&self.begun) {
                Ok(character) => {
                    out.push_str(character);
                    self.begun.clear();
                }
                Err(error) if error.error_len().is_some() => return Err(self.broken(0)),
                Err(_) => {}
            }
        }
        let error = match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                return Ok(());
            }
            Err(error) => error,
        };
        let (valid, after) = rest.split_at(error.valid_up_to());
        out.push_str(std::str::from_utf8(valid).unwrap_or_default());
        if error.error_len().is_some() {
            return Err(self.broken(piece.len() - after.len()));
        }
        self.begun.extend_from_slice(after);
        Ok(())
    }

    fn utf16(
        &mut self,
        piece: &[u8],
        read: fn([u8; 2]) -> u16,
        out: &mut String,
    ) -> Result<(), String> {
        let mut bytes = std::mem::take(&mut self.begun);
        bytes.extend_from_slice(piece);
        let (pairs, odd) = bytes.as_chunks::<2>();
        let ends_high = |pair: &[u8; 2]| (0xd800..0xdc00).contains(&read(*pair));
        // A character may take two units, of which the second has not come yet.
        let whole = match pairs.split_last() {
            Some((last, before)) if ends_high(last) => {
                self.begun.extend_from_slice(last);
                before
            }
            _ => pairs,
        };
        self.begun.extend_from_slice(odd);
        for character in char::decode_utf16(whole.iter().map(|pair| read(*pair))) {
            out.push(character.map_err(|_| self.broken(0))?);
        }
        Ok(())
    }

    fn broken(&self, further: usize) -> String {
        let encoding = match self.encoding {
            Some(Encoding::Utf16(_)) => "UTF-16",
            _ => "UTF-8",
        };
        let at = self.at + further as u64;
        format!("not text: invalid {encoding} at or after byte {at}")
    }
}

/// The encoding of a document by its beginning, and the length of its mark.
fn encoding_of(head: &[u8]) -> (Encoding, usize) {
    match head {
        [0xff, 0xfe, ..] => (Encoding::Utf16(u16::from_le_bytes), 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16(u16::from_be_bytes), 2),
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        // Read whole, such a document is tried as UTF-8 first; a stream cannot go back.
        _ if declares_latin1(head) => (Encoding::Latin1, 0),
        _ => (Encoding::Utf8, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file::decode;

    /// Decodes with a first piece of 128 bytes and others of a size.
    fn in_pieces(bytes: &[u8], size: usize) -> Result<String, String> {
        let mut decoder = Decoder::default();
        let mut out = String::new();
        let (head, rest) = bytes.split_at(128.min(bytes.len()));
        for piece in [head].into_iter().chain(rest.chunks(size)).chain([&[][..]]) {
            decoder.decode(piece, &mut out)?;
        }
        Ok(out)
    }

    #[test]
    fn pieces_are_decoded_as_the_whole() {
        let text = "é𝄞 ascii ü\n".repeat(60);
        let wide = |read: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(read).collect()
        };
        for bytes in [
            text.clone().into_bytes(),
            format!("\u{feff}{text}").into_bytes(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
        ] {
            for size in [1, 2, 3, 5, 1000] {
                assert_eq!(
                    in_pieces(&bytes, size).as_deref(),
                    Ok(text.as_str()),
                    "{size}"
                );
            }
            // Cut inside a character, or with a byte in it that does not belong there.
            for end in 130..150 {
                let cut = &bytes[..end];
                assert_eq!(in_pieces(cut, 2).is_ok(), decode(cut).is_ok(), "{end}");
            }
        }
        for wrong in [&b"\xff"[..], b"\xc3(", b"\xed\xa0\x80"] {
            for before in 126..131 {
                let bytes = [&vec![b' '; before], wrong, b" and more"].concat();
                let error = in_pieces(&bytes, 2).expect_err("no text");
                assert!(error.contains("invalid UTF-8"), "{error}");
            }
        }
    }

    #[test]
    fn latin1_is_what_a_document_declares() {
        let declared = b"<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xe9'/>";
        assert!(
            in_pieces(declared, 7)
                .expect("text")
                .ends_with("<a b='é'/>")
        );
    }
}
