//! Whether there is more of a list, and how it is asked for.
