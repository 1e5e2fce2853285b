//! Which endings of the jobs it waits for a gate lets pass.

/// How a job that it waits for may have ended without having succeeded.
const ENDINGS: [&str; 3] = ["failure", "cancelled", "skipped"];

/// Which endings other than success a gate lets pass, by the ways in which gates are written. One that
/// is written in another way is taken to let all pass.
pub(super) fn accepts(said: &str, needs: &[&str]) -> Vec<&'static str> {
    let whole = said.contains("toJSON(needs)") || said.contains("toJson(needs)");
    if said.contains("re-actors/alls-green") {
        // What it is told to allow stands under keys of its own.
        return [
            ("allowed-failures", "failure"),
            ("allowed-skips", "skipped"),
        ]
        .into_iter()
        .filter(|(key, _)| said.contains(key))
        .map(|(_, ending)| ending)
        .collect();
    }
    // jq, Python or a shell over all of them, which asks for success and for nothing else.
    let success = ["=='success'", "!='success'", "=success", "!=success"];
    let asks =
        success.iter().any(|sign| said.contains(sign)) && (!said.contains("jq") || heeds_jq(said));
    // A condition of a step fails nothing by itself, and a branch of a shell neither.
    let fails = fails(said);
    let of_shell = fails || !["then", "||"].iter().any(|it| said.contains(it));
    let each = || {
        needs.iter().all(|need| {
            let compared = |signs: &[&str]| {
                let result = format!("needs.{need}.result");
                signs
                    .iter()
                    .any(|sign| said.contains(&format!("{result}{sign}")))
            };
            let in_shell = [
                "}}'=='success'",
                "}}'!='success'",
                "}}'='success'",
                "}}'=success",
                "}}'==success",
                "}}'!=success",
            ];
            (fails && compared(&["=='success'", "!='success'"]))
                || (of_shell && compared(&in_shell))
        })
    };
    if (whole && asks && !lets_more_pass(said)) || each() {
        return Vec::new();
    }
    let refuses = |ending: &str| {
        let both = [format!("contains(needs.*.result,'{ending}')")];
        both.iter().any(|sign| said.contains(sign)) && fails
    };
    ENDINGS
        .into_iter()
        .filter(|ending| !refuses(ending))
        .collect()
}

/// Whether a job has a step that fails on purpose.
fn fails(said: &str) -> bool {
    let ways = ["exit1", "core.setFailed", "sys.exit(", "raise"];
    ways.iter().any(|it| said.contains(it))
}

/// Whether what jq answers decides how a step ends: jq itself ends well whatever the answer is.
fn heeds_jq(said: &str) -> bool {
    let ways = [
        "jq-e",
        "jq-re",
        "jq-er",
        "jq-r-e",
        "--exit-status",
        "'true'",
        "=true",
        "grep",
    ];
    fails(said) || ways.iter().any(|it| said.contains(it))
}

/// Whether a script that asks for success takes another ending for one as well.
fn lets_more_pass(said: &str) -> bool {
    [
        "=='skipped'",
        "!='skipped'",
        "'success','skipped'",
        "=='cancelled'",
    ]
    .iter()
    .any(|sign| said.contains(sign))
}
