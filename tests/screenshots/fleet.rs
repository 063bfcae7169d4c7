//! Several contexts in one table, on their way and there, and the choice of them.

use super::{
    Shot,
    Stage::{Back, Fleet},
    Step::Press,
    WIDE,
    stage::Third,
};

pub const SHOTS: &[Shot] = &[
    Shot {
        name: "fleet-loading",
        size: WIDE,
        stage: Fleet(Third::Silent),
        steps: &[],
        shows: "2 of 3 contexts",
    },
    Shot {
        name: "fleet-partial",
        size: WIDE,
        stage: Fleet(Third::Down),
        steps: &[],
        shows: "2 of 3 contexts",
    },
    Shot {
        name: "fleet",
        size: WIDE,
        stage: Fleet(Third::Answers),
        steps: &[],
        shows: "3 contexts, 1 PROD",
    },
    Shot {
        name: "switcher",
        size: WIDE,
        stage: Fleet(Third::Answers),
        steps: &[Press("c")],
        shows: "Space marks",
    },
    Shot {
        name: "new-since",
        size: WIDE,
        stage: Back,
        steps: &[],
        shows: "new since",
    },
];
