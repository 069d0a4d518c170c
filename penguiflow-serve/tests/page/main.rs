//! The inspector's page in a real Chromium: what it shows, what it does, and how it looks. Skipped
//! where there is none.
#![cfg(unix)]

mod browser;
mod shop;

use std::path::PathBuf;

use browser::{Browser, Theme};
use penguiflow::Message;
use penguiflow::TraceId;
use shop::{HOSTILE, Order, Served};
use tokio::runtime::Runtime;

/// A browser, and a shop that is served meanwhile.
struct Stage {
    browser: Browser,
    shop: Served,
    runtime: Runtime,
}

impl Stage {
    fn set() -> Option<Self> {
        let Some(mut browser) = Browser::start() else {
            println!("skipped: no Chromium here (apt-get install chromium)");
            return None;
        };
        let runtime = Runtime::new().expect("a runtime");
        let shop = runtime.block_on(shop::serve());
        browser.look(1280, Theme::Light);
        Some(Self {
            browser,
            shop,
            runtime,
        })
    }

    /// Emits an order; only one from 100 on passes the gate by itself.
    fn emit(&self, n: u32) -> TraceId {
        let note = HOSTILE.to_owned();
        let message = Message::new(Order { n, note }).tenant(HOSTILE);
        let id = message.trace_id;
        let emitted = self.runtime.block_on(self.shop.running.emit(message));
        emitted.expect("there is room");
        id
    }

    fn let_through(&self, orders: usize) {
        self.shop.gate.add_permits(orders);
    }

    fn open(&mut self, view: &str) {
        let address = format!("{}#shop/{view}", self.shop.address);
        self.browser.open("about:blank");
        self.browser.open(&address);
        self.browser.until("document.querySelector('.live.on')");
    }

    /// Nothing of the user's has become markup, and the page has not complained.
    fn end(mut self) {
        assert_eq!(self.browser.value("typeof window.hit"), "undefined");
        assert_eq!(
            self.browser
                .value("document.querySelectorAll('img[src=x]').length"),
            0
        );
        assert_eq!(self.browser.complaints, Vec::<String>::new());
    }
}

const STATE: &str = "document.querySelector('.head .pill').innerText";

#[test]
fn a_running_trace_is_opened_and_moves() {
    let Some(mut stage) = Stage::set() else {
        return;
    };
    stage.emit(1);
    stage.open("traces");
    stage.browser.until("document.querySelector('tr.active')");
    stage.browser.click("tr.active a", "");
    stage.browser.until(&format!("{STATE} === 'Running'"));
    let weigh = "document.querySelector('g[data-node=weigh]').classList.contains('active')";
    stage.browser.until(weigh);
    stage
        .browser
        .until("document.querySelector('.time li.running .name').innerText === 'weigh'");
    stage.let_through(1);
    stage.browser.until(&format!("{STATE} === 'Completed'"));
    stage
        .browser
        .until("document.querySelector('g[data-node=sell]').classList.contains('done')");
    assert_eq!(stage.browser.value(weigh), false);
    stage.end();
}

/// The text of the problem that is shown at a field.
fn problem_at(label: &str) -> String {
    format!(
        "[...document.querySelectorAll('.field')].find((field) => field.querySelector(':scope > label')?.firstChild\
         .textContent === '{label}').querySelector('.problem').innerText"
    )
}

