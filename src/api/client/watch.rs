//! Somebody who writes a manifest sees what answers are made of: names and shapes, kept beside the rows
//! while a client is told to.

use std::sync::{Mutex, PoisonError};

use super::Client;
use crate::record::survey::Survey;

impl Client {
    /// A client that keeps what its answers are made of.
    #[must_use]
    pub fn watched(self) -> Self {
        Self {
            survey: Some(Mutex::default()),
            ..self
        }
    }

    /// What the answers since the last time were made of.
    pub fn surveyed(&self) -> Survey {
        let mut seen = Survey::default();
        self.watch(|survey| seen = std::mem::take(survey));
        seen
    }

    /// Looks at an answer, where somebody asked for that.
    pub(super) fn watch(&self, look: impl FnOnce(&mut Survey)) {
        if let Some(survey) = &self.survey {
            look(&mut survey.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}
