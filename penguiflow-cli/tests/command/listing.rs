//! Lists: of traces, of what waits, of dead letters and schedules, and the overview.

use expect_test::expect;

use crate::shop::Shop;
use crate::{prints, run_in, texts};

#[tokio::test]
async fn traces_are_listed_the_newest_first() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "traces --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            TRACE         FLOW     STATE      AGE    WHAT
            3333cccc0000  Publish  retrying   5m30s  next attempt in 4.0s
            1111aaaa0000  Publish  running    6m30s
            777711110000  Publish  running    7m30s
            2222bbbb0000  Publish  parked     1h2m   at await Approval
            4444dddd0000  Publish  dead       3h0m   node `style` timed out after 3
                                                     attempts; each had 2 s
            5555eeee0000  Publish  done       25h
            6666ffff0000  Publish  failed     2d     the deadline passed
            777700000000  Publish  cancelled  6d
        "#]],
    );
}

#[tokio::test]
async fn traces_are_found_by_state_and_age() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "traces --state dead,failed,cancelled --older 2h --newer 100h --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            TRACE         FLOW     STATE   AGE   WHAT
            4444dddd0000  Publish  dead    3h0m  node `style` timed out after 3 attempts;
                                                 each had 2 s
            6666ffff0000  Publish  failed  2d    the deadline passed
        "#]],
    );
}

#[tokio::test]
async fn traces_are_found_by_their_error() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "traces --error thesaurus --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            TRACE         FLOW     STATE  AGE   WHAT
            4444dddd0000  Publish  dead   3h0m  node `style` timed out after 3 attempts;
                                                each had 2 s
        "#]],
    );
}

#[tokio::test]
async fn an_error_is_found_by_its_kind() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "traces --error timed_out --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            TRACE         FLOW     STATE  AGE   WHAT
            4444dddd0000  Publish  dead   3h0m  node `style` timed out after 3 attempts;
                                                each had 2 s
        "#]],
    );
}

#[tokio::test]
async fn a_list_says_how_to_go_on() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "traces --limit 2 --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            TRACE         FLOW     STATE     AGE    WHAT
            3333cccc0000  Publish  retrying  5m30s  next attempt in 4.0s
            1111aaaa0000  Publish  running   6m30s
            there may be more: --before 7
        "#]],
    );
}

#[tokio::test]
async fn the_next_part_begins_where_the_last_one_ended() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "traces --limit 2 --before 7 --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            TRACE         FLOW     STATE    AGE    WHAT
            777711110000  Publish  running  7m30s
            2222bbbb0000  Publish  parked   1h2m   at await Approval
            there may be more: --before 5
        "#]],
    );
}

#[tokio::test]
async fn traces_are_listed_as_json() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "traces --limit 1 --state dead --json --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            [
              {
                "id": "4444dddd000000000000000000000004",
                "flow": "Publish",
                "state": "dead",
                "created": "2026-11-30T08:59:30.000Z",
                "updated": "2026-11-30T08:59:34.000Z",
                "due": null,
                "parked_at": [],
                "error": {
                  "kind": "timed_out",
                  "node": "style",
                  "path": "Publish/style",
                  "attempts": 3,
                  "message": "node `style` timed out after 3 attempts; each had 2 s",
                  "causes": [
                    "the thesaurus is closed"
                  ]
                },
                "seq": 4
              }
            ]
        "#]],
    );
}

#[tokio::test]
async fn what_waits_is_listed() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "waiting --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            TRACE         STEP      FLOW     NODE            AWAITED   SINCE     UNTIL
            2222bbbb0000  de8ded7a  Publish  await Approval  Approval  1h1m ago  in 23h
        "#]],
    );
}

#[tokio::test]
async fn what_waits_is_listed_as_json() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "waiting --json --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            [
              {
                "id": "2222bbbb000000000000000000000002",
                "flow": "Publish",
                "step": "de8ded7a0c430131",
                "node": "await Approval",
                "awaited": "Approval",
                "since": "2026-11-30T10:59:00.000Z",
                "until": "2026-12-01T11:00:00.000Z",
                "seq": 5
              }
            ]
        "#]],
    );
}

