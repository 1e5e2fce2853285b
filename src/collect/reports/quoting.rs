//! Which findings are about secrets: what a report quotes of those may be the secret itself.
//!
//! A rule is judged by its name, its tags and the weakness it names. A rule that is taken for one
//! about secrets and is none loses its message; the other error would repeat a secret.

/// Parts of a name, in lower case with `-` between words.
const WORDS: [&str; 19] = [
    "secret",
    "password",
    "passwd",
    "passphrase",
    "credential",
    "api-key",
    "apikey",
    "access-key",
    "accesskey",
    "private-key",
    "privatekey",
    "hard-code-key",
    "hardcoded-key",
    "encryption-key",
    "token",
    "entropy",
    "cwe-798",
    "cwe-259",
    "cwe-321",
];

/// Rules whose name does not say it: hard-coded passwords of bandit and of ruff, hard-coded
/// credentials of gosec.
const RULES: [&str; 7] = ["b105", "b106", "b107", "s105", "s106", "s107", "g101"];

/// Tools that look for secrets and nothing else, by a part of their name in lower case.
const SCANNERS: [&str; 12] = [
    "gitleaks",
    "betterleaks",
    "trufflehog",
    "detect-secrets",
    "ggshield",
    "gitguardian",
    "noseyparker",
    "nosey parker",
    "kingfisher",
    "credscan",
    "talisman",
    "secret",
];

/// Whether a tool of this name is a secret scanner.
pub(super) fn is_scanner(name: &str) -> bool {
    let name = name.to_lowercase();
    SCANNERS.iter().any(|scanner| name.contains(scanner))
}

/// Whether a rule with this name, tag or weakness is about secrets.
pub(super) fn about_secrets(word: &str) -> bool {
    let word = word.to_lowercase().replace(['_', ' '], "-");
    let mut parts = word.split(|sign: char| !sign.is_ascii_alphanumeric());
    WORDS.iter().any(|known| word.contains(known)) || parts.any(|part| RULES.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::{about_secrets, is_scanner};

    #[test]
    fn rules_about_secrets_are_known_by_name_tag_and_weakness() {
        for word in [
            "B105",
            "org.ruff.S105",
            "G101",
            "CKV_SECRET_6",
            "HARD_CODE_PASSWORD",
            "HARD_CODE_KEY",
            "generic.secrets.security.detected-aws-access-key-id-value",
            "CWE-798: Use of Hard-coded Credentials",
            "no-secrets/no-secrets",
            "Base64 High Entropy String",
            "hardcoded-container-credentials",
            "AWS API Key",
        ] {
            assert!(about_secrets(word), "{word}");
        }
        for word in ["B101", "S108", "CWE-79", "no-unused-vars", "CKV_AWS_20", ""] {
            assert!(!about_secrets(word), "{word}");
        }
        assert!(is_scanner("TruffleHog") && !is_scanner("Semgrep"));
    }
}
