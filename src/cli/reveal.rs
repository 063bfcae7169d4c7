//! `keyrack show --to`: the secret of a key, where the service tells it again, brought to a sink. Nothing is
//! changed at the service; the sink is looked into before it is asked.

use super::{
    DONE, Ended, FAILED, Failure, Setting, args, block_on,
    write::{Form, Place, route},
};
use crate::walk;

/// Brings a secret somewhere.
pub(super) fn run(setting: &Setting, arguments: &args::Show, to: &str) -> Ended {
    let route = route(Some(to), Form::of(arguments.json, false))?;
    let at = args::Place {
        context: arguments.context.clone(),
        kind: arguments.kind.clone(),
        how: args::How {
            arm: false,
            json: arguments.json,
        },
    };
    let place = Place::of(setting, arguments.pane, &at, None)?;
    let (Some(route), true) = (route, place.resource.reveal.is_some()) else {
        return Err(Failure::usage(format!(
            "{} does not tell the secret of a key again: {}; leave --to out",
            place.context.connection.manifest.title, place.resource.title
        )));
    };
    let id = place.id(&arguments.id)?;
    let ready = place.ready(setting)?;
    block_on(async {
        place.check(&route.sink, None).await?;
        let client = place.client(&ready).await?;
        let key = place.list(&client).await?.key(id);
        let secret = client.reveal(&place.resource, &key.target).await;
        let secret = secret.map_err(|error| {
            Failure::failed(format!("{}: {error}\n{}", place.name(), error.next_step()))
        })?;
        let site = place.site(&ready, client);
        let label = place.key(&key.target.name);
        let arrived = walk::bring(&site, (&route.sink, &secret, None), &label, None).await?;
        Ok(if arrived { DONE } else { FAILED })
    })
}
