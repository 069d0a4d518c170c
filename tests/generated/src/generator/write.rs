//! Writes plans as Rust source.

use std::fmt::Write;

use super::{
    Arm, Await, Body, Chain, Form, HOPS, Map, NodeKind, NodeTraits, Passes, Plan, Stage, generate,
    sample_numbers,
};

/// The source of a whole sample: every flow, and a list of them.
pub fn write_sample(seed: u64, flows: u64) -> String {
    let mut source = format!("pub(crate) const SEED: u64 = {seed};\n\n");
    let numbers = sample_numbers(seed, flows);
    for number in &numbers {
        source += &write(&generate(seed, *number));
        source.push('\n');
    }
    source += "pub(crate) const FLOWS: &[(u64, Make)] = &[\n";
    for number in &numbers {
        source += &format!("    ({number}, flow_{number}),\n");
    }
    source + "];\n"
}

/// The source of one flow, with the function that makes a subject of it.
pub fn write(plan: &Plan) -> String {
    let number = plan.number;
    let items = plan.plays.iter().filter(|play| !play.in_parentheses);
    let plays: String = items.map(item).collect();
    let (item, make) = match plan.form {
        Form::Item => (item(plan), format!("{}::flow", plan.title())),
        Form::Expression => {
            let attribute = attribute(&of_any_form(plan));
            (
                String::new(),
                format!("|| flow! {{\n{attribute}{}}}", body(plan)),
            )
        }
    };
    let run = match plan.is_single() {
        true => "Some(|flow, message| Box::pin(async move { flow.run(message).await }))",
        false => "None",
    };
    let resume = match plan.awaits() {
        true => {
            "Some(|flow, trace_id, step, load| Box::pin(flow.resume_step(trace_id, step, load)))"
        }
        false => "None",
    };
    let made = format!("compiled({make}, {run}, {resume})");
    format!("{plays}{item}fn flow_{number}() -> Box<dyn Subject> {{\n    {made}\n}}\n")
}

/// A flow with a name, and, if it is to be played, with a policy.
fn item(plan: &Plan) -> String {
    let (title, body) = (plan.title(), body(plan));
    let mut options = of_any_form(plan);
    if let Some(part) = plan.part {
        let NodeTraits {
            retries, backoff, ..
        } = NodeKind::Play(part).traits();
        options.push(format!("hops = {HOPS}"));
        if retries > 0 {
            options.push(format!("retries = {retries}"));
            options.push(format!("backoff = \"{}ms\"", backoff.0));
            options.push("jitter = false".to_owned());
        }
    }
    let attribute = attribute(&options);
    format!("flow! {{\n{attribute}    struct {title}(Load) -> Load;\n\n{body}}}\n\n")
}

/// The options of a flow, with or without a name: a host is to run it step by step, if it can, and its
/// rule for headers after joins.
fn of_any_form(plan: &Plan) -> Vec<String> {
    let durable = cfg!(feature = "durable").then_some("durable");
    let headers = plan.first_headers.then_some("headers = \"first\"");
    durable
        .into_iter()
        .chain(headers)
        .map(str::to_owned)
        .collect()
}

fn attribute(options: &[String]) -> String {
    match options {
        [] => String::new(),
        _ => format!("    #[flow({})]\n", options.join(", ")),
    }
}

fn body(plan: &Plan) -> String {
    let (lets, chains) = (lets(plan), statements(plan));
    match plan.lets_last {
        true => chains + &lets,
        false => lets + &chains,
    }
}

fn lets(plan: &Plan) -> String {
    let mut lets = String::new();
    for (node, kind) in plan.nodes.iter().enumerate() {
        let traits = kind.traits();
        if traits.function.is_none() && kind.played().is_none() {
            let (name, ty) = (plan.name(node), traits.name);
            let label = plan.label(node);
            let _ = writeln!(lets, "    let {name}: {ty} = {ty}({label});");
        }
    }
    let parts = plan.plays.iter().filter(|play| play.in_parentheses);
    lets + &parts.map(self::lets).collect::<String>()
}

fn statements(plan: &Plan) -> String {
    let statements: Vec<_> = match &plan.body {
        Body::Graph(chains) => {
            let names = |chain: &Vec<usize>| chain.iter().map(|node| plan.name(*node)).collect();
            let chains = chains.iter().map(names);
            chains.map(|names: Vec<_>| names.join(" -> ")).collect()
        }
        Body::Tree { chains, apart } => {
            let chains = chains.iter();
            chains
                .flat_map(|chain| parted(plan, chain, *apart))
                .collect()
        }
    };
    let statements = conditional(plan, "n0 -> absent", statements);
    let lines = statements.iter().map(|line| format!("    {line};\n"));
    lines.collect()
}

