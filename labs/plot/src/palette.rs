//! Colours, type sizes and the style sheet that every figure carries.

/// A series' colour. Each has a marker shape of its own, so that colour is never the only cue, and
/// any two can be told apart with two kinds of cones. What each stands for is the labs' to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Color {
    /// Blue, circle.
    A,
    /// Orange, square.
    B,
    /// Green, triangle.
    C,
    /// Plum, pale in the dark; diamond.
    D,
    /// Brown, yellow in the dark; inverted triangle.
    E,
    /// Indigo, lavender in the dark; ring.
    F,
    /// Grey, dash: references and everything that is not a measurement.
    Muted,
}

impl Color {
    /// Every colour in order.
    pub const ALL: [Color; 7] =
        [Color::A, Color::B, Color::C, Color::D, Color::E, Color::F, Color::Muted];

    fn letter(self) -> char {
        char::from(b'a' + self as u8)
    }
}

/// The colours of one scheme: the card, its text and lines, the series in the order of [`Color::ALL`].
pub struct Scheme {
    pub card: &'static str,
    pub edge: &'static str,
    pub grid: &'static str,
    pub axis: &'static str,
    pub text: &'static str,
    pub series: [&'static str; 7],
}

pub const LIGHT: Scheme = Scheme {
    card: "#ffffff",
    edge: "#d9dee5",
    grid: "#e6e9ee",
    axis: "#7b8694",
    text: "#1c2430",
    series: ["#0b70c4", "#b8560a", "#1f7f66", "#6e0f5e", "#573a08", "#3f22b8", "#5c6672"],
};

pub const DARK: Scheme = Scheme {
    card: "#1b202b",
    edge: "#343c4a",
    grid: "#303744",
    axis: "#8490a1",
    text: "#eef1f5",
    series: ["#568edc", "#f0802f", "#30b892", "#ffc6e4", "#ffe27a", "#cbb0fb", "#98a2b0"],
};

/// What a thing is drawn in: its role and its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Title,
    Heading,
    Label(Color),
    Small(Color),
    /// What stands in a coloured cell: its halo would be a blot there.
    Count(Color),
    Grid,
    Axis,
    Line(Color),
    Dash(Color),
    Thin(Color),
    Wash(Color),
    Solid(Color),
    /// The card itself: what lies below is hidden.
    Paper,
}

impl Ink {
    /// Its classes in the style sheet.
    pub fn classes(self) -> String {
        match self {
            Ink::Title => "mg-t mg-h".into(),
            Ink::Heading => "mg-t mg-s".into(),
            Ink::Label(c) => format!("mg-t mg-f{}", c.letter()),
            Ink::Small(c) => format!("mg-t mg-n mg-f{}", c.letter()),
            Ink::Count(c) => format!("mg-t mg-k mg-f{}", c.letter()),
            Ink::Grid => "mg-g".into(),
            Ink::Axis => "mg-x".into(),
            Ink::Line(c) => format!("mg-l mg-s{}", c.letter()),
            Ink::Dash(c) => format!("mg-l mg-d mg-s{}", c.letter()),
            Ink::Thin(c) => format!("mg-w mg-s{}", c.letter()),
            Ink::Wash(c) => format!("mg-b mg-f{}", c.letter()),
            Ink::Solid(c) => format!("mg-f{}", c.letter()),
            Ink::Paper => "mg-p".into(),
        }
    }

    /// Size of this ink's text in user units.
    pub fn size(self) -> f64 {
        match self {
            Ink::Title => 21.0,
            Ink::Heading => 18.5,
            Ink::Small(_) | Ink::Count(_) => 17.0,
            _ => 18.0,
        }
    }
}

fn variables(scheme: &Scheme) -> String {
    let mut css = format!(
        "--card:{};--edge:{};--grid:{};--axis:{};--text:{}",
        scheme.card, scheme.edge, scheme.grid, scheme.axis, scheme.text
    );
    for (color, value) in Color::ALL.iter().zip(scheme.series) {
        css += &format!(";--{}:{value}", color.letter());
    }
    css
}

/// The style sheet: selectors start at `.mg`, so a figure included inline leaves its page alone.
pub fn style() -> String {
    let mut css = format!(
        ".mg{{{};font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif}}\n\
         @media (prefers-color-scheme:dark){{.mg{{{}}}}}\n\
         @media print{{.mg{{{}}}}}\n",
        variables(&LIGHT),
        variables(&DARK),
        variables(&LIGHT)
    );
    css += ".mg-card{fill:var(--card);stroke:var(--edge)}.mg-p{fill:var(--card)}\n";
    // The halo keeps a label readable where a curve passes under it.
    css += &format!(
        ".mg .mg-t{{font-size:{}px;fill:var(--text);paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}}\n",
        Ink::Label(Color::A).size()
    );
    css += &format!(
        ".mg .mg-h{{font-size:{}px;font-weight:600}}.mg .mg-s{{font-size:{}px;font-weight:600}}.mg .mg-n{{font-size:{}px}}.mg .mg-k{{font-size:{}px;font-weight:600;stroke:none}}\n",
        Ink::Title.size(),
        Ink::Heading.size(),
        Ink::Small(Color::A).size(),
        Ink::Count(Color::A).size()
    );
    css += ".mg-g{stroke:var(--grid);stroke-width:1}.mg-x{stroke:var(--axis);stroke-width:1.2}\n";
    css += ".mg-l{fill:none;stroke-width:2.6;stroke-linejoin:round;stroke-linecap:round}.mg-d{stroke-dasharray:7 6}.mg-w{fill:none;stroke-width:1.6}.mg-b{opacity:.16}\n";
    for color in Color::ALL {
        let c = color.letter();
        css += &format!(".mg .mg-f{c}{{fill:var(--{c})}}.mg .mg-s{c}{{stroke:var(--{c})}}");
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(hex: &str) -> f64 {
        let channel = |i: usize| {
            let v = f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap()) / 255.0;
            if v <= 0.04045 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_is_readable_on_its_card() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        for scheme in [LIGHT, DARK] {
            for color in scheme.series.iter().chain([&scheme.text]) {
                let ratio = contrast(color, scheme.card);
                assert!(ratio >= 4.5, "{color} on {}: {ratio:.2}", scheme.card);
            }
            assert!(contrast(scheme.axis, scheme.card) >= 3.0);
        }
    }
}
