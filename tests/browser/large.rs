//! Very many deviations: the report stays as quick to open as with a few, and what it does not print
//! stands in the files it names.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::driver::Browser;
use crate::fixtures::{Made, WIDE, large};
use crate::{access, print};

/// How often each page is opened; the quickest counts, as everything else is the machine's doing.
const TIMES: usize = 3;

/// How much longer a report of fifty thousand deviations may take than one of ten thousand: it
/// prints as many of them.
const LONGER: u32 = 3;

/// The time until a page is loaded and its first picture is drawn.
fn opening(browser: &mut Browser, made: &Made) -> Duration {
    let open = || {
        let start = Instant::now();
        browser.open(&made.report());
        browser.evaluate("new Promise(seen => requestAnimationFrame(() => seen(1)))");
        start.elapsed()
    };
    std::iter::repeat_with(open)
        .take(TIMES)
        .min()
        .expect("a time")
}

#[test]
fn fifty_thousand_deviations_open_like_a_few_and_all_of_them_are_there() {
    let (few, many) = (large(400), large(2_000));
    let mut browser = Browser::start();
    browser.window(1280, false);
    let (short, long) = (opening(&mut browser, &few), opening(&mut browser, &many));
    let bytes = fs::metadata(many.report()).expect("a report").len();
    println!(
        "{short:?} for {}, {long:?} for {} deviations, {bytes} bytes",
        WIDE * 400,
        WIDE * 2_000
    );
    assert!(long <= short * LONGER, "{short:?} and {long:?}");

    let data = many.data();
    let results = data["results"].as_array().expect("results");
    let own = results.iter().filter(|result| {
        result["deviations"]
            .as_array()
            .is_some_and(|list| list.len() > 200)
    });
    let mut all = 0;
    for result in own {
        let id = result["control"].as_str().expect("an id");
        let list = many.file(&format!("deviations/{id}.html"));
        let cut = format!(
            "[...document.querySelectorAll('#c-{id} .body > p')].some(p => \
            p.textContent.includes('200 of 2,000 shown') && p.querySelector('a[href=\"deviations/{id}.html\"]'))"
        );
        browser.open(&many.report());
        assert_eq!(browser.evaluate(&cut), true, "{id}");
        browser.open(&list);
        for event in ["Runtime.exceptionThrown", "Log.entryAdded"] {
            assert!(browser.told(event).is_empty(), "{id}");
        }
        let rows = browser.evaluate("document.querySelectorAll('tbody tr').length");
        let deviations = result["deviations"].as_array().expect("deviations");
        assert_eq!(rows, Json::from(deviations.len()), "{id}");
        all += deviations.len();
    }
    assert!(all >= WIDE * 2_000, "{all}");

    let list = many.file("deviations/XX-01.html");
    assert_eq!(access::faults(&list), "");
    browser.open(&list);
    let whole = print::text(&browser.print(8.27, 11.69)).concat();
    let result = results
        .iter()
        .find(|result| result["control"] == "XX-01")
        .expect("a result");
    for deviation in result["deviations"].as_array().expect("deviations") {
        let place = deviation["place"].as_str().expect("a place");
        assert!(whole.contains(place), "{place}");
    }
}
