//! What holds for every input.

use std::io::Cursor;

use proptest::prelude::*;
use pypi_metadata::{Distribution, Field, Filename, Inspection, Metadata, ProjectName, testing};

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
    fn written_metadata_reads_the_same(lines in prop::collection::vec("([A-Z][A-Za-z-]{0,12}|Name|Summary|Description|Classifier|License|Keywords|X-Mine): ?[ -~é\t=]{0,20}|[ \t][ -~]{0,10}", 0..12), body in "[ -~\n\r]{0,40}") {
        let text = format!("Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n{}\n\n{body}", lines.join("\n"));
        let metadata = Metadata::parse(text.as_bytes()).expect("metadata");
        let again = Metadata::parse(metadata.to_text().as_bytes()).expect("what was written");
        prop_assert_eq!(&again, &metadata, "{}", metadata.to_text());
    }

    #[test]
    fn no_text_makes_a_panic(text in "\\PC{0,200}", header in field(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Metadata::parse(&bytes);
        let with_header = format!("Metadata-Version: 2.5\nName: demo\nVersion: 1.0\n{}: {text}\n\n", header.header());
        if let Ok(metadata) = Metadata::parse(with_header.as_bytes()) {
            let _ = metadata.check_description();
            let _ = metadata.requires_dist().count();
            for finding in metadata.check().into_iter().chain(metadata.advice()) {
                prop_assert!(!finding.message().contains('\n'), "{:?}", finding);
            }
        }
        let _ = Filename::parse(&text);
    }

    #[test]
    fn no_bytes_make_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        for filename in ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"] {
            let _ = Distribution::read(filename, Cursor::new(&bytes));
            let _ = Inspection::read(filename, Cursor::new(&bytes));
        }
    }

    #[test]
    fn no_change_of_a_distribution_makes_a_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
        for file in [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")] {
            let mut bytes = file.bytes;
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let _ = Inspection::read(&file.filename, Cursor::new(&bytes));
            bytes.truncate(cut.index(bytes.len()));
            let _ = Inspection::read(&file.filename, Cursor::new(&bytes));
        }
    }

    #[test]
    fn no_description_makes_a_panic(text in "([-=*~ ]{0,6}|\\.\\. [a-z_|:]{0,12}|[`*|_a-z\\[\\]<>:\\\\ ]{0,20}|  [- a-z]{0,8}|\n){0,12}") {
        let fields = [(Field::Description, text)];
        let _ = Metadata::from_fields(fields).check_description();
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
