//! The platform tags of wheels: which PyPI accepts, and which of those no installer selects.

/// The date of the data in this file.
///
/// # Source
///
/// - What PyPI accepts: Warehouse, 2026-08-21, commit 6b62157, `forklift/legacy.py`, `_valid_platform_tag`. It lists the
///   versions of macOS by hand, and Apple adds one every autumn.
/// - What installers select: `packaging` 26.3, `tags.py` and `_manylinux.py`, which pip and uv follow.
pub(crate) const DATE: &str = "2026-08-21";

/// Tags without a version, and those of the older manylinux specifications.
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

/// The versions of macOS after 10, each with 0 as its second number.
const MACOS: &[&str] = &["11", "12", "13", "14", "15", "26"];

/// Tags with a version: `NAME_NUMBER[_NUMBER]_ARCHITECTURE`.
struct Family {
    name: &'static str,
    numbers: usize,
    architectures: &'static [&'static str],
}

const FAMILIES: &[Family] = &[
    Family {
        name: "macosx",
        numbers: 2,
        architectures: &[
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
        ],
    },
    // PEP 600
    Family {
        name: "manylinux",
        numbers: 2,
        architectures: &[
            "x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x", "riscv64",
        ],
    },
    // PEP 656
    Family {
        name: "musllinux",
        numbers: 2,
        architectures: &[
            "x86_64", "i686", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64",
        ],
    },
    // PEP 730
    Family {
        name: "ios",
        numbers: 2,
        architectures: &[
            "arm64_iphoneos",
            "arm64_iphonesimulator",
            "x86_64_iphoneos",
            "x86_64_iphonesimulator",
        ],
    },
    // PEP 738
    Family {
        name: "android",
        numbers: 1,
        architectures: &["armeabi_v7a", "arm64_v8a", "x86", "x86_64"],
    },
    // PEP 783; PyPI accepts neither `pyodide_*` nor `emscripten_*` nor `wasi_*`
    Family {
        name: "pyemscripten",
        numbers: 2,
        architectures: &["wasm32"],
    },
];

/// Whether PyPI accepts a tag, in lower case.
pub(crate) fn is_accepted(tag: &str) -> bool {
    if LITERAL.contains(&tag) {
        return true;
    }
    let Some((family, numbers, rest)) = parts(tag) else {
        return false;
    };
    let is_version = match (family.name, numbers.as_slice()) {
        ("macosx", ["10", _]) => true,
        ("macosx", [major, minor]) => MACOS.contains(major) && *minor == "0",
        _ => true,
    };
    is_version && family.has(rest)
}

/// Whether PyPI may have begun to accept a tag since [`DATE`]: that of a newer macOS.
pub(crate) fn is_newer(tag: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().ok();
    let newest = MACOS.last().and_then(|newest| number(newest));
    match parts(tag) {
        Some((family, numbers, rest)) if family.name == "macosx" => match numbers.as_slice() {
            [major, "0"] => number(major) > newest && family.has(rest),
            _ => false,
        },
        _ => false,
    }
}

/// Why no installer selects a tag that PyPI accepts, if that is so.
pub(crate) fn oddity(tag: &str) -> Option<&'static str> {
    const UNSUPPORTED: &str =
        "Python does not support this architecture on this version of the platform";
    if tag == "win_ia64" {
        return Some("Python is no longer built for Itanium");
    }
    let (family, numbers, rest) = parts(tag)?;
    if numbers
        .iter()
        .any(|number| number.len() > 1 && number.starts_with('0'))
    {
        return Some("a number in it starts with 0");
    }
    if !family.architectures.contains(&rest) {
        return Some("it continues after the architecture");
    }
    let version: Vec<u32> = numbers
        .iter()
        .map(|number| number.parse().unwrap_or(u32::MAX))
        .collect();
    match (family.name, version.as_slice()) {
        ("macosx", [10, minor]) => {
            let oldest = match rest {
                "ppc" | "fat" | "fat3" | "universal" => 0,
                _ => 4,
            };
            let newest = match rest {
                "ppc" => 6,
                "ppc64" => 5,
                _ => 16, // what macOS 11 calls itself to old programs
            };
            if rest == "arm64" {
                Some("Macs with this processor run macOS 11 or later")
            } else {
                (*minor < oldest || *minor > newest).then_some(UNSUPPORTED)
            }
        }
        ("macosx", _) if matches!(rest, "fat" | "i386" | "ppc" | "ppc64") => Some(UNSUPPORTED),
        ("manylinux", [2, minor]) => {
            let oldest = if matches!(rest, "x86_64" | "i686") {
                5
            } else {
                17
            };
            (*minor < oldest).then_some(UNSUPPORTED)
        }
        ("manylinux", _) => Some("the major version of glibc is 2"),
        ("musllinux", [1, _]) => None,
        ("musllinux", _) => Some("the major version of musl is 1"),
        ("ios", [major, _]) if *major < 12 => Some(UNSUPPORTED),
        ("ios", _) if rest == "x86_64_iphoneos" => Some("iOS devices do not have this processor"),
        ("android", [level]) if *level < 16 => Some(UNSUPPORTED),
        _ => None,
    }
}

