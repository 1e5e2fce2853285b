//! What a ledger is called, and with it the key of its heads: an address without a scheme.

/// What origins end in.
const LAST: &str = "audit-ledger";
/// The longest name that is kept of a repository.
const LONGEST: usize = 120;

/// The origin of the ledger of a repository. It cannot begin with what the other signed texts begin
/// with, and has no sign that a name of a key may not have.
pub fn of(repository: &str) -> String {
    let name = repository.split_once("://").map_or(repository, |it| it.1);
    let name = name.rsplit_once('@').map_or(name, |it| it.1);
    let name = name.trim_end_matches('/').trim_end_matches(".git");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    let name: String = name
        .chars()
        .take(LONGEST)
        .map(|c| {
            if plain(c) {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    match name.trim_matches('/') {
        "" => format!("repository/{LAST}"),
        name if name.starts_with("cosignature/") => format!("repository/{name}/{LAST}"),
        name => format!("{name}/{LAST}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_an_address_that_can_name_a_key() {
        for (repository, origin) in [
            (
                "https://forge.example/Acme/w.git",
                "forge.example/acme/w/audit-ledger",
            ),
            (
                "git@forge.example:acme/w",
                "forge.example_acme/w/audit-ledger",
            ),
            ("acme/kůň a+b", "acme/k___a_b/audit-ledger"),
            ("", "repository/audit-ledger"),
            ("DSSEv1 x", "dssev1_x/audit-ledger"),
            ("SSHSIG", "sshsig/audit-ledger"),
            ("cosignature/v1", "repository/cosignature/v1/audit-ledger"),
        ] {
            assert_eq!(of(repository), origin);
        }
    }
}
