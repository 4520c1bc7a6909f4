//! No workflow in YAML makes its reader panic, and the list of its values is at most some times as long as the text; a `uv.lock` has its own version
//! where the reader says.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some((values, _)) = command::yaml_size(text) {
        assert!(values <= text.len() + 1, "{values}");
    }
    let (call, after) = command::workflow(text);
    assert!(call.len() + after.len() <= 1);
    match command::uv_lock(text) {
        Ok(Some((place, version))) => {
            let quoted = &text[place];
            assert!(
                quoted.contains(['"', '\''])
                    && (quoted.contains(&version) || quoted.contains('\\'))
            );
        }
        Ok(None) => {}
        Err(message) => assert!(!message.contains('\n'), "{message:?}"),
    }
});
