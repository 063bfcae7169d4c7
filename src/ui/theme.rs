//! Colours have a role, never a place: twelve roles, drawn from the terminal's own sixteen colours unless
//! a named palette is chosen. Whatever a colour says is said by a word or a mark too.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::app::{Accent, Tone};

/// What a piece of the screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Ordinary text.
    Text,
    /// What can be overlooked: absent values, what is unavailable.
    Dim,
    /// Titles of columns and dialogs.
    Title,
    /// Frames.
    Border,
    /// What is in use: the tab in front, the button with the cursor.
    Accent,
    /// Keys to press.
    Key,
    /// The selected row.
    Selection,
    /// What a filter found.
    Match,
    /// As it should be.
    Good,
    /// Worth knowing.
    Info,
    /// To be looked at.
    Warn,
    /// To be acted on.
    Bad,
}

/// Style by role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    text: Style16,
    dim: Style16,
    title: Style16,
    border: Style16,
    accent: Style16,
    key: Style16,
    selection: Style16,
    #[serde(rename = "match")]
    found: Style16,
    good: Style16,
    info: Style16,
    warn: Style16,
    bad: Style16,
}

/// A style as a palette writes it: `bold #88c0d0 on #2e3440`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Style16(Style);

impl TryFrom<String> for Style16 {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut style = Style::new();
        let mut back = false;
        for word in text.split_whitespace() {
            match word {
                "bold" => style = style.add_modifier(Modifier::BOLD),
                "dim" => style = style.add_modifier(Modifier::DIM),
                "underlined" => style = style.add_modifier(Modifier::UNDERLINED),
                "reversed" => style = style.add_modifier(Modifier::REVERSED),
                "on" => back = true,
                colour => {
                    let colour: Color = colour.parse().map_err(|_| {
                        format!("`{colour}` is no colour; write one like `#88c0d0`")
                    })?;
                    style = if back {
                        style.bg(colour)
                    } else {
                        style.fg(colour)
                    };
                }
            }
        }
        Ok(Self(style))
    }
}

/// The named palettes.
const PALETTES: [(&str, &str); 3] = [
    ("dusk", include_str!("../../assets/themes/dusk.toml")),
    ("paper", include_str!("../../assets/themes/paper.toml")),
    (
        "contrast",
        include_str!("../../assets/themes/contrast.toml"),
    ),
];

impl Default for Theme {
    /// The terminal's own colours, which fit its background whether it is light or dark.
    fn default() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let all = |style| Style16(style);
        Self {
            text: all(plain),
            dim: all(plain.add_modifier(Modifier::DIM)),
            title: all(bold),
            border: all(plain.add_modifier(Modifier::DIM)),
            accent: all(bold.fg(Color::Cyan)),
            key: all(plain.fg(Color::Cyan)),
            selection: all(plain.add_modifier(Modifier::REVERSED)),
            found: all(plain.fg(Color::Magenta).add_modifier(Modifier::UNDERLINED)),
            good: all(plain.fg(Color::Green)),
            info: all(plain.fg(Color::Cyan)),
            warn: all(plain.fg(Color::Yellow)),
            bad: all(bold.fg(Color::Red)),
        }
    }
}

impl Theme {
    /// The palette with this name; `terminal` is the default one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name == "terminal" {
            return Some(Self::default());
        }
        let (_, text) = PALETTES.iter().find(|(known, _)| *known == name)?;
        toml::from_str(text).ok()
    }

    /// All names that [`named`](Self::named) knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        std::iter::once("terminal").chain(PALETTES.iter().map(|(name, _)| *name))
    }

    /// How this role looks.
    #[must_use]
    pub fn style(&self, ink: Ink) -> Style {
        match ink {
            Ink::Text => self.text,
            Ink::Dim => self.dim,
            Ink::Title => self.title,
            Ink::Border => self.border,
            Ink::Accent => self.accent,
            Ink::Key => self.key,
            Ink::Selection => self.selection,
            Ink::Match => self.found,
            Ink::Good => self.good,
            Ink::Info => self.info,
            Ink::Warn => self.warn,
            Ink::Bad => self.bad,
        }
        .0
    }
}

/// The role of a tone.
#[must_use]
pub fn of_tone(tone: Tone) -> Ink {
    match tone {
        Tone::Info => Ink::Info,
        Tone::Good => Ink::Good,
        Tone::Warn => Ink::Warn,
        Tone::Bad => Ink::Bad,
    }
}

/// The mark that says a tone without colour.
#[must_use]
pub fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Info => "·",
        Tone::Good => "✓",
        Tone::Warn => "▲",
        Tone::Bad => "✖",
    }
}

/// The colour that marks a context.
#[must_use]
pub fn accent(accent: Accent) -> Style {
    let colour = match accent {
        Accent::Red => Color::Red,
        Accent::Yellow => Color::Yellow,
        Accent::Green => Color::Green,
        Accent::Cyan => Color::Cyan,
        Accent::Blue => Color::Blue,
        Accent::Magenta => Color::Magenta,
        Accent::White => Color::White,
        Accent::Gray => Color::Gray,
    };
    Style::new().fg(colour).add_modifier(Modifier::BOLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_palette_has_all_twelve_roles() {
        for name in Theme::names() {
            assert!(Theme::named(name).is_some(), "{name}");
        }
        assert_eq!(Theme::named("none"), None);
    }

    #[test]
    fn the_default_palette_never_paints_a_background() {
        let theme = Theme::default();
        for ink in [Ink::Text, Ink::Dim, Ink::Selection, Ink::Bad, Ink::Accent] {
            assert_eq!(theme.style(ink).bg, None, "{ink:?}");
        }
    }
}
