//! Whatever was typed in whatever slices, the view is that of a plain filter and sort of everything.

use std::collections::VecDeque;

use proptest::prelude::*;
use serde_json::{Value, json};
use tui_input::InputRequest;

use super::*;
use crate::{
    app::{
        columns::ColumnId,
        filter::{Facts, Filter, Names},
        fixture::{Desk, context},
        order::{self, Key, Ranks},
        pane::RowRef,
    },
    manifest::Role,
    record::{Record, decode_page},
};

/// Something that happens to a pane.
#[derive(Debug, Clone)]
enum Step {
    /// A letter is typed.
    Type(char),
    /// The last letter is taken back.
    Back,
    /// This many slices are tested.
    Slices(usize),
    /// Rows come for one of the two lists.
    Rows(usize, Vec<(u8, u8, i64)>),
    /// The rows are put in another order.
    Order(usize, bool),
    /// The cursor is moved.
    Select(usize),
}

const COLUMNS: [ColumnId; 4] = [
    ColumnId::Context,
    ColumnId::Name,
    ColumnId::Role(Role::Expires),
    ColumnId::State,
];

fn key((id, name, ends): (u8, u8, i64)) -> Value {
    let names = ["ab", "Abc", "b a", "ba1", "CAB", "é", "a1b2", ""];
    let actions = ["*", "a:b", "b"];
    json!({ "id": id, "description": names[usize::from(name) % names.len()],
            "value_prefix": "ab", "actions": [actions[usize::from(id) % 3]],
            "collections": ["*"], "expires_at": 1_795_000_000 + ends, "autodelete": false })
}

fn step() -> impl Strategy<Value = Step> {
    let row = (any::<u8>(), any::<u8>(), -9i64..9);
    prop_oneof![
        8 => prop::sample::select("aabbc1é  ~!:=\"<OR".chars().collect::<Vec<_>>()).prop_map(Step::Type),
        2 => Just(Step::Back),
        4 => (0usize..4).prop_map(Step::Slices),
        1 => (0usize..2, prop::collection::vec(row, 0..12)).prop_map(|(at, rows)| Step::Rows(at, rows)),
        1 => (0usize..5, any::<bool>()).prop_map(|(at, down)| Step::Order(at, down)),
        1 => (0usize..9).prop_map(Step::Select),
    ]
}

fn desk() -> Desk {
    let mut desk = Desk::new(vec![context("ab", "typesense"), context("c", "typesense")]);
    desk.press("1");
    desk
}

/// Does one step with slices of this many rows.
fn act(model: &mut Model, step: Step, slice: usize) {
    let tab = model.active;
    let sliced = |model: &mut Model, act: &dyn Fn(&mut Pane, &Known<'_>)| {
        with(model, tab, |pane, known| {
            act(pane, &Known { slice, ..*known });
        });
    };
    match step {
        Step::Type(letter) => {
            let line = &mut model.pane_mut().filter;
            line.input.handle(InputRequest::InsertChar(letter));
        }
        Step::Back => {
            let line = &mut model.pane_mut().filter;
            line.input.handle(InputRequest::DeletePrevChar);
        }
        Step::Slices(count) => (0..count).for_each(|_| sliced(model, &Pane::slice)),
        Step::Rows(at, new) => {
            let source = &mut model.pane_mut().sources[at];
            let before = source.rows.len();
            let body = json!({ "keys": new.into_iter().map(key).collect::<Vec<_>>() }).to_string();
            let list = &source.resource.list;
            let page = decode_page(&source.resource, list, body.as_bytes()).unwrap();
            source.rows.append(&page.rows);
            sliced(model, &|pane, known| {
                pane.forget_ranks();
                let new: Vec<_> = pane.rows_from(at, before).collect();
                pane.extend(&new, known);
            });
        }
        Step::Order(at, descending) => {
            let columns = COLUMNS.iter().skip(at).take(2);
            let orders = columns.map(|column| Sorting {
                column: *column,
                descending,
            });
            model.pane_mut().order = orders.collect();
            sliced(model, &Pane::arrange);
        }
        Step::Select(at) => model.pane_mut().select(at, 5),
    }
    let pane = model.pane_mut();
    let names = Names::of(pane.sources.iter().map(|source| &*source.resource));
    let text = pane.filter.input.value();
    if let Ok(filter) = Filter::parse(text, &names) {
        pane.filter.filter = (!text.trim().is_empty()).then_some(filter);
    }
    sliced(model, &Pane::refilter);
}

/// A record with the name of its context.
type Row<'a> = (RowRef, Record<'a>, &'a str);

/// The rows that the filter keeps, sorted afterwards.
fn plain(model: &Model) -> Vec<RowRef> {
    let pane = model.pane();
    let filter = pane.filter.filter.clone().unwrap_or_default();
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (at, source) in (0..).zip(&pane.sources) {
        let context = &model.contexts[source.context];
        let facts = Facts {
            now: model.now,
            context: &context.name,
            backend: &context.manifest.id,
            own: None,
        };
        let kept = filter.positions(&source.rows, 0, &facts);
        rows.extend(kept.map(|row| {
            let place = RowRef {
                source: at,
                row: u32::try_from(row).unwrap(),
            };
            (place, source.rows.record(row), &*context.name)
        }));
    }
    let ranks = order_of(pane).into_iter().map(|order| {
        let keys = rows.iter().map(|(_, record, context)| match order.column {
            ColumnId::Context => Key::Text(context),
            ColumnId::State => Key::Int(crate::app::state::rank(*record, model.now, &model.policy)),
            column => Key::of(column.cell(*record)),
        });
        (Ranks::of(keys), order.descending)
    });
    let ranks: Vec<_> = ranks.collect();
    let by: Vec<_> = ranks.iter().map(|(ranks, down)| (ranks, *down)).collect();
    let places = order::arranged(rows.len(), &by).into_iter();
    places.map(|place| rows[place as usize].0).collect()
}

