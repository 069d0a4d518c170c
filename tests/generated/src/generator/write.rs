//! Writes plans as Rust source.

use std::fmt::Write;

use super::{Arm, Body, Chain, Form, HOPS, Habits, Kind, Passes, Plan, Stage, draw};

/// The source of a whole sample: every flow, and a list of them.
pub fn write_sample(seed: u64, flows: u64) -> String {
    let mut source = format!("pub(crate) const SEED: u64 = {seed};\n\n");
    for number in 0..flows {
        source += &write(&draw(seed, number));
        source.push('\n');
    }
    source += "pub(crate) const FLOWS: &[fn() -> Box<dyn Specimen>] = &[\n";
    for number in 0..flows {
        source += &format!("    flow_{number},\n");
    }
    source + "];\n"
}

/// The source of one flow, with the function that makes a specimen of it.
pub fn write(plan: &Plan) -> String {
    let number = plan.number;
    let plays: String = plan.plays.iter().map(item).collect();
    let (item, make) = match plan.form {
        Form::Item => (item(plan), format!("{}::flow", plan.title())),
        Form::Expression => {
            let attribute = attribute(&durable());
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
    let resume = match plan.waits() {
        true => {
            "Some(|flow, trace_id, step, load| Box::pin(flow.resume_step(trace_id, step, load)))"
        }
        false => "None",
    };
    let made = format!("compiled({make}, {run}, {resume})");
    format!("{plays}{item}fn flow_{number}() -> Box<dyn Specimen> {{\n    {made}\n}}\n")
}

/// A flow with a name, and, if it is to be played, with a policy.
fn item(plan: &Plan) -> String {
    let (title, body) = (plan.title(), body(plan));
    let mut options = durable();
    if let Some(part) = plan.part {
        let Habits {
            retries, backoff, ..
        } = Kind::Play(part).habits();
        options.push(format!("hops = {HOPS}"));
        if retries > 0 {
            options.push(format!("retries = {retries}"));
            options.push(format!("backoff = \"{}ms\"", backoff.0));
        }
    }
    let attribute = attribute(&options);
    format!("flow! {{\n{attribute}    struct {title}(Load) -> Load;\n\n{body}}}\n\n")
}

/// What a flow says that a host is to run step by step.
fn durable() -> Vec<String> {
    let wanted = cfg!(feature = "durable");
    wanted.then(|| "durable".to_owned()).into_iter().collect()
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
        let habits = kind.habits();
        if habits.function.is_none() && !matches!(kind, Kind::Play(_)) {
            let (name, ty) = (plan.name(node), habits.name);
            let label = plan.label(node);
            let _ = writeln!(lets, "    let {name}: {ty} = {ty}({label});");
        }
    }
    lets
}

fn statements(plan: &Plan) -> String {
    let statements: Vec<_> = match &plan.body {
        Body::Web(chains) => {
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
            (Some(Stage::Node(from)), Stage::Meet(meet)) if apart && can_part(&meet.branches) => {
                if line.len() > 1 {
                    statements.push(line.join(" -> "));
                }
                let from = plan.name(*from);
                let branches = meet.branches.iter();
                statements
                    .extend(branches.map(|branch| format!("{from} -> {}", text(plan, branch))));
                let ends = meet
                    .branches
                    .iter()
                    .map(|branch| &branch[branch.len() - 1..]);
                let ends: Vec<_> = ends.map(|end| text(plan, end)).collect();
                line = vec![format!("[{}]", ends.join(", ")), meet.joining.word()];
            }
            _ => line.push(written(plan, stage)),
        }
    }
    statements.push(line.join(" -> "));
    statements
}

/// Branches that begin and end with nodes can be named again.
fn can_part(branches: &[Chain]) -> bool {
    let is_node = |stage: Option<&Stage>| matches!(stage, Some(Stage::Node(_)));
    let mut branches = branches.iter();
    branches.all(|branch| is_node(branch.first()) && is_node(branch.last()))
}

fn text(plan: &Plan, chain: &[Stage]) -> String {
    let stages: Vec<_> = chain.iter().map(|stage| written(plan, stage)).collect();
    stages.join(" -> ")
}

fn written(plan: &Plan, stage: &Stage) -> String {
    let group = |branches: &[Chain]| {
        let branches: Vec<_> = branches.iter().map(|branch| text(plan, branch)).collect();
        format!("[{}]", branches.join(", "))
    };
    match stage {
        Stage::Node(node) => plan.name(*node),
        Stage::Else(nodes) => taking_over(plan, nodes),
        Stage::Map(map) => {
            let map_text = format!("[{}; {}]", text(plan, &map.chain), map.at_once);
            let joining = map.joining.map(|joining| format!(" -> {}", joining.word()));
            map_text + &joining.unwrap_or_default()
        }
        Stage::Wait => "await Load".to_owned(),
        Stage::Group(branches) => group(branches),
        Stage::Meet(meet) => format!("{} -> {}", group(&meet.branches), meet.joining.word()),
        Stage::Match(arms) => {
            let arms: Vec<_> = arms
                .iter()
                .map(|arm| written_arm(plan, arm, None))
                .collect();
            format!("match {{ {} }}", arms.join(", "))
        }
        Stage::Loop(round) => {
            let head = plan.name(round.heads[0]);
            let stages = [taking_over(plan, &round.heads)].into_iter();
            let body = round.body.iter().map(|stage| written(plan, stage));
            let again = written_arm(plan, &round.again, Some(&head));
            let done = written_arm(plan, &round.done, None);
            let routing = format!("match {{ {again}, {done} }}");
            stages
                .chain(body)
                .chain([routing])
                .collect::<Vec<_>>()
                .join(" -> ")
        }
    }
}

fn taking_over(plan: &Plan, nodes: &[usize]) -> String {
    let names: Vec<_> = nodes.iter().map(|node| plan.name(*node)).collect();
    names.join(" else ")
}

/// An arm; `back` is the node that it leads back to in the end.
fn written_arm(plan: &Plan, arm: &Arm, back: Option<&str>) -> String {
    let stages = arm.chain.iter().map(|stage| written(plan, stage));
    let mut stages: Vec<_> = stages.chain(back.map(str::to_owned)).collect();
    if arm.rule.passes != Passes::Whole {
        stages[0] += &arm.rule.passed();
    }
    format!("{} => {}", arm.rule.pattern(), stages.join(" -> "))
}