#[test]
fn a_parked_trace_is_resumed_by_its_form() {
    let Some(mut stage) = Stage::set() else {
        return;
    };
    stage.emit(7);
    stage.let_through(1);
    stage.open("parked");
    let (browser, form) = (&mut stage.browser, "form.resume");
    browser.click("details.wait summary", "await Approval");
    browser.until_text(&HOSTILE[..20]);
    browser.click("label", "approved");
    browser.fill(form, "name", "Gentoo");
    browser.fill(form, "discount", "70");
    browser.click("button", "Resume");
    browser.until(&format!("{} === 'at most 50'", problem_at("discount")));
    browser.fill(form, "discount", "20");
    browser.value("document.querySelector('form.resume select').value = '1'");
    browser.click("label", "Credit");
    browser.fill(form, "days", "30");
    browser.click("button", "+ Add");
    browser.fill(form, "sku", "krill");
    browser.fill(form, "count", "12");
    browser.click("label", "comment");
    browser.value("document.querySelector('.optional textarea').focus()");
    browser.call("Input.insertText", serde_json::json!({ "text": HOSTILE }));
    browser.click("button", "Resume");
    // What no schema knows, the server says, and the page shows it where it belongs.
    browser.until(&format!(
        "{}.includes('nobody knows Gentoo')",
        problem_at("name")
    ));
    browser.click("button", "Edit as JSON");
    let edit = "const text = document.querySelector('form.resume textarea');\
                text.value = text.value.replace('Gentoo', 'Pingu')";
    browser.value(&format!("{{ {edit} }}"));
    browser.click("button", "Edit as a form");
    browser.click("button", "Resume");
    browser.until_text("Nothing waits for a value.");
    let result = stage.runtime.block_on(stage.shop.running.fetch());
    let output = result
        .expect("it has an output")
        .expect("it went well")
        .payload;
    let approval = format!(
        r#"{{"approved":true,"by":{{"name":"Pingu"}},"discount":20,"priority":"high","terms":{{"Credit":{{"days":30}}}},"parcels":[{{"sku":"krill","count":12}}],"comment":{}}}"#,
        serde_json::json!(HOSTILE)
    );
    assert_eq!(output, format!("7 booked {approval}"));
    // The refusal is an answer that the browser writes into its log.
    stage
        .browser
        .complaints
        .retain(|complaint| !complaint.contains("422"));
    stage.end();
}

#[test]
fn a_trace_is_cancelled_and_a_failed_one_says_why() {
    let Some(mut stage) = Stage::set() else {
        return;
    };
    let (running, failed) = (stage.emit(1), stage.emit(13));
    stage.open(&format!("traces/{running}"));
    stage.browser.click("button", "Cancel…");
    stage.browser.click("dialog button", "Cancel the trace");
    stage.browser.until(&format!("{STATE} === 'Cancelled'"));
    stage.let_through(1);
    stage.open("traces");
    stage.browser.click(".chips button", "Failed");
    stage
        .browser
        .until("document.querySelectorAll('.list tbody tr').length === 1");
    stage.browser.click("td.id a", &failed.to_string()[..8]);
    stage
        .browser
        .until("document.querySelector('.causes li')?.innerText === 'connection reset by peer'");
    stage
        .browser
        .until_text(&format!("the price service is away {HOSTILE}"));
    stage.browser.until_text("failed · at price · 2 attempts");
    stage.end();
}

#[test]
fn a_hundred_thousand_traces_are_listed_page_by_page() {
    let Some(mut stage) = Stage::set() else {
        return;
    };
    let (flow, running) = (stage.shop.flow.clone(), stage.shop.running.clone());
    stage.runtime.block_on(async {
        for n in 0..100_000u32 {
            let order = Order {
                n: 100 + n,
                note: String::new(),
            };
            let called = running.call(order).await;
            called.expect("nothing fails from 100 on");
            if n % 4_000 == 0 {
                flow.flush().await;
            }
        }
        flow.flush().await;
    });
    stage.emit(13);
    stage.let_through(1);
    stage.open("traces");
    stage
        .browser
        .until("document.querySelectorAll('.list tbody tr').length === 50");
    stage.browser.until(
        "document.querySelector('.chips [data-value=completed] .number').innerText === '100.0k'",
    );
    stage.browser.click("button", "Older");
    stage
        .browser
        .until("document.querySelector('.place').innerText === 'page 2'");
    stage
        .browser
        .until("document.querySelectorAll('.list tbody tr').length === 50");
    stage.browser.click(".chips button", "Failed");
    stage
        .browser
        .until("document.querySelectorAll('.list tbody tr').length === 1");
    stage.browser.click(".chips button", "All");
    stage
        .browser
        .until("document.querySelectorAll('.list tbody tr').length === 50");
    stage
        .browser
        .value("{ const field = document.querySelector('[type=search]'); field.focus() }");
    stage.browser.call(
        "Input.insertText",
        serde_json::json!({ "text": "service is away" }),
    );
    stage
        .browser
        .until("document.querySelectorAll('.list tbody tr').length === 1");
    stage.end();
}

