//! Wheels with many members, or with long lists of them.

use std::{fmt::Write as _, path::Path};

use crate::{
    Arguments,
    archive::{check_stored, check_wheel},
};

pub(crate) fn record_rows(folder: &Path) -> Arguments {
    let mut rows = String::new();
    for number in 0..600_000 {
        let hash = "sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        writeln!(rows, "file{number:07}.py,{hash},12").expect("a text");
    }
    record(folder, &rows)
}

pub(crate) fn record_of_short_rows(folder: &Path) -> Arguments {
    let rows = (0..6_000_000).map(|number| format!("{number:x}\n"));
    record(folder, &rows.collect::<String>())
}

pub(crate) fn record_of_one_field(folder: &Path) -> Arguments {
    record(folder, &format!("\"{}", "a\n".repeat(30_000_000)))
}

fn record(folder: &Path, rows: &str) -> Arguments {
    check_wheel(folder, &[("demo-1.0.dist-info/RECORD", rows.as_bytes())])
}

pub(crate) fn entry_points(folder: &Path) -> Arguments {
    let names = (0..500_000).map(|number| format!("{number:x}=\n"));
    let text = format!("[x]\n{}", names.collect::<String>());
    let member = ("demo-1.0.dist-info/entry_points.txt", text.as_bytes());
    check_wheel(folder, &[member])
}

pub(crate) fn long_names(folder: &Path) -> Arguments {
    let tail = "a".repeat(190);
    check_stored(
        folder,
        (0..99_990).map(|number| format!("{number:06}{tail}")),
    )
}

pub(crate) fn names_above_the_limit(folder: &Path) -> Arguments {
    let tail = "a".repeat(500);
    check_stored(
        folder,
        (0..99_990).map(|number| format!("{number:06}{tail}")),
    )
}

pub(crate) fn names_that_differ_by_case(folder: &Path) -> Arguments {
    let name = |number: usize| -> String {
        let letters = ('a'..='t').enumerate();
        let letters = letters.map(|(at, letter)| match number >> at & 1 {
            0 => letter,
            _ => letter.to_ascii_uppercase(),
        });
        letters.chain(".py".chars()).collect()
    };
    check_stored(folder, (0..99_990).map(name))
}

pub(crate) fn one_name(folder: &Path) -> Arguments {
    check_stored(folder, (0..99_990).map(|_| "same.py".to_owned()))
}
