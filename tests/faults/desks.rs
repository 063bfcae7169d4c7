//! A kind of keys at the console in memory.

use crate::{
    desk::{Console, Desk},
    kind::{Kind, NAME, Step},
};

impl Kind {
    /// The console on this kind's list, with these lines behind its context.
    pub async fn desk(self, more: &str) -> Desk {
        let mut desk = Desk::with(&[self.context], more).await;
        desk.console.press_and_see(self.tab, self.loaded).await;
        desk.console.rests().await;
        desk
    }

    /// Fills in the form of a new key, but does not send it.
    pub async fn fill(self, console: &mut Console) {
        console.press("n").await;
        for step in self.filling(NAME) {
            match step {
                Step::Press(keys) => console.press(keys).await,
                Step::Type(text) => console.0.type_text(&text),
                Step::Paste(text) => console.0.paste(text),
            }
        }
    }

    /// Puts the cursor on a key that a button is enough to delete; gives its id.
    pub async fn select_a_key(self, desk: &mut Desk) -> String {
        let (id, name) = self.weak(desk).await;
        desk.console.press("/").await;
        desk.console.0.type_text(&format!("{}={id}", self.id_at()));
        desk.console.press("Enter Home").await;
        desk.console
            .until("it is selected", |screen| {
                let mut lines = screen.lines();
                screen.contains("1 of ")
                    && lines.any(|line| line.starts_with('▌') && line.contains(&name))
            })
            .await;
        id
    }

    /// How many keys a test has made.
    pub async fn count(self, desk: &Desk) -> usize {
        self.named(desk, NAME).await.len()
    }

    /// The key of this id is there.
    pub async fn has(self, desk: &Desk, id: &str) -> bool {
        self.ids(desk).await.contains(id)
    }
}
