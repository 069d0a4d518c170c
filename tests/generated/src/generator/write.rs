//! Writes plans as Rust source.

use std::fmt::Write;

use super::{Form, Plan, draw};

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
    let body = body(plan);
    let (item, make) = match plan.form {
        Form::Item => {
            let header = format!("    struct Flow{number}(Load) -> Load;\n\n");
            let item = format!("flow! {{\n{header}{body}}}\n\n");
            (item, format!("Flow{number}::flow"))
        }
        Form::Expression => (String::new(), format!("|| flow! {{\n{body}}}")),
    };
    let run = match plan.shape().is_single() {
        true => "Some(|flow, message| Box::pin(async move { flow.run(message).await }))",
        false => "None",
    };
    format!("{item}fn flow_{number}() -> Box<dyn Specimen> {{\n    compiled({make}, {run})\n}}\n")
}

fn body(plan: &Plan) -> String {
    let (lets, chains) = (lets(plan), chains(plan));
    match plan.lets_last {
        true => chains + &lets,
        false => lets + &chains,
    }
}

fn lets(plan: &Plan) -> String {
    let mut lets = String::new();
    for (node, kind) in plan.nodes.iter().enumerate() {
        let habits = kind.habits();
        if habits.function.is_none() {
            let (name, ty) = (plan.name(node), habits.name);
            let _ = writeln!(lets, "    let {name}: {ty} = {ty}({node});");
        }
    }
    lets
}

fn chains(plan: &Plan) -> String {
    let mut chains = String::new();
    for chain in &plan.chains {
        let names: Vec<_> = chain.iter().map(|node| plan.name(*node)).collect();
        let _ = writeln!(chains, "    {};", names.join(" -> "));
    }
    chains
}
