//! No trace takes longer, and no node is given more attempts, than the figures say; and where a
//! flow is plain enough, the worst world takes exactly that long.

use penguiflow::prelude::*;

use super::nodes::*;
use super::nodes::{around as inner_around, quick as inner_quick, slow as inner_slow};
use super::nodes::{count as count2, list as list2, quick as quick2, slow as slow2};
use super::nodes::{slow as cut_slow, stubborn as cut_stubborn};
use super::world::{World, taken};

/// How many worlds are drawn for each flow.
const WORLDS: u64 = 60;

macro_rules! holds {
    ($flow:ty, $relation:tt, $test:ident $(, with $playbook:ident)*) => {
        #[tokio::test(start_paused = true)]
        async fn $test() {
            let worst_case = <$flow>::WORST_CASE.expect("all of its nodes have timeouts");
            let world = World::worst();
            let longest = taken(<$flow>::flow(), &world).await;
            assert!(longest $relation worst_case, "{longest:?} {worst_case:?}");
            within_attempts!($flow, "", world);
            for seed in 0..WORLDS {
                let world = World::drawn(seed);
                let taken = taken(<$flow>::flow(), &world).await;
                assert!(taken <= worst_case, "{taken:?} in world {seed}");
                within_attempts!($flow, "", world);
                $(within_attempts!($flow, $playbook, concat!(stringify!($playbook), "/"), world);)*
            }
        }
    };
}

macro_rules! within_attempts {
    ($flow:ty, $path:expr, $world:ident) => {
        within_attempts!($flow, $flow, $path, $world)
    };
    ($flow:ty, $of:ty, $path:expr, $world:ident) => {
        for (node, _) in <$of>::WORST_ATTEMPTS.iter() {
            let attempts = <$flow>::WORST_ATTEMPTS.of(&format!("{}{node}", $path));
            let attempts = attempts.expect("all of its maps say how many items they take");
            let made = $world.attempts(node);
            assert!(made <= attempts, "{node}: {made} of {attempts}");
        }
    };
}

flow! {
    struct Line(u32) -> u32;
    quick -> stubborn -> slow;
}
holds!(Line, ==, a_line_takes_all_attempts_and_all_waits_of_its_nodes);

flow! {
    struct Jitter(u32) -> u32;
    jittery -> quick;
}
holds!(Jitter, <=, jitter_shortens_waits);

flow! {
    struct Joined(u32) -> u32;
    quick -> [slow, stubborn] -> join -> pair;
}
holds!(Joined, ==, a_join_waits_for_the_slowest_branch);

flow! {
    struct Settled(u32) -> u32;
    quick -> [slow, hopeless] -> settle -> settled;
}
holds!(Settled, ==, a_settled_branch_counts_to_its_failure);

flow! {
    struct Raced(u32) -> u32;
    quick -> [hopeless, slow] -> race -> quick2;
}
holds!(Raced, <=, a_race_may_be_won_by_the_last);

flow! {
    struct Quorum(u32) -> u32;
    quick -> [stubborn, slow, slow2] -> quorum(2) -> count;
}
holds!(Quorum, <=, a_quorum_may_wait_for_the_slowest);

flow! {
    struct Two(u32) -> u32;
    quick -> [stubborn, slow] -> jittery;
}
holds!(Two, <=, what_two_edges_lead_to_runs_twice_and_at_once);

flow! {
    struct Entries(u32) -> u32;
    slow -> quick;
    stubborn -> quick;
}
holds!(Entries, ==, the_slowest_entry_counts);

flow! {
    struct Around(u32) -> u32;
    quick -> around -> slow -> around;
}
holds!(Around, ==, a_loop_counts_with_all_its_rounds);

flow! {
    #[flow(hops = 3)]
    struct Thrice(u32) -> u32;
    around -> around;
}
holds!(Thrice, ==, a_loop_goes_round_as_often_as_the_header_says);

