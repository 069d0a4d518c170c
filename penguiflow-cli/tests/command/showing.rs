//! One trace with all that the store has of it.

use expect_test::expect;

use crate::prints;
use crate::shop::Shop;

#[tokio::test]
async fn a_running_trace_has_steps_to_run_and_open_joins() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "show 1111 --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            trace     1111aaaa000000000000000000000001
            flow      Publish
            state     running
            emitted   2026-11-30T11:53:30.000Z (6m30s ago)
            updated   2026-11-30T11:53:34.000Z (6m26s ago)
            headers   meta {"order":"17"}, tenant acme

            Where it stands
              `facts` runs, or is to run (step 6e789e6aa1b965f4)
              join of [facts, style] has 1 input

            Time line
            AT     TOOK                         NODE   OUTCOME
            +0µs   250ms  ██··················  draft  ok
            +1.0s  250ms  ··········██········  style  retried: node `style` failed: the
                                                       thesaurus is closed
            +1.6s  250ms  ·················██·  style  ok (attempt 2)

            Graph
                        OpenSea         -> draft
                done    draft           -> facts, style
              > to run  facts           -> join
                done    style           -> join
                        join            -> edit
                        edit            -> await Approval
                        await Approval  -> else shelve, publish
                        shelve          -> publish
                        publish         -> Rookery
        "#]],
    );
}

#[tokio::test]
async fn a_parked_trace_waits_for_a_type() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "show 2222 --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            trace     2222bbbb000000000000000000000002
            flow      Publish
            state     parked
            emitted   2026-11-30T10:57:30.000Z (1h2m ago)
            updated   2026-11-30T10:57:34.000Z (1h2m ago)
            key       order-17
            headers   meta {"order":"17"}, tenant acme

            Where it stands
              `await Approval` has waited 1h1m for `Approval`, for 23h more (step de8ded7a0c430131)

            Time line
            AT     TOOK                         NODE   OUTCOME
            +0µs   250ms  █···················  draft  ok
            +1.0s  250ms  ······█·············  style  retried: node `style` failed: the
                                                       thesaurus is closed
            +1.6s  250ms  ·········█··········  style  ok (attempt 2)
            +2.0s  250ms  ············█·······  facts  ok
            +3.0s  250ms  ··················█·  edit   ok

            Graph
                        OpenSea         -> draft
                done    draft           -> facts, style
                done    facts           -> join
                done    style           -> join
                done    join            -> edit
                done    edit            -> await Approval
              > parked  await Approval  -> else shelve, publish
                        shelve          -> publish
                        publish         -> Rookery
        "#]],
    );
}

#[tokio::test]
async fn a_dead_trace_has_its_letter() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "show 4444 --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            trace     4444dddd000000000000000000000004
            flow      Publish
            state     dead
            emitted   2026-11-30T08:59:30.000Z (3h0m ago)
            updated   2026-11-30T08:59:34.000Z (3h0m ago)
            headers   meta {"order":"17"}, tenant acme

            Where it stands
              `facts` runs after a retry (step 6e789e6aa1b965f4)
              `style` runs after a retry (step 06c45d188009454f)
              join of [facts, style] has 0 inputs

            Dead letter
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

            Time line
            AT    TOOK                         NODE   OUTCOME
            +0µs  250ms  ████████████████████  draft  ok

            Graph
                        OpenSea         -> draft
                done    draft           -> facts, style
              > to run  facts           -> join
              > dead    style           -> join
                        join            -> edit
                        edit            -> await Approval
                        await Approval  -> else shelve, publish
                        shelve          -> publish
                        publish         -> Rookery
        "#]],
    );
}

#[tokio::test]
async fn a_trace_that_is_done_has_its_result() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "show 5555 --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            trace     5555eeee000000000000000000000005
            flow      Publish
            state     done
            emitted   2026-11-29T10:59:30.000Z (25h ago)
            updated   2026-11-29T10:59:34.000Z (25h ago)

            Results that nobody has acknowledged
              output "All about penguins, approved by Emma"

            Time line
            AT     TOOK                         NODE            OUTCOME
            +0µs   250ms  █···················  draft           ok
            +1.0s  250ms  ····█···············  style           retried: node `style`
                                                                failed: the thesaurus is
                                                                closed
            +1.6s  250ms  ·······█············  style           ok (attempt 2)
            +2.0s  250ms  ·········█··········  facts           ok
            +3.0s  250ms  ··············█·····  edit            ok
            +4.0s  250ms  ··················█·  await Approval  ok

            Graph
                      OpenSea         -> draft
                done  draft           -> facts, style
                done  facts           -> join
                done  style           -> join
                done  join            -> edit
                done  edit            -> await Approval
                done  await Approval  -> else shelve, publish
                      shelve          -> publish
                      publish         -> Rookery
        "#]],
    );
}