/// A chain, as one statement or as several: `a -> [b, c] -> join -> d` is also `a -> b; a -> c;
/// [b, c] -> join -> d`.
fn parted(plan: &Plan, chain: &Chain, apart: bool) -> Vec<String> {
    let (mut statements, mut line) = (Vec::new(), Vec::new());
    for (place, stage) in chain.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| &chain[before]);
        match (before, stage) {
            (Some(Stage::Node(from)), Stage::Join(join))
                if apart && has_name(plan, before) && can_part(plan, &join.branches) =>
            {
                if line.len() > 1 {
                    statements.push(line.join(" -> "));
                }
                let from = plan.name(*from);
                let branches = join.branches.iter();
                statements
                    .extend(branches.map(|branch| format!("{from} -> {}", text(plan, branch))));
                let ends = join
                    .branches
                    .iter()
                    .map(|branch| &branch[branch.len() - 1..]);
                let ends: Vec<_> = ends.map(|end| text(plan, end)).collect();
                line = vec![format!("[{}]", ends.join(", ")), join.kind.word()];
            }
            _ => line.push(written(plan, stage)),
        }
    }
    statements.push(line.join(" -> "));
    statements
}

/// Branches that begin and end with nodes that have names can be named again.
fn can_part(plan: &Plan, branches: &[Chain]) -> bool {
    let mut branches = branches.iter();
    branches.all(|branch| has_name(plan, branch.first()) && has_name(plan, branch.last()))
}

fn has_name(plan: &Plan, stage: Option<&Stage>) -> bool {
    let is_part = |node: usize| matches!(plan.nodes[node], NodeKind::Part(_));
    matches!(stage, Some(Stage::Node(node)) if !is_part(*node))
}

fn text(plan: &Plan, chain: &[Stage]) -> String {
    let stages: Vec<_> = chain.iter().map(|stage| written(plan, stage)).collect();
    stages.join(" -> ")
}

fn written(plan: &Plan, stage: &Stage) -> String {
    match stage {
        Stage::Node(node) | Stage::Back(node) => node_text(plan, *node),
        Stage::HandOn => "_".to_owned(),
        Stage::Fallback(nodes) => fallback(plan, nodes),
        Stage::Map(map) => written_map(plan, map),
        Stage::Await(place) => awaiting(plan, *place),
        Stage::Group(branches) => group(plan, branches),
        Stage::Join(join) => format!("{} -> {}", group(plan, &join.branches), join.kind.word()),
        Stage::Match(arms) => {
            let arms = arms.iter().map(|arm| written_arm(plan, arm));
            let arms = conditional(plan, "_ => absent", arms.collect());
            format!("match {{ {} }}", arms.join(", "))
        }
        Stage::Loop(round) => {
            let heads = fallback(plan, &round.heads);
            format!("{heads} -> {}", text(plan, &round.body))
        }
    }
}

fn written_map(plan: &Plan, map: &Map) -> String {
    let max = map.max.map(|max| format!(", max = {max}"));
    let max = max.unwrap_or_default();
    let map_text = format!("[{}; {}{max}]", text(plan, &map.chain), map.at_once);
    let kind = map.kind.map(|kind| format!(" -> {}", kind.word()));
    map_text + &kind.unwrap_or_default()
}

fn awaiting(plan: &Plan, place: Await) -> String {
    let mut text = "await Load".to_owned();
    if let Some(within) = place.within {
        text += &format!(" within \"{within}ms\"");
    }
    if let Some(node) = place.fallback {
        text += &format!(" else {}", plan.name(node));
    }
    text
}

fn group(plan: &Plan, branches: &[Chain]) -> String {
    let branches = branches.iter().map(|branch| text(plan, branch)).collect();
    let branches = conditional(plan, "absent", branches);
    format!("[{}]", branches.join(", "))
}

/// The same parts, where the plan says so the first under a condition that holds, and with one that
/// is compiled out.
fn conditional(plan: &Plan, absent: &str, mut parts: Vec<String>) -> Vec<String> {
    if plan.conditional {
        parts[0].insert_str(0, "#[cfg(all())] ");
        parts.insert(0, format!("#[cfg(any())] {absent}"));
    }
    parts
}

/// A node's name, or a part in parentheses.
fn node_text(plan: &Plan, node: usize) -> String {
    let NodeKind::Part(place) = plan.nodes[node] else {
        return plan.name(node);
    };
    let part = &plan.plays[place];
    let chains = part.tree().iter().map(|chain| text(part, chain));
    format!("({})", chains.collect::<String>())
}

fn fallback(plan: &Plan, nodes: &[usize]) -> String {
    let names: Vec<_> = nodes.iter().map(|node| node_text(plan, *node)).collect();
    names.join(" else ")
}

fn written_arm(plan: &Plan, arm: &Arm) -> String {
    let stages = arm.chain.iter().map(|stage| written(plan, stage));
    let mut stages: Vec<_> = stages.collect();
    if arm.rule.passes != Passes::Whole {
        stages[0] += &arm.rule.passed();
    }
    format!("{} => {}", arm.rule.pattern(), stages.join(" -> "))
}
