//! A screen of the terminal as a picture: SVG with real text, and PNG drawn with an embedded font, so
//! that both look the same on every machine.

use std::{fmt::Write, sync::Arc};

use resvg::{tiny_skia, usvg};
use vt100::Color;

/// Width of a cell: what the font advances at [`FONT`].
const CELL: f32 = 8.43;
const LINE: f32 = 18.0;
const FONT: f32 = 14.0;
const MARGIN: f32 = 12.0;
const FOREGROUND: &str = "#d8dee9";
const BACKGROUND: &str = "#1b1f27";
/// The 16 colours of a usual dark terminal.
const PALETTE: [&str; 16] = [
    "#2b303b", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
    "#6b7385", "#ef8f97", "#b5d79a", "#f0d399", "#8bc4f5", "#d79ae8", "#7fd0da", "#ffffff",
];

/// How a cell is drawn; a run of cells of one look is one element.
#[derive(Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an attribute that a terminal switches by itself"
)]
struct Look {
    ink: String,
    paper: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
}

/// A word of one look, and the column that it starts at.
struct Run {
    column: u16,
    columns: u16,
    text: String,
    look: Look,
}

/// The screen as an SVG document.
pub fn svg(screen: &vt100::Screen, title: &str) -> String {
    let (rows, columns) = screen.size();
    let width = f32::from(columns.get()) * CELL + 2.0 * MARGIN;
    let height = f32::from(rows.get()) * LINE + 2.0 * MARGIN;
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.2} {height:.2}">
<title>{}</title>
<desc>{}</desc>
<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>
<g shape-rendering="crispEdges" font-family="Hack, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="{FONT}">
"#,
        escape(title),
        escape(&screen.contents())
    );
    for row in 0..rows.get() {
        for run in runs(screen, row, columns.get()) {
            draw(&mut out, &run, row);
        }
    }
    if !screen.hide_cursor() {
        cursor(&mut out, screen);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// The cursor as a bar before its cell.
fn cursor(out: &mut String, screen: &vt100::Screen) {
    let (row, column) = screen.cursor_position();
    let x = f32::from(column) * CELL + MARGIN;
    let y = f32::from(row) * LINE + MARGIN;
    let _ = writeln!(
        out,
        r#"<rect x="{x:.2}" y="{y:.2}" width="2" height="{LINE}" fill="{FOREGROUND}"/>"#
    );
}

/// An SVG document as PNG at one and a half times its size.
pub fn png(svg: &str) -> Vec<u8> {
    let mut options = usvg::Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(
        epaint_default_fonts::HACK_REGULAR,
    )));
    // For characters that the embedded font lacks, where the machine has them.
    fonts.load_system_fonts();
    fonts.set_monospace_family("Hack");
    let tree = usvg::Tree::from_str(svg, &options).unwrap();
    let size = tree.size().to_int_size().scale_by(1.5).unwrap();
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).unwrap();
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(1.5, 1.5),
        &mut pixels.as_mut(),
    );
    pixels.encode_png().unwrap()
}

/// The row cut where the look changes, at blanks, and around wide characters.
fn runs(screen: &vt100::Screen, row: u16, columns: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column) else {
            continue;
        };
        if cell.is_wide_continuation() {
            continue;
        }
        let (look, text) = (look(cell), cell.contents());
        let columns = if cell.is_wide() { 2 } else { 1 };
        let blank = text.trim().is_empty();
        match runs.last_mut() {
            Some(run)
                if run.look == look
                    && run.column + run.columns == column
                    && run.text.trim().is_empty() == blank
                    && columns == 1 =>
            {
                run.columns += 1;
                run.text.push_str(text);
            }
            _ => runs.push(Run {
                column,
                columns,
                text: text.to_owned(),
                look,
            }),
        }
    }
    runs
}

fn draw(out: &mut String, run: &Run, row: u16) {
    let x = f32::from(run.column) * CELL + MARGIN;
    let y = f32::from(row) * LINE + MARGIN;
    let width = f32::from(run.columns) * CELL;
    let Look {
        ink,
        paper,
        bold,
        dim,
        italic,
        underline,
    } = &run.look;
    if let Some(paper) = paper {
        let _ = writeln!(
            out,
            r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{LINE}" fill="{paper}"/>"#
        );
    }
    if run.text.trim().is_empty() {
        return;
    }
    let mut style = String::new();
    if *bold {
        // The embedded font has one weight.
        let _ = write!(style, r#" stroke="{ink}" stroke-width="0.5""#);
    }
    if *dim {
        style.push_str(r#" opacity="0.65""#);
    }
    if *italic {
        style.push_str(r#" font-style="italic""#);
    }
    if *underline {
        style.push_str(r#" text-decoration="underline""#);
    }
    if run.columns > 1 {
        let _ = write!(style, r#" textLength="{width:.2}""#);
    }
    let base = y + LINE * 0.74;
    let _ = writeln!(
        out,
        r#"<text x="{x:.2}" y="{base:.2}" fill="{ink}"{style}>{}</text>"#,
        escape(&run.text)
    );
}

fn look(cell: &vt100::Cell) -> Look {
    let ink = colour(cell.fgcolor());
    let paper = colour(cell.bgcolor());
    let (ink, paper) = if cell.inverse() {
        (
            Some(paper.unwrap_or_else(|| BACKGROUND.to_owned())),
            Some(ink.unwrap_or_else(|| FOREGROUND.to_owned())),
        )
    } else {
        (ink, paper)
    };
    Look {
        ink: ink.unwrap_or_else(|| FOREGROUND.to_owned()),
        paper,
        bold: cell.bold(),
        dim: cell.dim(),
        italic: cell.italic(),
        underline: cell.underline(),
    }
}

/// None is the terminal's own.
fn colour(colour: Color) -> Option<String> {
    let step = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
    match colour {
        Color::Default => None,
        Color::Idx(index @ 0..16) => Some(PALETTE[usize::from(index)].to_owned()),
        Color::Idx(index @ 16..232) => {
            let index = index - 16;
            let (r, g, b) = (step(index / 36), step(index / 6 % 6), step(index % 6));
            Some(format!("#{r:02x}{g:02x}{b:02x}"))
        }
        Color::Idx(index) => {
            let grey = 8 + 10 * (index - 232);
            Some(format!("#{grey:02x}{grey:02x}{grey:02x}"))
        }
        Color::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
