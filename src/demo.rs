//! The embedded backend: a real HTTP server over SQLite that speaks all four built-in APIs.