#[tokio::test]
async fn a_trace_that_failed_has_its_error() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "show 6666 --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            trace     6666ffff000000000000000000000006
            flow      Publish
            state     failed
            emitted   2026-11-27T17:19:30.000Z (2d ago)
            updated   2026-11-27T17:19:34.000Z (2d ago)

            Error
              deadline_exceeded: the deadline passed

            Time line
            AT    TOOK                         NODE   OUTCOME
            +0µs  250ms  ████████████████████  draft  ok

            Graph
                      OpenSea         -> draft
                done  draft           -> facts, style
                      facts           -> join
                      style           -> join
                      join            -> edit
                      edit            -> await Approval
                      await Approval  -> else shelve, publish
                      shelve          -> publish
                      publish         -> Rookery
        "#]],
    );
}

#[tokio::test]
async fn a_trace_is_shown_as_json() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "show 2222 --json --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            {
              "id": "2222bbbb000000000000000000000002",
              "flow": "Publish",
              "state": "parked",
              "created": "2026-11-30T10:57:30.000Z",
              "updated": "2026-11-30T10:57:34.000Z",
              "due": null,
              "parked_at": [
                "await Approval"
              ],
              "error": null,
              "seq": 5,
              "key": "order-17",
              "recoveries": 0,
              "headers": {
                "meta": {
                  "order": "17"
                },
                "priority": 0,
                "tenant": "acme",
                "topic": null
              },
              "standing": {
                "to_run": [],
                "retrying": [],
                "joins": [],
                "outputs": 0,
                "tokens": 0
              },
              "waiting": [
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
              ],
              "history": [
                {
                  "step": "0000000000000000",
                  "node": "draft",
                  "attempt": 0,
                  "at": "2026-11-30T10:57:30.000Z",
                  "took": 250000,
                  "outcome": "ok"
                },
                {
                  "step": "0000000000000001",
                  "node": "style",
                  "attempt": 0,
                  "at": "2026-11-30T10:57:31.000Z",
                  "took": 250000,
                  "outcome": "retried",
                  "error": "node `style` failed: the thesaurus is closed"
                },
                {
                  "step": "0000000000000001",
                  "node": "style",
                  "attempt": 1,
                  "at": "2026-11-30T10:57:31.600Z",
                  "took": 250000,
                  "outcome": "ok"
                },
                {
                  "step": "0000000000000002",
                  "node": "facts",
                  "attempt": 0,
                  "at": "2026-11-30T10:57:32.000Z",
                  "took": 250000,
                  "outcome": "ok"
                },
                {
                  "step": "0000000000000003",
                  "node": "edit",
                  "attempt": 0,
                  "at": "2026-11-30T10:57:33.000Z",
                  "took": 250000,
                  "outcome": "ok"
                }
              ],
              "results": [],
              "dead": null,
              "commands": []
            }
        "#]],
    );
}

#[tokio::test]
async fn the_picture_marks_where_a_trace_stands() {
    let shop = Shop::open().await;
    prints(
        &shop,
        "show 2222 --mermaid --store shop.db --now 2026-11-30T12:00:00Z",
        expect![[r#"
            flowchart TD
                OpenSea([OpenSea])
                draft[draft]
                facts[facts]
                style[style]
                join{{join}}
                edit[edit]
                await_Approval("await Approval")
                shelve[shelve]
                publish[publish]
                Rookery([Rookery])
                OpenSea -->|String| draft
                draft -->|String| facts
                draft -->|String| style
                facts -->|u32| join
                style -->|String| join
                join -->|"(u32, String)"| edit
                await_Approval -.->|else| shelve
                edit -->|String| await_Approval
                await_Approval -->|"(String, Approval)"| publish
                shelve -->|"(String, Approval)"| publish
                publish -->|String| Rookery
                classDef marked stroke-width:4px
                class await_Approval marked
        "#]],
    );
}
