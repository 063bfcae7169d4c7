//! Many keys are deleted or rotated by one plan: every key is in it with what will happen to it, its number
//! is typed once, and each row then ends with an outcome of its own. [`queue`] says which row begins when,
//! for the console and for scripts alike.

pub mod plan;
pub mod queue;
