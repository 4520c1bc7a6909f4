//! The platform tags of wheels.

/// Tags without a version.
///
/// # Source
///
/// Warehouse, 2026-08-21, `forklift/legacy.py`; Apple adds a version of macOS every autumn.
const LITERAL: &[&str] = &[
    "any",
    "win32",
    "win_arm64",
    "win_amd64",
    "win_ia64",
    "manylinux1_x86_64",
    "manylinux1_i686",
    "manylinux2010_x86_64",
    "manylinux2010_i686",
    "manylinux2014_x86_64",
    "manylinux2014_i686",
    "manylinux2014_aarch64",
    "manylinux2014_armv7l",
    "manylinux2014_ppc64",
    "manylinux2014_ppc64le",
    "manylinux2014_s390x",
    "linux_armv6l",
    "linux_armv7l",
];
const MACOS: &[&str] = &["11", "12", "13", "14", "15", "26"];
const MACOS_ARCHITECTURES: &[&str] = &[
    "ppc",
    "ppc64",
    "i386",
    "x86_64",
    "arm64",
    "intel",
    "fat",
    "fat3",
    "fat64",
    "universal",
    "universal2",
];
const MANYLINUX: &[&str] = &[
    "x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x", "riscv64",
];
const MUSLLINUX: &[&str] = &[
    "x86_64", "i686", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64",
];
const ANDROID: &[&str] = &["armeabi_v7a", "arm64_v8a", "x86", "x86_64"];
const IOS: &[&str] = &[
    "arm64_iphoneos",
    "arm64_iphonesimulator",
    "x86_64_iphoneos",
    "x86_64_iphonesimulator",
];

/// Whether PyPI accepts a tag, in lower case. It ignores what follows a known architecture.
pub(crate) fn is_accepted(tag: &str) -> bool {
    LITERAL.contains(&tag) || is_macos(tag) || is_versioned(tag)
}

fn is_macos(tag: &str) -> bool {
    let Some((major, rest)) = tag.strip_prefix("macosx_").and_then(number) else {
        return false;
    };
    let Some((minor, rest)) = rest.strip_prefix('_').and_then(number) else {
        return false;
    };
    (major == "10" || (MACOS.contains(&major) && minor == "0"))
        && architecture(rest, MACOS_ARCHITECTURES)
}

fn is_versioned(tag: &str) -> bool {
    let families: [(&str, usize, &[&str]); 5] = [
        ("manylinux", 2, MANYLINUX),
        ("musllinux", 2, MUSLLINUX),
        ("ios", 2, IOS),
        ("android", 1, ANDROID),
        ("pyemscripten", 2, &["wasm32"]),
    ];
    families.into_iter().any(|(name, numbers, architectures)| {
        let rest = (0..numbers).try_fold(tag.strip_prefix(name), |rest, _| {
            Some(
                rest?
                    .strip_prefix('_')
                    .and_then(number)
                    .map(|(_, rest)| rest),
            )
        });
        rest.flatten()
            .is_some_and(|rest| architecture(rest, architectures))
    })
}

fn number(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn architecture(rest: &str, known: &[&str]) -> bool {
    let rest = rest.strip_prefix('_');
    rest.is_some_and(|rest| known.iter().any(|known| rest.starts_with(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_judged_as_the_index_judges_them() {
        for tag in [
            "any",
            "win_amd64",
            "linux_armv7l",
            "manylinux1_x86_64",
            "manylinux_2_28_riscv64",
            "musllinux_1_2_x86_64",
            "macosx_10_9_universal2",
            "macosx_11_0_arm64",
            "macosx_26_0_arm64",
            "ios_13_0_arm64_iphoneos",
            "android_21_arm64_v8a",
            "pyemscripten_2025_0_wasm32",
        ] {
            assert!(is_accepted(tag), "{tag}");
        }
        for tag in [
            "linux_x86_64",
            "manylinux2014_riscv64",
            "musllinux_1_2_ppc64",
            "macosx_11_1_arm64",
            "macosx_27_0_arm64",
            "macosx_14_0",
            "android_21_mips",
            "emscripten_3_1_wasm32",
            "wasi_0_0_wasm32",
            "pyodide_2024_0_wasm32",
            "manylinux_2_x86_64",
            "freebsd_14_x86_64",
            "",
            "ios_13_arm64_iphoneos",
        ] {
            assert!(!is_accepted(tag), "{tag}");
        }
    }
}