#[tokio::test]
async fn dead_letters_are_listed() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "dead --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            TRACE         FLOW     NODE           DIED       ERROR
            4444dddd0000  Publish  Publish/style  2h50m ago  node `style` timed out after
                                                             3 attempts; each had 2 s
        "#]],
    );
}

#[tokio::test]
async fn a_dead_letter_has_its_input() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "dead 4444 --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            trace     4444dddd000000000000000000000004
            flow      Publish
            node      Publish/style
            step      00000000000000aa
            died      2026-11-30T09:10:00.000Z (2h50m ago)
            kind      timed_out
            attempts  3
            error     node `style` timed out after 3 attempts; each had 2 s
            cause     the thesaurus is closed
            input     "All about penguins"
        "#]],
    );
}

#[tokio::test]
async fn dead_letters_are_listed_as_json() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "dead --json --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            [
              {
                "id": "4444dddd000000000000000000000004",
                "flow": "Publish",
                "step": "00000000000000aa",
                "node": "style",
                "path": "Publish/style",
                "error": {
                  "kind": "timed_out",
                  "node": "style",
                  "path": "Publish/style",
                  "attempts": 3,
                  "message": "node `style` timed out after 3 attempts; each had 2 s",
                  "causes": [
                    "the thesaurus is closed"
                  ]
                },
                "input": "All about penguins",
                "at": "2026-11-30T09:10:00.000Z",
                "seq": 1
              }
            ]
        "#]],
    );
}

#[tokio::test]
async fn schedules_are_listed() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "schedules --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            FLOW     NAME     CRON       NEXT    LAST      INPUT
            Publish  nightly  0 3 * * *  in 15h  9h0m ago  "krill"
        "#]],
    );
}

#[tokio::test]
async fn schedules_are_listed_as_json() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "schedules --json --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            [
              {
                "flow": "Publish",
                "name": "nightly",
                "cron": "0 3 * * *",
                "input": "krill",
                "next": "2026-12-01T03:00:00.000Z",
                "last": "2026-11-30T03:00:00.000Z"
              }
            ]
        "#]],
    );
}

#[tokio::test]
async fn top_counts_by_state() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "top --once --over 10m --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            shop.db  2026-11-30T12:00:00.000Z  no host is running

            FLOW     RUN  PARK  RETRY  DEAD  DONE  FAIL  CANCEL  IN/S   OUT/S
            Publish  2    1     1      1     1     1     1       0.005  0.0
        "#]],
    );
}

#[tokio::test]
async fn top_counts_as_json() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "top --once --json --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            {"at":"2026-11-30T12:00:00.000Z","flows":[{"counts":{"cancelled":1,"dead":1,"done":1,"failed":1,"parked":1,"retrying":1,"running":2},"emitted":0,"ended":0,"flow":"Publish"}],"host_is_running":false}
        "#]],
    );
}

#[tokio::test]
async fn an_empty_store_has_nothing_to_list() {
    let shop = Shop::empty().await;
    for command in ["traces", "waiting", "dead", "schedules"] {
        let output = run_in(shop.folder(), &[command, "--store", "shop.db"]);
        let expected = match command {
            "waiting" => "nothing waits for a value\n".to_owned(),
            "dead" => "no dead letters\n".to_owned(),
            command => format!("no {command}\n"),
        };
        assert_eq!(texts(&output), (expected, String::new()));
        let output = run_in(shop.folder(), &[command, "--json", "--store", "shop.db"]);
        assert_eq!(texts(&output), ("[]\n".to_owned(), String::new()));
    }
}

#[tokio::test]
async fn the_store_may_be_named_first() {
    let shop = Shop::open().await;
    let lines = [
        "--store shop.db traces --json",
        "traces --json --store shop.db",
    ];
    let [first, last] = lines.map(|line| {
        let words = crate::words(line);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        texts(&run_in(shop.folder(), &words))
    });
    assert_eq!(first, last);
    assert!(first.0.contains("1111aaaa"), "{}", first.1);
}