flow! {
    struct Spared(u32) -> u32;
    quick -> around -> slow -> around else stubborn;
}
holds!(Spared, ==, what_takes_over_from_a_used_up_budget_counts);

flow! {
    struct Routed(u32) -> u32;
    plan -> match {
        Turn::More(n) => quick(n) -> plan,
        Turn::Done(n) => stubborn(n),
    };
}
// The worst world is never done, and so never comes to the last node.
holds!(Routed, <=, an_arm_that_leads_back_counts_with_all_its_rounds);

flow! {
    struct TwoLoops(u32) -> u32;
    quick -> around -> around -> slow -> plan -> match {
        Turn::More(n) => around(n),
        Turn::Done(n) => stubborn(n),
    };
}
holds!(TwoLoops, <=, loops_share_their_rounds);

flow! {
    struct Chain(u32) -> u32;
    quick -> hopeless else stubborn else slow -> quick2;
}
holds!(Chain, <=, fallbacks_count_with_those_before_them);

flow! {
    struct Mapped(u32) -> u32;
    list -> [stubborn -> slow; 3, max = 7] -> join -> count;
}
holds!(Mapped, ==, a_map_counts_with_its_rounds_of_items);

flow! {
    struct Narrow(u32) -> u32;
    list -> [quick -> narrow; 5, max = 7] -> join -> count;
}
holds!(Narrow, <=, items_wait_for_each_other_where_a_node_in_a_map_lets_fewer_run);

flow! {
    struct Narrowest(u32) -> u32;
    list -> [narrow; 5, max = 7] -> join -> count;
}
holds!(Narrowest, ==, items_of_one_node_run_in_as_many_rounds_as_it_lets);

flow! {
    struct Busy(u32) -> u32;
    list -> [busy; 7, max = 7] -> settle -> tally;
}
holds!(Busy, <=, retries_wait_for_permits_too);

flow! {
    struct Scattered(u32) -> u32;
    list -> [quick; 3, max = 7] -> slow;
}
holds!(Scattered, ==, items_that_go_on_by_themselves_are_followed_once);

flow! {
    struct Nested(u32) -> u32;
    list -> [quick -> list2 -> [slow; 4, max = 7] -> join -> count; 2, max = 7] -> join -> count2;
}
holds!(Nested, ==, maps_in_maps_multiply);

flow! {
    struct LoopInMap(u32) -> u32;
    list -> [plan -> match {
        Turn::More(n) => quick(n) -> plan,
        Turn::Done(n) => jittery(n),
    }; 3, max = 7] -> join -> count -> slow;
}
holds!(LoopInMap, <=, each_item_of_a_map_may_use_up_all_rounds);

flow! {
    struct MapInLoop(u32) -> u32;
    plan -> match {
        Turn::More(n) => list(n) -> [quick; 3, max = 7] -> join -> count -> plan,
        Turn::Done(n) => slow(n),
    };
}
holds!(MapInLoop, <=, a_map_runs_in_every_round);

flow! {
    #[flow(retries = 1, backoff = "15ms", hops = 4, jitter = false)]
    struct Inner(u32) -> u32;
    inner_quick -> inner_around -> inner_around else inner_slow;
}

flow! {
    #[flow(timeout = "95ms", retries = 2, backoff = "15ms..20ms", jitter = false)]
    struct Cut(u32) -> u32;
    cut_slow -> cut_stubborn;
}

flow! {
    struct Playing(u32) -> u32;
    quick -> Inner -> Cut;
}
holds!(Playing, <=, a_playbook_counts_with_its_own_figure_and_policy, with Inner, with Cut);

flow! {
    struct Cutting(u32) -> u32;
    quick -> Cut else slow;
}
holds!(Cutting, ==, a_playbook_is_cut_by_its_timeout, with Cut);

flow! {
    struct Parked(u32) -> u32;
    quick -> await Approval within "24h" else shelve -> publish;
}
holds!(Parked, ==, an_await_counts_with_the_time_that_it_is_given);
