//! Rotations on the real binary, left and ended at each step.
