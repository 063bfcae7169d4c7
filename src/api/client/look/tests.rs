//! When a lost write is looked at, on a clock that stands still.

use tokio::time::Instant;

use super::*;

/// The seconds at which was looked, what was told before each look, and the last sighting.
async fn looked(
    verb: Verb,
    seen: &[fn() -> Sighting],
) -> (Vec<f64>, Vec<(usize, usize)>, Sighting) {
    let start = Instant::now();
    let (mut at, mut told) = (Vec::new(), Vec::new());
    let mut seen = seen.iter();
    let mut tell = |round, of| told.push((round, of));
    let mut look = || {
        at.push(start.elapsed().as_secs_f64());
        let sighting = seen.next().map_or(Sighting::Absent, |sighting| sighting());
        std::future::ready(sighting).boxed()
    };
    let last = follow(verb, &WAITS, &mut tell, &mut look).await;
    let at = at.iter().map(|at| (at * 10.0).round() / 10.0).collect();
    (at, told, last)
}

fn exists() -> Sighting {
    let manifest = crate::manifest::load_builtin("runai").unwrap();
    let resource = Arc::clone(manifest.resource("access-keys").unwrap());
    let id = KeyId::new("1", resource.id_kind()).unwrap();
    Sighting::Exists(id, Rows::new(resource))
}

fn absent() -> Sighting {
    Sighting::Absent
}

fn present() -> Sighting {
    Sighting::Present
}

fn different() -> Sighting {
    Sighting::Different
}

fn unclear() -> Sighting {
    Sighting::Unclear(ApiError::Lost("no answer".to_owned()).into())
}

#[tokio::test(start_paused = true)]
async fn a_create_that_does_not_show_is_looked_for_five_times_within_sixteen_seconds() {
    let (at, told, last) = looked(Verb::Create, &[]).await;
    // Half a second, then 1, 2, 4 and 8 more.
    assert_eq!(at, [0.5, 1.5, 3.5, 7.5, 15.5]);
    assert_eq!(told, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
    assert!(matches!(last, Sighting::Absent));
}

#[tokio::test(start_paused = true)]
async fn looking_ends_with_the_look_that_settles_it() {
    let (at, _, last) = looked(Verb::Create, &[absent, unclear, exists]).await;
    assert_eq!(at, [0.5, 1.5, 3.5]);
    assert!(matches!(last, Sighting::Exists(..)));
    let several = || Sighting::Several(Vec::new());
    assert_eq!(looked(Verb::Create, &[several]).await.0, [0.5]);
    assert_eq!(looked(Verb::Update, &[|| Sighting::Same]).await.0, [0.5]);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_is_settled_by_its_absence_and_a_key_that_is_still_there_is_looked_at_again() {
    let (at, _, last) = looked(Verb::Delete, &[present, unclear, absent]).await;
    assert_eq!(at, [0.5, 1.5, 3.5]);
    assert!(matches!(last, Sighting::Absent));
    let (at, _, last) = looked(Verb::Delete, &[present as fn() -> Sighting; 5]).await;
    assert_eq!(at.len(), 5);
    assert!(matches!(last, Sighting::Present));
    assert_eq!(
        looked(Verb::Update, &[different as fn() -> Sighting; 5])
            .await
            .0
            .len(),
        5
    );
}

#[tokio::test(start_paused = true)]
async fn what_stays_unclear_ends_unclear() {
    let (at, _, last) = looked(Verb::Create, &[unclear as fn() -> Sighting; 5]).await;
    assert_eq!(at.len(), 5);
    assert!(matches!(last, Sighting::Unclear(Doubt::Unread(_))));
}
