//! A graph as an SVG picture: `layout` gives each box and arrow its place, `shapes` and `path` draw
//! them, and `style` colours them.

mod layout;
mod path;
mod place;
mod shapes;
mod style;
mod text;

use std::fmt;

use super::picture::{Arrow, ArrowKind, Drawn, Picture};
use super::{Figures, Graph, StoredGraph};
use layout::{Below, Layout, Route};
pub(crate) use place::number;
pub use style::Theme;
pub(crate) use style::chart_sheet;
pub(crate) use text::{CHARACTER, escaped};

impl Graph {
    /// The graph as an SVG picture, for pages in light and in dark. [`Graph::svg`] has options.
    ///
    /// Nodes have corners that are slightly round; playbooks have a double border, joins are
    /// hexagons, the start of a map is a pile of sheets, and an `await` has a sign of two bars.
    /// Rounds of a loop, fallbacks and `Break`s are dashed, each in its colour. The picture of a
    /// graph is always the same, byte for byte.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// let flow = flow! { double };
    /// assert!(flow.graph().to_svg().starts_with("<svg "));
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "svg")))]
    pub fn to_svg(&self) -> String {
        self.svg().to_string()
    }

    /// The graph as an SVG picture, which can be given types and a theme.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use penguiflow::Theme;
    ///
    /// #[node]
    /// async fn count(text: String) -> usize {
    ///     text.len()
    /// }
    ///
    /// let flow = flow! { count };
    /// let svg = flow.graph().svg().types().theme(Theme::Dark).to_string();
    /// assert!(svg.contains(">usize</tspan>"));
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "svg")))]
    pub fn svg(&self) -> Svg<'_> {
        Svg::of(self)
    }
}

impl StoredGraph {
    /// The graph as an SVG picture, as [`Graph::to_svg`] draws it.
    #[cfg_attr(docsrs, doc(cfg(feature = "svg")))]
    pub fn to_svg(&self) -> String {
        self.svg().to_string()
    }

    /// The graph as an SVG picture, which can be given types and a theme.
    #[cfg_attr(docsrs, doc(cfg(feature = "svg")))]
    pub fn svg(&self) -> Svg<'_> {
        Svg::of(self)
    }
}

/// The SVG picture of a graph: its [`Display`](fmt::Display) writes it. See [`Graph::svg`].
#[derive(Debug, Clone, Copy)]
#[must_use = "the picture is written by `to_string`"]
pub struct Svg<'g> {
    graph: &'g dyn Drawn,
    has_types: bool,
    below: Below<'g>,
    is_embedded: bool,
    theme: Theme,
}

impl<'g> Svg<'g> {
    fn of(graph: &'g dyn Drawn) -> Self {
        Self {
            graph,
            has_types: false,
            below: Below::Nothing,
            is_embedded: false,
            theme: Theme::default(),
        }
    }

    /// Writes the type of the payload beside each arrow.
    pub fn types(mut self) -> Self {
        self.has_types = true;
        self
    }

    /// Writes below each node's name how often it was visited, the median of its time, and how many
    /// visits failed.
    ///
    /// ```
    /// use penguiflow::Recording;
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn count(text: String) -> usize {
    ///     text.len()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let recording = Recording::new();
    /// let flow = flow! { count }.observe(recording.clone());
    /// flow.run("krill".to_owned()).await?;
    /// flow.flush().await;
    /// let svg = flow.graph().svg().figures(&recording.figures()).to_string();
    /// assert!(svg.contains(">1 ×"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn figures(mut self, figures: &'g Figures) -> Self {
        self.below = Below::Figures(figures);
        self
    }

    /// For a page that colours the picture and writes figures into it: no style sheet and no `style`
    /// attributes, so that a strict content security policy allows it; each node is a group with its
    /// name as `data-node`, and has two empty texts of the class `figure` below its name, of which the
    /// second one also has the class `bad`.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn count(text: String) -> usize {
    ///     text.len()
    /// }
    ///
    /// let svg = flow! { count }.graph().svg().embedded().to_string();
    /// assert!(svg.contains(r#"<g class="visit" data-node="count">"#) && !svg.contains("<style>"));
    /// ```
    pub fn embedded(mut self) -> Self {
        self.below = Below::Room;
        self.is_embedded = true;
        self
    }

    /// Sets the colours.
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// Whether the text of an arrow is written: that of an arm and of a fallback always is.
    fn shows(&self, arrow: &Arrow) -> bool {
        let is_choice = matches!(arrow.kind, ArrowKind::Arm | ArrowKind::Fallback);
        self.has_types || is_choice || arrow.is_routed
    }

    fn write_sheet(&self, f: &mut fmt::Formatter<'_>, picture: &Picture<'_>) -> fmt::Result {
        if self.is_embedded {
            return Ok(());
        }
        let marks = picture.marked().next().map_or("", |_| style::MARKED);
        writeln!(f, "<style>{}{marks}</style>", style::sheet(self.theme))
    }

    fn arrows(&self, picture: &Picture<'_>) -> Vec<Arrow> {
        let mut arrows: Vec<_> = picture.arrows().collect();
        for arrow in &mut arrows {
            if !self.shows(arrow) {
                arrow.label.clear();
            }
        }
        arrows
    }
}

impl fmt::Display for Svg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let picture = self.graph.picture();
        let Layout {
            width,
            height,
            boxes,
            routes,
        } = Layout::of(&picture, &self.arrows(&picture), self.below);
        let name = text::escaped(picture.name);
        let fits = match self.is_embedded {
            true => "",
            false => r#" style="max-width:100%;height:auto""#,
        };
        writeln!(
            f,
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="penguiflow" role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}"{fits}>"#
        )?;
        writeln!(f, "<title>{name}</title>")?;
        self.write_sheet(f, &picture)?;
        writeln!(f, "<defs>{}</defs>", path::heads())?;
        writeln!(f, r#"<rect class="page" width="100%" height="100%"/>"#)?;
        for route in &routes {
            writeln!(f, "{}", path::arrow(route))?;
        }
        for placed in &boxes {
            let drawn = match self.is_embedded && placed.shape.is_some() {
                true => shapes::named(placed),
                false => shapes::of(placed),
            };
            writeln!(f, "{drawn}")?;
        }
        // Above all lines, which a label may touch.
        for route in &routes {
            write!(f, "{}", label(route))?;
        }
        writeln!(f, "</svg>")
    }
}

fn label(route: &Route) -> String {
    match &route.label {
        Some((at, lines)) => {
            let class = format!("label {}", route.kind.class());
            shapes::behind(*at, lines) + &text::centred(&class, *at, lines) + "\n"
        }
        None => String::new(),
    }
}
