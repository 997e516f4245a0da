//! The two layouts of a figure: one for a page, one for a phone.

/// How wide a figure is drawn. The type sizes are the same in both, so that text which is 17 units
/// high is 12 px on a phone, whose column is 360 px wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// For a page.
    Wide,
    /// For a screen less than 500 px wide.
    Small,
}

impl Layout {
    /// Both.
    pub const ALL: [Layout; 2] = [Layout::Wide, Layout::Small];

    /// Width of the figure in user units.
    pub fn width(self) -> f64 {
        match self {
            Layout::Wide => 660.0,
            Layout::Small => 480.0,
        }
    }

    /// Distance from the card's edge to its content.
    pub fn pad(self) -> f64 {
        match self {
            Layout::Wide => 20.0,
            Layout::Small => 14.0,
        }
    }

    /// The name of the file that holds a drawing in this layout, if `name` holds the wide one.
    ///
    /// ```
    /// use minigrad_plot::Layout;
    /// assert_eq!(Layout::Wide.file("loss.svg"), "loss.svg");
    /// assert_eq!(Layout::Small.file("loss.svg"), "loss-small.svg");
    /// ```
    pub fn file(self, name: &str) -> String {
        match (self, name.strip_suffix(".svg")) {
            (Layout::Small, Some(stem)) => format!("{stem}-small.svg"),
            _ => name.to_owned(),
        }
    }
}

/// A figure in both layouts, as SVG.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// For a page.
    pub wide: String,
    /// For a phone.
    pub small: String,
}

impl Drawing {
    /// The files of a drawing whose wide layout is named `name`.
    pub fn files(&self, name: &str) -> [(String, &str); 2] {
        [(Layout::Wide.file(name), &self.wide), (Layout::Small.file(name), &self.small)]
    }
}
