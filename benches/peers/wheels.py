"""Wheels of a given size that every tool accepts and that do not compress."""

import base64
import hashlib
import io
import random
import zipfile

PROJECT = "upload_bench"
CHUNK = 8_000_000
PLATFORMS = [
    "macosx_10_13_x86_64",
    "macosx_11_0_arm64",
    "manylinux_2_17_aarch64",
    "manylinux_2_17_armv7l",
    "manylinux_2_17_i686",
    "manylinux_2_17_ppc64le",
    "manylinux_2_17_s390x",
    "manylinux_2_17_x86_64",
    "musllinux_1_2_aarch64",
    "musllinux_1_2_armv7l",
    "musllinux_1_2_i686",
    "musllinux_1_2_x86_64",
    "win32",
    "win_amd64",
    "win_arm64",
]
TAGS = [f"cp3{minor}-cp3{minor}-{platform}" for minor in range(8, 15) for platform in PLATFORMS]


def make(folder):
    """The files of each size, each size in a folder of its own; those that exist are kept."""
    return {
        "10kB": [wheel(folder / "10kB", "1.0", "py3-none-any", 10_000)],
        "1GB": [wheel(folder / "1GB", "2.0", TAGS[0], 1_000_000_000)],
        "100x1MB": [wheel(folder / "100x1MB", "3.0", tag, 1_000_000) for tag in TAGS[:100]],
    }


def small(project, version):
    """A wheel of about 1 kB, as (project, version, file name, bytes)."""
    info = f"{project}-{version}.dist-info"
    name = f"{project}-{version}-py3-none-any.whl"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        record = [
            add(archive, f"{project}/__init__.py", [name.encode()]),
            add(archive, f"{info}/METADATA", [metadata(version, project.replace("_", "-")).encode()]),
            add(archive, f"{info}/WHEEL", [wheel_file("py3-none-any").encode()]),
        ]
        add(archive, f"{info}/RECORD", ["\n".join([*record, f"{info}/RECORD,,", ""]).encode()])
    return project, version, name, written.getvalue()


def wheel(folder, version, tag, size):
    """A wheel of about `size` bytes."""
    path = folder / f"{PROJECT}-{version}-{tag}.whl"
    if path.exists():
        return str(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = random.Random(path.name)
    lengths = [min(CHUNK, size - start) for start in range(0, size, CHUNK)]
    info = f"{PROJECT}-{version}.dist-info"
    unfinished = path.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w") as archive:
        record = [
            add(archive, f"{PROJECT}/__init__.py", [b""]),
            add(archive, f"{PROJECT}/noise.bin", (noise.randbytes(length) for length in lengths)),
            add(archive, f"{info}/METADATA", [metadata(version).encode()]),
            add(archive, f"{info}/WHEEL", [wheel_file(tag).encode()]),
        ]
        add(archive, f"{info}/RECORD", ["\n".join([*record, f"{info}/RECORD,,", ""]).encode()])
    unfinished.rename(path)
    return str(path)


def add(archive, name, chunks):
    """Stores a member; returns its line of RECORD."""
    member = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    member.external_attr = 0o644 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(member, "w", force_zip64=True) as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    sha256 = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
    return f"{name},sha256={sha256},{size}"


def metadata(version, name="upload-bench"):
    return (
        f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nSummary: Bytes to upload\n"
        "License-Expression: MIT\nRequires-Python: >=3.8\nDescription-Content-Type: text/markdown\n\n# Bytes to upload\n"
    )


def wheel_file(tag):
    pure = "true" if tag.endswith("-any") else "false"
    return f"Wheel-Version: 1.0\nGenerator: upload-bench\nRoot-Is-Purelib: {pure}\nTag: {tag}\n"
