//! An aligned table of plain text: every column as wide as its widest cell, within a bound. On a terminal
//! longer cells are cut and the widest columns give way until the row fits; elsewhere nothing is cut.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Cells between two columns.
const GAP: usize = 2;
/// No column is made narrower than this to fit.
const LEAST: usize = 6;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// The most cells that it may take.
    pub most: usize,
}

impl<'a> From<&'a str> for Column<'a> {
    fn from(title: &'a str) -> Self {
        Self {
            title,
            most: usize::MAX,
        }
    }
}

/// Lays out rows under their titles; the last column is not padded.
pub(super) fn lay_out<'a>(
    columns: impl IntoIterator<Item = impl Into<Column<'a>>>,
    rows: &[Vec<String>],
    width: Option<usize>,
) -> String {
    let columns: Vec<Column<'a>> = columns.into_iter().map(Into::into).collect();
    let title = |column: &Column<'_>| column.title.to_uppercase();
    let titles: Vec<String> = columns.iter().map(title).collect();
    let mut widths: Vec<usize> = titles.iter().map(|title| title.width()).collect();
    for row in rows {
        for ((width, cell), column) in widths.iter_mut().zip(row).zip(&columns) {
            *width = (*width).max(cell.width().min(column.most));
        }
    }
    let whole = width.is_none();
    if let Some(width) = width {
        shrink(&mut widths, width);
    }
    let mut text = String::new();
    for row in std::iter::once(&titles).chain(rows) {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths) {
            let cell = if whole {
                cell.clone()
            } else {
                cut(cell, width)
            };
            let pad = width.saturating_sub(cell.width()) + GAP;
            let _ = write!(line, "{cell}{:pad$}", "");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Takes cells from the widest columns until the row fits or nothing can be taken.
fn shrink(widths: &mut [usize], most: usize) {
    let whole =
        |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    while whole(widths) > most {
        match widths.iter_mut().max() {
            Some(widest) if *widest > LEAST => *widest -= 1,
            _ => return,
        }
    }
}

/// The text within so many cells; what is left out is marked.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for cluster in text.graphemes(true) {
        used += cluster.width();
        if used > width {
            break;
        }
        kept.push_str(cluster);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_their_width_on_screen() {
        let rows = vec![
            vec!["日本".to_owned(), "a".to_owned()],
            vec!["x".to_owned(), "b".to_owned()],
        ];
        assert_eq!(
            lay_out(["n", "id"], &rows, None),
            "N     ID\n日本  a\nx     b\n"
        );
    }

    #[test]
    fn a_cell_beyond_the_bound_is_cut_on_a_terminal_and_whole_elsewhere() {
        let rows = vec![
            vec!["abcdefgh".to_owned(), "1".to_owned()],
            vec!["ab".to_owned(), "2".to_owned()],
        ];
        let columns = || {
            [
                Column {
                    title: "n",
                    most: 4,
                },
                Column::from("id"),
            ]
        };
        assert_eq!(
            lay_out(columns(), &rows, Some(80)),
            "N     ID\nabc…  1\nab    2\n"
        );
        assert_eq!(
            lay_out(columns(), &rows, None),
            "N     ID\nabcdefgh  1\nab    2\n"
        );
    }

    #[test]
    fn the_widest_column_gives_way_on_a_narrow_screen() {
        let rows = vec![vec![
            "a name that is long".to_owned(),
            "id-12345".to_owned(),
        ]];
        assert_eq!(
            lay_out(["name", "id"], &rows, Some(20)),
            "NAME        ID\na name th…  id-12345\n"
        );
        for width in 0..40 {
            let widest = lay_out(["name", "id"], &rows, Some(width))
                .lines()
                .map(str::width)
                .max();
            assert!(widest <= Some(width.max(14)));
        }
    }
}
