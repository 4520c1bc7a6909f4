//! No secret in the `Debug` output of any provider, identity or flow.

use std::{fmt::Debug, sync::Arc};

use pypi_http::{Flow as _, RetryPolicy, Secret, testing::reply};
use pypi_trusted_publisher::{
    ApiToken, Burn, Environment, Exchange, Identity, Provider,
    provider::{self, Supplied},
};

use crate::script::{audience, endpoints, id_token};

const SECRET: &str = "hush-hush-hush";

fn silent(what: &impl Debug, jwt: &str) {
    for shown in [format!("{what:?}"), format!("{what:#?}")] {
        assert!(!shown.contains(SECRET) && !shown.contains(jwt), "{shown}");
    }
}

/// A job of every provider, in which each variable contains a secret.
fn environment(jwt: &str) -> Environment {
    let url = format!("https://ci.example/token?key={SECRET}");
    Environment::from_vars([
        ("FORGEJO_ACTIONS", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", &url),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", SECRET),
        ("GITLAB_CI", "true"),
        ("PYPI_ID_TOKEN", jwt),
        ("BUILDKITE", "true"),
        ("BUILDKITE_AGENT_ACCESS_TOKEN", SECRET),
        ("CIRCLECI", "true"),
        ("CIRCLE_TOKEN", SECRET),
        ("TF_BUILD", "True"),
        ("SYSTEM_OIDCREQUESTURI", &url),
        ("SYSTEM_ACCESSTOKEN", SECRET),
        ("OUR_TOKEN", jwt),
    ])
}

#[test]
fn nothing_prints_a_secret() {
    let jwt = id_token("pypi", 1);
    let environment = environment(&jwt);
    let mut providers: Vec<Arc<dyn Provider>> = provider::built_in();
    providers.extend(
        provider::NAMES
            .iter()
            .filter_map(|slug| provider::named(slug)),
    );
    let closure_jwt = jwt.clone();
    for supplied in [
        Supplied::value(Secret::new(jwt.clone())),
        Supplied::variable("OUR_TOKEN"),
        Supplied::closure(move |_| Ok(Secret::new(closure_jwt.clone()))),
    ] {
        providers.push(Arc::new(supplied));
    }
    for provider in providers {
        silent(&provider, &jwt);
        let Ok(identity) = Identity::of(provider, &environment, Some("pypi")) else {
            continue;
        };
        silent(&identity, &jwt);
        let mut flow = identity.id_token("pypi");
        silent(&flow.step(), &jwt);

        let mut exchange = Exchange::new(endpoints(), identity, RetryPolicy::default());
        silent(&exchange, &jwt);
        silent(&exchange.step(), &jwt);
        exchange.received(audience());
        silent(&exchange.step(), &jwt);
        silent(&exchange, &jwt);
        let issued = format!(r#"{{"value":"{jwt}","oidcToken":"{jwt}"}}"#);
        exchange.received(reply(200, issued));
        silent(&exchange.step(), &jwt);
        silent(&exchange, &jwt);
    }
    let token = ApiToken::new(Secret::new(SECRET));
    silent(&token, &jwt);
    let mut burn = Burn::new(&endpoints(), &token, RetryPolicy::default());
    silent(&burn, &jwt);
    silent(&burn.step(), &jwt);
}
