//! Many keys by one plan: the marks, the plan, how far it is, and the outcome of each.

use super::{
    Shot,
    Stage::Demo,
    Step,
    Step::{Answer, Await, Count, Do, Press, Type},
    WIDE,
};

/// From the table to a plan for the keys that have ended.
const PLANNED: &[Step] = &[
    Press("/"),
    Type("is:expired OR beacon"),
    Press("Enter"),
    Await("shown"),
    Press("* d"),
    Await("Type "),
];

pub const SHOTS: &[Shot] = &[
    Shot {
        name: "marks",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Press("Down Space Down Down Space Down v Down Down v")],
        shows: "5 marked",
    },
    Shot {
        name: "bulk-plan",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[Do(PLANNED)],
        shows: "Type ",
    },
    Shot {
        name: "bulk-running",
        size: WIDE,
        stage: Demo(&["--latency", "900", "--fault", "503:1.0:DELETE/keys:1"]),
        steps: &[Do(PLANNED), Count, Press("Enter"), Await("looking")],
        shows: "pauses",
    },
    Shot {
        name: "bulk-outcome",
        size: WIDE,
        stage: Demo(&["--fault", "503:1.0:DELETE/keys:1"]),
        steps: &[
            Do(PLANNED),
            Count,
            Press("Enter"),
            Await("look again"),
            Press("Up Up Up Up Up Up Up Up"),
        ],
        shows: "look again",
    },
    Shot {
        name: "bulk-destination",
        size: WIDE,
        stage: Demo(&[]),
        steps: &[
            Press("/"),
            Type("beacon"),
            Press("Enter"),
            Await("shown"),
            Press("* r"),
            Await("Where do the new"),
            Answer("Enter"),
            Await("stand for the key"),
            Answer("e n v : . e n v : { n a m e }"),
        ],
        shows: "› env:.env:{name}",
    },
];
