//! Which keys somebody should look at, and the charts of all of them.

use super::{
    Shot,
    Stage::Demo,
    Step::{Await, Press},
    USUAL, WIDE,
};

pub const SHOTS: &[Shot] = &[
    Shot {
        name: "health",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("h")],
        shows: "next page",
    },
    Shot {
        name: "health-keys",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[
            Press("h"),
            Await("next page"),
            Press("Down Down Down Down Enter"),
        ],
        shows: "Health › ",
    },
    Shot {
        name: "health-age",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("h"), Await("next page"), Press("Tab")],
        shows: "next page",
    },
    Shot {
        name: "health-use",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("h"), Await("next page"), Press("Tab Tab")],
        shows: "next page",
    },
    Shot {
        name: "health-expiry",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("h"), Await("next page"), Press("Tab Tab Tab")],
        shows: "next page",
    },
    Shot {
        name: "health-owners",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("h"), Await("next page"), Press("Tab Tab Tab Tab Tab")],
        shows: "next page",
    },
    Shot {
        name: "health-small",
        size: USUAL,
        stage: Demo(&[]),
        steps: &[Press("h")],
        shows: "next page",
    },
];