#[test]
fn rows_that_came_during_a_pass_are_in_the_view_of_the_filter_before() {
    let mut desk = desk();
    let model = &mut desk.model;
    let first = (0..20).map(|at| (at, at, i64::from(at % 5))).collect();
    act(model, Step::Rows(0, first), 30);
    for letter in "!ba".chars() {
        act(model, Step::Type(letter), 30);
    }
    act(model, Step::Type('a'), 5);
    act(model, Step::Rows(0, vec![(200, 76, 0)]), 5);
    act(model, Step::Back, 30);
    assert!(!model.pane().filtering());
    let rows = |view: &[RowRef]| view.iter().map(|row| row.row).max();
    assert_eq!(rows(&model.pane().view), Some(20));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_view_is_that_of_a_plain_filter_and_sort_whatever_was_typed_in_whatever_slices(
        steps in prop::collection::vec(step(), 1..40),
        slice in 1usize..30,
    ) {
        let mut desk = desk();
        let model = &mut desk.model;
        let mut steps = VecDeque::from(steps);
        steps.push_front(Step::Rows(0, (0..20).map(|at| (at, at, i64::from(at % 5))).collect()));
        for step in steps {
            act(model, step, slice);
            if !model.pane().filtering() {
                let mut view = model.pane().view.clone();
                let mut expected = plain(model);
                let key = |row: &RowRef| (row.source, row.row);
                // Rows that come late are put in order once the list is whole.
                view.sort_by_key(key);
                expected.sort_by_key(key);
                prop_assert_eq!(view, expected);
            }
        }
        let tab = model.active;
        rebuild_view(model, tab);
        settle(model, tab);
        prop_assert_eq!(&model.pane().view, &plain(model));
    }

    #[test]
    fn the_cursor_is_on_its_key_when_a_pass_ends(
        text in "[ab1 ]{1,4}", at in 0usize..20, slice in 1usize..30,
    ) {
        let mut desk = desk();
        let model = &mut desk.model;
        act(model, Step::Rows(1, (0..20).map(|at| (at, at, 0)).collect()), slice);
        let tab = model.active;
        rebuild_view(model, tab);
        act(model, Step::Select(at), slice);
        let on = model.pane().view[at];
        for letter in text.chars() {
            act(model, Step::Type(letter), slice);
        }
        while model.pane().filtering() {
            act(model, Step::Slices(1), slice);
        }
        let pane = model.pane();
        if let Some(kept) = pane.view.iter().position(|row| *row == on) {
            prop_assert_eq!(pane.selected, kept);
        } else {
            prop_assert!(pane.selected < pane.view.len().max(1));
        }
    }
}

/// A console on a list that needs several slices.
fn long() -> Desk {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &crate::app::fixture::many(5_000));
    desk.ended(call);
    desk.take();
    desk
}

/// Presses a key and keeps what goes on by itself from going on.
fn key_alone(model: &mut Model, key: &str) -> Vec<Effect> {
    crate::app::update(model, crate::app::Msg::Key(key.parse().unwrap()))
}

#[test]
fn a_long_filter_shows_its_first_rows_at_once_and_goes_on_by_messages() {
    let mut desk = long();
    let model = &mut desk.model;
    key_alone(model, "/");
    let effects = key_alone(model, "7");
    assert!(matches!(effects[..], [Effect::Continue(Tab::ApiKeys)]));
    assert!(model.pane().filtering() && model.pane().view.len() > 40);
    // What is typed meanwhile is not asked for twice.
    let effects = key_alone(model, "7");
    assert!(effects.is_empty());
    let mut rounds = 0;
    while model.pane().filtering() {
        rounds += 1;
        crate::app::update(model, crate::app::Msg::Continue(Tab::ApiKeys));
    }
    assert!(rounds > 2, "{rounds} slices");
    assert_eq!(model.pane().view, plain(model));
}

#[test]
fn a_filter_that_narrows_the_last_one_tests_its_rows_alone() {
    let mut desk = long();
    desk.press("/ 7 7");
    let model = &mut desk.model;
    let shown = model.pane().view.len();
    assert!(shown > 10 && shown < 1_000);
    // One slice is enough for the rows that are left, five are needed for all.
    key_alone(model, "7");
    assert!(!model.pane().filtering());
    key_alone(model, "Backspace");
    assert!(model.pane().filtering());
}

#[test]
fn what_marks_the_rows_shown_waits_for_the_filter() {
    let mut desk = long();
    let model = &mut desk.model;
    for key in ["/", "7", "Enter", "*"] {
        key_alone(model, key);
    }
    assert_eq!(model.pane().marked(), plain(model).len());
}
