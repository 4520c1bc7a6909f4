//! Properties of every input.

use std::io::Cursor;

use proptest::prelude::*;
use pypi_metadata::{
    Distribution, Field, Filename, Inspection, Metadata, ProjectName, Requirement, UploadForm,
    Version, check_pyproject, testing,
};

fn value() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9 ,.()é-]{0,30}[A-Za-z0-9)]"
        .prop_filter("UNKNOWN means absent", |value| value != "UNKNOWN")
}

fn field() -> impl Strategy<Value = Field> {
    prop::sample::select(Field::ALL.to_vec()).prop_filter(
        "the body and the required fields are not headers like any other",
        |field| {
            !matches!(
                field,
                Field::Description | Field::MetadataVersion | Field::Name | Field::Version
            )
        },
    )
}

/// A comparison of a marker, in half of the cases one that `pep508_rs` represents exactly.
fn comparison() -> impl Strategy<Value = String> {
    let exact = prop::sample::select(vec![
        "python_version >= '3.9'",
        "python_version < \"3.9\"",
        "python_full_version != '3.12.1'",
        "os_name == 'nt'",
        "os.name != 'nt'",
        "sys_platform == 'linux'",
        "extra == 'a_b'",
    ]);
    let operand = || {
        let operands = "python_version|python_full_version|os_name|platform_release|extra|extras|'3[.]8'|'3[.]8[.][*]'|'x'|'a_'|''";
        prop::string::string_regex(operands).expect("a regular expression")
    };
    let operator = "==|!=|<=|>=|<|>|~=|===|in|not in";
    let any = (operand(), operator, operand());
    let any = any.prop_map(|(left, operator, right)| format!("{left} {operator} {right}"));
    prop_oneof![exact.prop_map(str::to_owned), any]
}