#[test]
fn the_page_of_a_store_counts_its_traces_by_state() {
    let Some(mut stage) = Stage::set() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let address = stage
        .runtime
        .block_on(shop::serve_on_a_store(folder.path()));
    stage.browser.open(&address);
    let number = |state| format!("document.querySelector('.chips [data-value={state}] .number')");
    for (state, count) in [("parked", 2), ("completed", 1), ("failed", 0)] {
        let shown = format!("{}?.innerText === '{count}'", number(state));
        stage.browser.until(&shown);
    }
    // A store does not tell what was filtered from what has failed.
    let filtered = stage
        .browser
        .value(&format!("{} === null", number("filtered")));
    assert_eq!(filtered, true);
    for (width, theme) in [(1280, Theme::Light), (380, Theme::Dark)] {
        stage.browser.look(width, theme);
        let picture = pictures().join(format!("store-{width}-{theme:?}.png"));
        stage.browser.shoot(&picture);
    }
    stage.end();
}

#[test]
fn a_trace_is_reached_by_keyboard() {
    let Some(mut stage) = Stage::set() else {
        return;
    };
    stage.emit(1);
    stage.open("traces");
    stage.browser.until("document.querySelector('tr.active a')");
    let mut steps = 0;
    while stage
        .browser
        .value("document.activeElement.matches('td.id a')")
        != true
    {
        stage.browser.press("Tab");
        steps += 1;
        assert!(steps < 40, "no way leads to the trace");
    }
    let outline = "getComputedStyle(document.activeElement, '::after').outlineStyle";
    assert_eq!(stage.browser.value(outline), "solid");
    stage.browser.press("Enter");
    stage.browser.until(&format!("{STATE} === 'Running'"));
    stage.end();
}

/// A view: its name, its address, and what is true once it is there.
type View = (&'static str, String, &'static str);

/// All views of a shop in which something runs, waits, has failed and is done.
fn views(stage: &Stage) -> [View; 6] {
    let (waits, failed, done) = (stage.emit(7), stage.emit(13), stage.emit(1));
    stage.let_through(3);
    stage.runtime.block_on(async {
        let one = stage.shop.running.fetch().await;
        let other = stage.shop.running.fetch().await;
        assert!(one.is_some() && other.is_some());
    });
    stage.emit(2);
    let four = "document.querySelectorAll('.list tbody tr').length === 4";
    let done_is_there = "document.querySelector('.head .pill.completed')";
    [
        ("traces", "traces".to_owned(), four),
        (
            "graph",
            "graph".to_owned(),
            "document.querySelector('g[data-node=weigh].active')",
        ),
        (
            "waiting",
            "parked".to_owned(),
            "document.querySelector('details.wait')",
        ),
        (
            "parked",
            format!("traces/{waits}"),
            "document.querySelector('form.resume')",
        ),
        (
            "failed",
            format!("traces/{failed}"),
            "document.querySelector('.causes')",
        ),
        ("done", format!("traces/{done}"), done_is_there),
    ]
}

/// The folder for pictures.
fn pictures() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

#[test]
fn all_views_fit_a_desk_and_a_phone_in_both_themes() {
    let Some(mut stage) = Stage::set() else {
        return;
    };
    let folder = pictures();
    let themes = [Theme::Light, Theme::Dark];
    let looks = themes.map(|theme| [(1280, theme), (380, theme)]).concat();
    for (name, view, is_there) in views(&stage) {
        for (width, theme) in &looks {
            stage.browser.look(*width, *theme);
            stage.open(&view);
            stage.browser.until(is_there);
            let first = "document.querySelector('details.wait:not([open]) summary')?.click()";
            stage.browser.value(first);
            let page = "document.documentElement";
            let fits = format!("{page}.scrollWidth <= {page}.clientWidth");
            stage.browser.until(&fits);
            let picture = folder.join(format!("{name}-{width}-{theme:?}.png"));
            stage.browser.shoot(&picture);
        }
    }
    println!("pictures: {}", folder.display());
    stage.end();
}
