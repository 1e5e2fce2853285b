//! INI as Python's `configparser` reads it (`RawConfigParser`): `=` or `:`, values that go on in
//! indented lines, `#` and `;` comments on lines of their own, keys in lower case.

use super::error::ParseError;

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The section, without brackets.
    pub section: String,
    /// The key, in lower case.
    pub key: String,
    /// The value; further lines are joined by `\n`.
    pub value: String,
    /// The line of the key, from 1.
    pub line: u32,
}

/// Reads all settings in order. A section may be empty and then leaves no trace.
///
/// # Errors
/// A line that is neither section, setting, continuation nor comment; a setting before any section.
pub fn parse(text: &str) -> Result<Vec<Setting>, ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut settings: Vec<Setting> = Vec::new();
    let mut section: Option<String> = None;
    let mut indent: Option<usize> = None;
    for (index, raw) in text.lines().enumerate() {
        let line = raw.trim_end();
        let trimmed = line.trim_start();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        if trimmed.is_empty() {
            if let (Some(_), Some(last)) = (indent, settings.last_mut()) {
                last.value.push('\n');
            }
            continue;
        }
        let depth = line.len() - trimmed.len();
        if let (Some(above), Some(last)) = (indent, settings.last_mut())
            && depth > above
        {
            last.value.push('\n');
            last.value.push_str(trimmed);
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[') {
            let Some(end) = name.rfind(']') else {
                let says = "expected ] at the end of a section, found none";
                return Err(ParseError::at(index + 1, depth + 1, says));
            };
            section = name.get(..end).map(str::to_owned);
            indent = None;
            continue;
        }
        let Some(section) = &section else {
            let says = "expected a [section] first, found a setting";
            return Err(ParseError::at(index + 1, 1, says));
        };
        settings.push(setting(section, trimmed, index + 1));
        indent = Some(depth);
    }
    for setting in &mut settings {
        setting.value.truncate(setting.value.trim_end().len());
    }
    Ok(settings)
}

/// The setting of a line: `key = value`, `key: value`, or a key alone.
fn setting(section: &str, line: &str, number: usize) -> Setting {
    let (key, value) = match line.find(['=', ':']) {
        Some(at) => (
            line.get(..at).unwrap_or(""),
            line.get(at + 1..).unwrap_or(""),
        ),
        None => (line, ""),
    };
    Setting {
        section: section.to_owned(),
        key: key.trim().to_lowercase(),
        value: value.trim().to_owned(),
        line: u32::try_from(number).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_on_in_indented_lines_and_keys_are_lower_case() {
        let text = "[coverage:run]\nBranch = True\nomit =\n    a.py\n    # no\n    b.py\n\n[mypy]\nstrict: yes\n";
        let read = parse(text).expect("ini");
        let pairs: Vec<_> = read
            .iter()
            .map(|s| (&*s.section, &*s.key, &*s.value, s.line))
            .collect();
        assert_eq!(pairs[0], ("coverage:run", "branch", "True", 2));
        assert_eq!(pairs[1], ("coverage:run", "omit", "\na.py\nb.py", 3));
        assert_eq!(pairs[2], ("mypy", "strict", "yes", 9));
    }

    #[test]
    fn a_setting_without_a_section_is_an_error() {
        assert!(parse("a = 1\n").is_err());
        assert!(parse("[x\n").is_err());
    }
}
