//! What holds for every input.

use std::io::Cursor;

use proptest::prelude::*;
use pypi_metadata::{Distribution, Field, Filename, Metadata, ProjectName};

fn value() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9 ,.()é-]{0,30}[A-Za-z0-9)]"
        .prop_filter("UNKNOWN means absent", |value| value != "UNKNOWN")
}

fn field() -> impl Strategy<Value = Field> {
    prop::sample::select(Field::ALL.to_vec()).prop_filter("the body is another matter", |field| {
        !matches!(
            field,
            Field::Description | Field::MetadataVersion | Field::Name | Field::Version
        )
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(fields in prop::collection::vec((field(), value()), 0..12), body in "[a-z]{0,20}") {
        let mut text = "Metadata-Version: 2.5\nName: demo\nVersion: 1.0\n".to_owned();
        for (field, value) in &fields {
            text.push_str(&format!("{}: {value}\n", field.header()));
        }
        let metadata = Metadata::parse(format!("{text}\n{body}").as_bytes()).expect("metadata");
        for field in fields.iter().map(|(field, _)| *field) {
            let written: Vec<&str> = fields.iter().filter(|(at, _)| *at == field).map(|(_, value)| value.as_str()).collect();
            prop_assert_eq!(metadata.all(field).collect::<Vec<_>>(), written);
        }
        prop_assert_eq!(metadata.get(Field::Description).unwrap_or_default(), body);
    }

    #[test]
    fn no_text_makes_a_panic(text in "\\PC{0,200}", header in field(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Metadata::parse(&bytes);
        let with_header = format!("Metadata-Version: 2.5\nName: demo\nVersion: 1.0\n{}: {text}\n\n", header.header());
        if let Ok(metadata) = Metadata::parse(with_header.as_bytes()) {
            for finding in metadata.check() {
                prop_assert!(!finding.message().contains('\n'), "{:?}", finding);
            }
        }
        let _ = Filename::parse(&text);
    }

    #[test]
    fn no_bytes_make_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        for filename in ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"] {
            let _ = Distribution::read(filename, Cursor::new(&bytes));
        }
    }

    #[test]
    fn normalizing_twice_is_normalizing_once(name in "[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?") {
        let name = ProjectName::parse(&name).expect("a name");
        let again = ProjectName::parse(name.normalized()).expect("a name");
        prop_assert_eq!(again.normalized(), name.normalized());
        prop_assert_eq!(&again, &name);
    }

    #[test]
    fn a_file_name_gives_back_its_parts(name in "[a-z][a-z0-9_]{0,10}[a-z0-9]", major in 0_u64..99, tag in "cp3[0-9]{1,2}|py3") {
        let wheel = format!("{name}-{major}.1-{tag}-none-any.whl");
        let filename = Filename::parse(&wheel).expect("a wheel");
        prop_assert_eq!(filename.as_str(), &wheel);
        prop_assert_eq!(filename.name().as_str(), &name);
        prop_assert_eq!(filename.version().to_string(), format!("{major}.1"));
        prop_assert_eq!(filename.pyversion(), tag);
    }
}
