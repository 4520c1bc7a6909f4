//! `[webhook]`: tells another service how a release went.

use std::time::Duration;

use minijinja::{AutoEscape, Environment as Templates, UndefinedBehavior, context};
use pypi_trusted_upload::{
    RetryPolicy, drive,
    http::{HeaderValue, Method, header},
    transport::{Body, Call, Deadline, request},
    url::Url,
};
use serde_json::Value;

use crate::{
    context::Context,
    failure::{Exit, Failure},
    files,
    settings::Settings,
};

/// How a release went.
pub(crate) struct News {
    pub(crate) is_success: bool,
    /// There was nothing to release: nobody is told.
    pub(crate) is_empty: bool,
    pub(crate) index: String,
    /// The names and versions: `demo 1.0`.
    pub(crate) released: Vec<String>,
    /// The step that failed.
    pub(crate) step: Option<String>,
    pub(crate) error: Option<String>,
    /// The pages of the GitHub releases.
    pub(crate) pages: Vec<String>,
}

/// The body without a template, as Slack and Mattermost read it.
const TEMPLATE: &str = r#"{"text": {{ text }}}"#;

/// The most instructions of a template.
const FUEL: u64 = 100_000;

/// The longest time for the request and for each attempt.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends the news if the settings say so. Nothing of the URL, which is a secret, is in the failure.
pub(crate) fn send(settings: &Settings, news: &News, context: &Context) -> Result<(), Failure> {
    let set = &settings.webhook;
    let result = if news.is_success {
        "success"
    } else {
        "failure"
    };
    let Some(variable) = &set.url_env else {
        return Ok(());
    };
    if news.is_empty || !set.on.iter().any(|on| on == result) {
        return Ok(());
    }
    let wrong =
        |what: String| Failure::new(Exit::Refused, format!("the webhook was not called: {what}"));
    let Some(url) = context.environment.get(variable) else {
        return Err(wrong(format!("variable {variable} is not set")));
    };
    let template = template(settings)?;
    let body = render(&template, news).map_err(|error| wrong(error.to_string()))?;
    let url = Url::parse(url).ok().filter(|url| url.has_host());
    let url = url.ok_or_else(|| wrong(format!("variable {variable} does not contain a URL")))?;
    let request = request(Method::POST, &url, "*/*", Body::from(body)).map(|mut request| {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        request.extensions_mut().insert(Deadline::total(TIMEOUT));
        request
    });
    let policy = RetryPolicy::default()
        .attempts(3)
        .clock(context.clock.clone());
    let client = context.client()?;
    let Ok(reply) = drive(Call::new(request, policy), &client);
    match reply {
        Ok(reply) if reply.status().is_success() => Ok(()),
        Ok(reply) => Err(wrong(format!("its service replied {}", reply.status()))),
        Err(error) => Err(wrong(format!(
            "its service could not be reached ({:?})",
            error.kind()
        ))),
    }
}

/// The template of the settings: JSON, or the path of a file with it.
fn template(settings: &Settings) -> Result<String, Failure> {
    match &settings.webhook.template {
        None => Ok(TEMPLATE.to_owned()),
        Some(text) if text.trim_start().starts_with(['{', '[']) => Ok(text.clone()),
        Some(path) => files::read(&settings.folder.join(path), files::MAX_WRITTEN),
    }
}

/// The body: values are written as JSON, so that a template has no quotes around them.
fn render(template: &str, news: &News) -> Result<String, minijinja::Error> {
    let mut templates = Templates::new();
    templates.set_fuel(Some(FUEL));
    templates.set_auto_escape_callback(|_| AutoEscape::Json);
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let body = templates.render_str(
        template,
        context! {
            text => text(news),
            success => news.is_success,
            index => &news.index,
            released => &news.released,
            step => &news.step,
            error => &news.error,
            pages => &news.pages,
        },
    )?;
    match serde_json::from_str::<Value>(&body) {
        Ok(body) => Ok(body.to_string()),
        Err(error) => Err(minijinja::Error::new(
            minijinja::ErrorKind::InvalidOperation,
            format!("the template does not make valid JSON ({error})"),
        )),
    }
}

/// One line for people.
fn text(news: &News) -> String {
    let released = news.released.join(", ");
    match (&news.error, &news.step) {
        (None, _) => format!("Released {released} to {}", news.index),
        (Some(error), Some(step)) if released.is_empty() => {
            format!("Release failed at {step}: {error}")
        }
        (Some(error), Some(step)) => format!("Release of {released} failed at {step}: {error}"),
        (Some(error), None) => format!("Release failed: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(error: Option<&str>) -> News {
        News {
            is_success: error.is_none(),
            is_empty: false,
            index: "pypi".to_owned(),
            released: vec!["demo 1.0".to_owned()],
            step: error.map(|_| "check".to_owned()),
            error: error.map(str::to_owned),
            pages: Vec::new(),
        }
    }

    #[test]
    fn values_are_json_in_any_template() {
        let news = news(Some("a \"quoted\"\n}line"));
        let body = render(TEMPLATE, &news).unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            body["text"],
            "Release of demo 1.0 failed at check: a \"quoted\"\n}line"
        );
        let body = render(
            r#"{"content": {{ error }}, "ok": {{ success }}, "what": {{ released }}}"#,
            &news,
        );
        assert_eq!(
            body.unwrap(),
            r#"{"content":"a \"quoted\"\n}line","ok":false,"what":["demo 1.0"]}"#
        );
    }

    #[test]
    fn a_wrong_template_is_an_error() {
        for template in ["{", "{{ no_such_value }}", "{\"a\": {{ text }"] {
            assert!(render(template, &news(None)).is_err(), "{template}");
        }
    }
}
