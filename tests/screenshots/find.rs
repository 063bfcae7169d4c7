//! Keys are found: filters, orders, columns, groups, the admin's filter at the service, a leaked value.

use super::{
    Shot,
    Stage::{Demo, Fleet},
    Step::{Await, Leak, Press, Type},
    WIDE,
    stage::Third,
};

pub const SHOTS: &[Shot] = &[
    Shot {
        name: "filter-error",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("/"), Type("beacon OR age>90q")],
        shows: "^",
    },
    Shot {
        name: "filter-completion",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("/"), Type("beacon OR used:")],
        shows: "unrecorded",
    },
    Shot {
        name: "matches",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("/"), Type("~atlas OR beacon"), Press("Enter")],
        shows: "shown",
    },
    Shot {
        name: "sort",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[
            Press("o"),
            Await("Sort"),
            Press("Down Space Down Down Down Down Down Space"),
        ],
        shows: "↑2  Expires",
    },
    Shot {
        name: "columns",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("|")],
        shows: "Columns",
    },
    Shot {
        name: "groups",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("4"), Await("Created by"), Press("b")],
        shows: "keys by creator",
    },
    Shot {
        name: "server-filter",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[
            Press("4"),
            Await("Created by"),
            Press("F"),
            Await("Filter at the server"),
            Press("Tab ctrl-o ctrl-s"),
            Await("server:"),
            Press("/"),
            Type("used>3d"),
            Press("Enter"),
        ],
        shows: "here:",
    },
    Shot {
        name: "whose-key",
        size: WIDE,
        stage: Fleet(Third::Answers),
        steps: &[
            Press("w"),
            Await("Whose key is this?"),
            Leak,
            Press("Enter"),
        ],
        shows: "The value is gone from here",
    },
    Shot {
        name: "saved-filters",
        size: WIDE,
        stage: Fleet(Third::Answers),
        steps: &[Press(".")],
        shows: "powerful",
    },
];