/// The family of a tag, its numbers, and what follows them.
fn parts(tag: &str) -> Option<(&'static Family, Vec<&str>, &str)> {
    FAMILIES.iter().find_map(|family| {
        let mut rest = tag.strip_prefix(family.name)?;
        let mut numbers = Vec::new();
        for _ in 0..family.numbers {
            let (number, after) = number(rest.strip_prefix('_')?)?;
            numbers.push(number);
            rest = after;
        }
        Some((family, numbers, rest.strip_prefix('_')?))
    })
}

fn number(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

impl Family {
    /// Whether PyPI accepts `rest` as an architecture.
    fn has(&self, rest: &str) -> bool {
        // Its expressions for these two are not anchored at the end; that for iOS is greedy.
        let end = match self.name {
            "ios" => ["_iphoneos", "_iphonesimulator"]
                .into_iter()
                .filter_map(|device| Some(rest.rfind(device)? + device.len()))
                .max(),
            "pyemscripten" => Some("wasm32".len()),
            _ => None,
        };
        let compared = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        self.architectures.contains(&compared)
    }
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
            "ios_13_0_arm64_iphoneos_1",
            "android_21_arm64_v8a",
            "pyemscripten_2025_0_wasm32",
            "pyemscripten_2025_0_wasm32_simd",
        ] {
            assert!(is_accepted(tag), "{tag}");
        }
        for tag in [
            "linux_x86_64",
            "manylinux2014_riscv64",
            "manylinux_2_28_x86_64_v3",
            "manylinux_2_28_loongarch64",
            "musllinux_1_2_ppc64",
            "musllinux_1_2_x86_642",
            "macosx_11_1_arm64",
            "macosx_27_0_arm64",
            "macosx_14_0",
            "macosx_14_0_arm64e",
            "android_21_mips",
            "android_21_x86_",
            "emscripten_3_1_wasm32",
            "wasi_0_0_wasm32",
            "pyodide_2024_0_wasm32",
            "manylinux_2_x86_64",
            "freebsd_14_x86_64",
            "",
            "ios_13_arm64_iphoneos",
            "ios_13_0_arm64_iphoneos_iphonesimulator",
        ] {
            assert!(!is_accepted(tag), "{tag}");
        }
    }

    #[test]
    fn only_a_macos_after_the_newest_is_newer() {
        assert!(MACOS.is_sorted_by_key(|version| version.parse::<u32>().ok()));
        for tag in ["macosx_27_0_arm64", "macosx_100_0_universal2"] {
            assert!(is_newer(tag), "{tag}");
        }
        for tag in [
            "macosx_26_0_arm64",
            "macosx_16_0_arm64",
            "macosx_27_1_arm64",
            "macosx_27_0_mips",
            "macosx_99999999999_0_arm64",
            "android_99_x86",
            "manylinux_2_99_x86_64",
        ] {
            assert!(!is_newer(tag), "{tag}");
        }
    }

    #[test]
    fn tags_that_no_installer_selects_are_odd() {
        for tag in [
            "win_ia64",
            "macosx_10_9_arm64",
            "macosx_10_3_x86_64",
            "macosx_10_7_ppc",
            "macosx_11_0_i386",
            "macosx_10_09_x86_64",
            "manylinux_2_4_x86_64",
            "manylinux_2_16_aarch64",
            "manylinux_1_17_x86_64",
            "musllinux_2_0_x86_64",
            "ios_11_0_arm64_iphoneos",
            "ios_13_0_x86_64_iphoneos",
            "ios_13_0_arm64_iphoneos_1",
            "android_15_x86",
            "pyemscripten_2025_0_wasm32_simd",
        ] {
            assert!(is_accepted(tag) && oddity(tag).is_some(), "{tag}");
        }
        for tag in [
            "any",
            "win32",
            "linux_armv7l",
            "macosx_10_9_universal2",
            "macosx_10_0_fat",
            "macosx_11_0_arm64",
            "manylinux2014_aarch64",
            "manylinux_2_5_i686",
            "manylinux_2_17_aarch64",
            "musllinux_1_0_x86_64",
            "ios_12_0_arm64_iphoneos",
            "android_16_x86",
            "pyemscripten_2025_0_wasm32",
        ] {
            assert_eq!(oddity(tag), None, "{tag}");
        }
    }
}
