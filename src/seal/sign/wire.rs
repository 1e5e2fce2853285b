//! Texts with their lengths before them, as SSH writes them (RFC 4251 §5).

/// Adds a text with its length.
pub fn put(out: &mut Vec<u8>, text: &[u8]) {
    // Nothing that is written here comes near four gibibytes.
    out.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(text);
}

/// Reads what [`put`] wrote.
#[derive(Debug, Clone, Copy)]
pub struct Wire<'w>(pub &'w [u8]);

impl<'w> Wire<'w> {
    /// The next text.
    pub fn text(&mut self) -> Option<&'w [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }

    /// The next number.
    pub fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// Nothing, where everything was read.
    pub fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
