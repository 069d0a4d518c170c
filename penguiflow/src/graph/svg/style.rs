//! The colours of a picture, as a style sheet.

/// The colours of an SVG picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Theme {
    /// Light or dark, as the page's reader prefers.
    #[default]
    Auto,
    /// Dark on white.
    Light,
    /// Light on black.
    Dark,
}

struct Palette {
    page: &'static str,
    text: &'static str,
    line: &'static str,
    node: &'static str,
    border: &'static str,
    playbook: &'static str,
    join: &'static str,
    map: &'static str,
    wait: &'static str,
    arm: &'static str,
    round: &'static str,
    fallback: &'static str,
}

const LIGHT: Palette = Palette {
    page: "#ffffff",
    text: "#1f2933",
    line: "#616e7c",
    node: "#f3f6f9",
    border: "#8593a3",
    playbook: "#e8effc",
    join: "#e9f6ec",
    map: "#fdf3dc",
    wait: "#f7e9f6",
    arm: "#0b6b8a",
    round: "#6d3fc0",
    fallback: "#b4470b",
};

const DARK: Palette = Palette {
    page: "#14181d",
    text: "#e6eaee",
    line: "#93a1b0",
    node: "#222a33",
    border: "#6b7a8a",
    playbook: "#1d2c47",
    join: "#1c3324",
    map: "#3a3018",
    wait: "#38233a",
    arm: "#5cc3e4",
    round: "#b79bf0",
    fallback: "#f0965c",
};

/// The rules for the picture of a graph. They are those of pictures alone, also within a page.
pub(super) fn sheet(theme: Theme) -> String {
    themed(theme, FONT, rules)
}

/// The rules for a time line.
pub(crate) fn chart_sheet(theme: Theme) -> String {
    themed(theme, CHART_FONT, chart_rules)
}

fn themed(theme: Theme, font: &str, rules: fn(&Palette) -> String) -> String {
    let colours = match theme {
        Theme::Light => rules(&LIGHT),
        Theme::Dark => rules(&DARK),
        Theme::Auto => {
            let dark = rules(&DARK);
            let light = rules(&LIGHT);
            format!("{light}@media(prefers-color-scheme:dark){{{dark}}}")
        }
    };
    font.to_owned() + &colours
}

const CHART_FONT: &str = "\
.penguiflow-time text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}\
.penguiflow-time .took{text-anchor:end}\
.penguiflow-time .axis{font-size:11px}";

fn chart_rules(palette: &Palette) -> String {
    let Palette {
        page,
        text,
        line,
        node,
        border,
        arm,
        round,
        fallback,
        ..
    } = palette;
    let fills = [
        ("page", page),
        ("name", text),
        ("took", line),
        ("axis", line),
        ("succeeded", arm),
        ("running", round),
        ("failed", fallback),
        ("timed-out", fallback),
        ("cancelled", border),
        ("wait", node),
        ("parked", node),
    ];
    let fills = fills.map(|(kind, fill)| format!(".penguiflow-time .{kind}{{fill:{fill}}}"));
    fills.concat()
        + &format!(
            ".penguiflow-time .wait,.penguiflow-time .parked{{stroke:{border}}}\
             .penguiflow-time .parked{{stroke-dasharray:3 3}}\
             .penguiflow-time .tick{{stroke:{border};stroke-opacity:0.3}}"
        )
}

/// The rule for marked nodes, which few pictures have.
pub(super) const MARKED: &str = ".penguiflow .marked .node{stroke-width:3.5}";

const FONT: &str = "\
.penguiflow text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
text-anchor:middle}\
.penguiflow .label,.penguiflow .figure{font-size:11.5px}\
.penguiflow .arrow{fill:none;stroke-width:1.4}\
.penguiflow .arrow.round,.penguiflow .arrow.fallback{stroke-dasharray:6 4}\
.penguiflow .arrow.break{stroke-dasharray:2 3}\
.penguiflow .inner{fill:none}";

fn rules(palette: &Palette) -> String {
    let Palette {
        page,
        text,
        line,
        node,
        border,
        playbook,
        join,
        map,
        wait,
        arm,
        round,
        fallback,
    } = palette;
    let colours = [("plain", line), ("arm", arm), ("round", round)];
    let colours = colours
        .into_iter()
        .chain([("fallback", fallback), ("break", line)]);
    let arrows = colours.map(|(kind, colour)| {
        format!(
            ".penguiflow .arrow.{kind}{{stroke:{colour}}}\
             .penguiflow .head.{kind},.penguiflow .label.{kind}{{fill:{colour}}}"
        )
    });
    let fills = [
        ("playbook", playbook),
        ("join", join),
        ("map", map),
        ("await", wait),
    ];
    let fills = fills.map(|(kind, fill)| format!(".penguiflow .node.{kind}{{fill:{fill}}}"));
    format!(
        ".penguiflow .page,.penguiflow .behind{{fill:{page}}}.penguiflow .name{{fill:{text}}}\
         .penguiflow .node,.penguiflow .end{{fill:{node};stroke:{border}}}\
         .penguiflow .inner{{stroke:{border}}}.penguiflow .bar{{fill:{text}}}\
         .penguiflow .figure{{fill:{line}}}.penguiflow .figure.bad{{fill:{fallback}}}{}{}",
        fills.concat(),
        arrows.collect::<String>(),
    )
}
