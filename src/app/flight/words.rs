//! What became of a write, in words.

use super::Flight;
use crate::{api::ApiError, manifest::Verb};

/// What was done, as a sentence.
pub(super) fn done_words(flight: &Flight) -> String {
    let key = flight.key();
    let words = match flight.verb {
        Verb::Create => format!("{key} was created."),
        Verb::Update => format!("{key} was changed."),
        Verb::Rotate if flight.resource.ends_at_once() => {
            format!("{key} has a new secret; the old one is dead.")
        }
        Verb::Rotate => format!("{key} has a new secret; the old one may work for a while."),
        Verb::Delete => match flight.resource.linger {
            Some(seconds) => {
                format!("{key} was deleted. It may keep working for up to {seconds} s.")
            }
            None => format!("{key} was deleted."),
        },
        Verb::Act(at) => format!("{key}: “{}” is done.", flight.resource.action_title(at)),
    };
    capital(&words)
}

/// What was not done, without a full stop.
pub(super) fn not_done_words(flight: &Flight) -> String {
    let what = match flight.verb {
        Verb::Create => "was not created",
        Verb::Update => "was not changed",
        Verb::Rotate => "was not regenerated; its secret still works",
        Verb::Delete => "was not deleted",
        Verb::Act(at) => {
            let title = flight.resource.action_title(at);
            let words = format!("{} is as it was: “{title}” was not done", flight.key());
            return capital(&words);
        }
    };
    capital(&format!("{} {what}", flight.key()))
}

/// The words as the beginning of a sentence.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.map_or_else(String::new, |first| format!("{first}{}", letters.as_str()))
}

/// An error as a sentence: some words come with their full stop.
#[must_use]
pub fn sentence(error: &ApiError) -> String {
    let words = match error {
        // The service's own words stay as they are.
        ApiError::Refused { message, .. } if !message.is_empty() => error.to_string(),
        ours => capital(&ours.to_string()),
    };
    stopped(words)
}

/// The words with a full stop, which some have already.
#[must_use]
pub fn stopped(words: String) -> String {
    if words.ends_with('.') {
        words
    } else {
        words + "."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Meaning;

    #[test]
    fn the_words_of_a_service_stay_as_they_are_and_ours_begin_a_sentence() {
        for (message, told) in [
            ("", "The server answered 400."),
            ("name is bad.", "name is bad. (400)."),
        ] {
            let error = crate::app::fixture::refused(400, Meaning::Invalid, message, &[]);
            assert_eq!(sentence(&error), told);
        }
    }
}