proptest! {
    #[test]
    fn fields_are_parsed_as_written(fields in prop::collection::vec((field(), value()), 0..12), body in "[a-z]{0,20}") {
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
    fn written_metadata_parses_the_same(lines in prop::collection::vec("([A-Z][A-Za-z-]{0,12}|Name|Summary|Description|Classifier|License|Keywords|X-Mine): ?[ -~é\t=]{0,20}|[ \t][ -~]{0,10}", 0..12), body in "[ -~\n\r]{0,40}") {
        let text = format!("Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n{}\n\n{body}", lines.join("\n"));
        let metadata = Metadata::parse(text.as_bytes()).expect("metadata");
        let again = Metadata::parse(metadata.to_text().as_bytes()).expect("what was written");
        prop_assert_eq!(&again, &metadata, "{}", metadata.to_text());
    }

    #[test]
    fn no_text_causes_a_panic(text in "\\PC{0,200}", header in field(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Metadata::parse(&bytes);
        let with_header = format!("Metadata-Version: 2.5\nName: demo\nVersion: 1.0\n{}: {text}\n\n", header.header());
        if let Ok(metadata) = Metadata::parse(with_header.as_bytes()) {
            let _ = metadata.check_description();
            for requirement in metadata.requires_dist().flatten() {
                let _ = requirement.normalized_marker();
            }
            for finding in metadata.check().into_iter().chain(metadata.advice()) {
                prop_assert!(!finding.message().contains('\n'), "{:?}", finding);
            }
        }
        let _ = Filename::parse(&text);
    }

    #[test]
    fn every_finding_is_one_line(value in "[a-z./\\[\\]|:` ]{0,8}(\n  ?[a-z|`:.]{1,8}){1,3}", header in field(), top in "demo-1[.]0|a\n?b", name in "demo-1[.]0(\n|-)py3-none-any[.]whl|demo-1[.]0\n?[.]tar[.]gz") {
        let text = format!("Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n{}: {value}\n\n{value}", header.header());
        let wheel = testing::zip(&[("demo-1.0.dist-info/METADATA".to_owned(), text.clone())]);
        let sdist = testing::tar_gz(&[(format!("{top}/PKG-INFO"), text)]);
        let pyproject = format!("[project]\n{value:?} = 1\n[project.urls]\n{value:?} = 1\n[project.scripts]\n{value:?} = {value:?}\n");
        let mut findings = check_pyproject(&pyproject);
        for bytes in [wheel, sdist] {
            for name in [name.as_str(), "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"] {
                findings.extend_from_slice(Inspection::read(name, Cursor::new(&bytes)).findings());
            }
        }
        for finding in findings {
            let help = finding.help().unwrap_or_default();
            prop_assert!(!finding.message().contains('\n') && !help.contains('\n'), "{:?}", finding);
        }
    }

    #[test]
    fn no_bytes_cause_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        for filename in ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"] {
            let _ = Distribution::read(filename, Cursor::new(&bytes));
            let _ = Inspection::read(filename, Cursor::new(&bytes));
        }
    }

    #[test]
    fn no_change_of_a_distribution_causes_a_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
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
    fn no_description_causes_a_panic(text in "([-=*~ ]{0,6}|\\.\\. [a-z_|:]{0,12}|[`*|_a-z\\[\\]<>:\\\\ ]{0,20}|  [- a-z]{0,8}|\n){0,12}") {
        let fields = [(Field::Description, text)];
        let _ = Metadata::from_fields(fields).check_description();
    }

    #[test]
    fn normalization_is_idempotent(name in "[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?") {
        let name = ProjectName::parse(&name).expect("a name");
        let again = ProjectName::parse(name.normalized()).expect("a name");
        prop_assert_eq!(again.normalized(), name.normalized());
        prop_assert_eq!(&again, &name);
    }

    #[test]
    fn a_file_name_has_its_parts(name in "[a-z](_?[a-z0-9]){1,10}", major in 0_u64..99, tag in "cp3[0-9]{1,2}|py3") {
        let wheel = format!("{name}-{major}.1-{tag}-none-any.whl");
        let filename = Filename::parse(&wheel).expect("a wheel");
        prop_assert_eq!(filename.as_str(), &wheel);
        prop_assert_eq!(filename.name().as_str(), &name);
        prop_assert_eq!(filename.version().to_string(), format!("{major}.1"));
        prop_assert_eq!(filename.pyversion(), tag);
    }

    #[test]
    fn a_variant_label_is_told_from_a_build_tag(build in prop::option::of("[0-9][0-9a-z_]{0,3}"), python in "(cp|pp|py)3[0-9]{0,2}t?", label in prop::option::of("[0-9a-z_.]{1,12}")) {
        let build_part = build.as_ref().map_or_else(String::new, |build| format!("{build}-"));
        let label_part = label.as_ref().map_or_else(String::new, |label| format!("-{label}"));
        let wheel = format!("demo-1.0-{build_part}{python}-none-any{label_part}.whl");
        let filename = Filename::parse(&wheel).expect("a wheel");
        prop_assert_eq!(filename.build_tag(), build.as_deref());
        prop_assert_eq!(filename.variant(), label.as_deref());
        prop_assert_eq!(filename.pyversion(), python);
    }

    #[test]
    fn a_built_file_name_parses_to_its_parts(name in "[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?", version in "[0-9]{1,3}(\\.[0-9]{1,3}){0,2}(rc[0-9])?", tags in prop::option::of("([0-9][a-z]?-)?py[23](\\.py3)?-none-any")) {
        let (name, version) = (ProjectName::parse(&name).expect("a name"), Version::parse(&version).expect("a version"));
        let filename = Filename::build(&name, &version, tags.as_deref()).expect("a file name");
        prop_assert_eq!(filename.name(), &name);
        prop_assert_eq!(filename.version(), &version);
        prop_assert_eq!(filename.as_str().parse(), Ok(filename));
    }

    #[test]
    fn a_printed_requirement_parses_the_same(text in "[a-z][a-z_.-]{0,3} ?(\\[[a-z]{0,2}(, ?[a-z])?\\])?( ?(>=|==|~=|===|<|!=) ?[0-9.]{1,4},?| ?@ ?[a-z:/;]{1,5}){0,2} ?(; ?(os_name|extra|'x') ?(==|in|not in) ?(\"[a-z]\"|sys_platform) ?)?") {
        if let Ok(requirement) = text.parse::<Requirement>() {
            let printed = requirement.to_string();
            prop_assert_eq!(printed.parse(), Ok(requirement), "{}", printed);
        }
    }

    #[test]
    fn a_normal_marker_is_its_own_normal_form(comparisons in prop::collection::vec((comparison(), "and|or"), 0..4), last in comparison()) {
        let first: String = comparisons.iter().map(|(comparison, word)| format!("{comparison} {word} ")).collect();
        let normal = |marker: &str| Requirement::parse(&format!("x; {marker}")).expect("a requirement").normalized_marker();
        let normalized = normal(&format!("{first}({last})")).expect("a marker");
        if !normalized.is_empty() {
            prop_assert_eq!(normal(&normalized), Some(normalized));
        }
    }

    #[test]
    fn no_form_causes_a_panic(fields in prop::collection::vec(("name|version|filetype|metadata_version|summary|sha256_digest|classifiers|x", "\\PC{0,20}|UNKNOWN|1.0|sdist"), 0..8), filename in "\\PC{0,20}(\\.whl|\\.tar\\.gz|\\.zip)?") {
        let form = UploadForm::new(fields).file("content", filename, "application/octet-stream");
        for finding in form.inspect(Cursor::new(b"")) {
            prop_assert!(!finding.message().contains('\n'), "{:?}", finding);
        }
    }
}
