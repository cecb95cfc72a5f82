"""Which uses of tools are allowed, refused or asked about; nothing outside the sources ever is."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tui.agent.addresses import OddAddress, host_of
from tui.agent.permissions import Allowed, Denied, judge
from tui.domain.tools import NO_ACCESS, Access, Question

SECRETS = ("secret.txt", "notes-old/secret.txt", "other/secret.txt")


def grow(root: Path) -> Path:
    """Two sources, a folder `notes` and a file `one.md`, in the middle of what is none."""
    notes = root / "notes"
    (notes / "deep").mkdir(parents=True)
    for name in ("notes/facts.md", "notes/deep/more.txt", "one.md", *SECRETS):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name)
    (notes / "way-out.txt").symlink_to(root / "secret.txt")
    (notes / "out").symlink_to(root)
    (notes / "way-out.txt ").symlink_to(notes / "facts.md")
    (notes / "inside").symlink_to(notes / "deep")
    (notes / "loop").symlink_to(notes / "loop")
    (notes / "ping").symlink_to(notes / "pong")
    (notes / "pong").symlink_to(notes / "ping")
    # Its decomposed name is a plain file's, its composed name leads out.
    (notes / "cafe\u0301.txt").write_text("inside")
    (notes / "caf\u00e9.txt").symlink_to(root / "secret.txt")
    os.mkfifo(notes / "pipe")
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grow(tmp_path_factory.mktemp("disk").resolve())


@pytest.fixture
def access(root: Path) -> Access:
    return Access((str(root / "notes"), str(root / "one.md")))


@pytest.fixture
def folder_only(root: Path) -> Access:
    return Access((str(root / "notes"),))


@pytest.mark.parametrize(
    ("path", "real"),
    [
        ("notes/facts.md", "notes/facts.md"),
        ("notes/deep/../facts.md", "notes/facts.md"),
        ("notes//facts.md", "notes/facts.md"),
        ("notes/inside/more.txt", "notes/deep/more.txt"),
        ("notes/none.md", "notes/none.md"),
        ("notes", "notes"),
        ("one.md", "one.md"),
    ],
)
def test_what_lies_in_the_sources_is_read(root: Path, access: Access, path: str, real: str) -> None:
    told = f"{root}/{path}"
    verdict = judge(access, "Read", {"file_path": told, "limit": 5})
    assert isinstance(verdict, Allowed)
    changed = verdict.changed or {"file_path": told, "limit": 5}
    assert changed == {"file_path": f"{root}/{real}", "limit": 5}


@pytest.mark.parametrize(
    "path",
    [
        *SECRETS,
        "",
        "notes/../secret.txt",
        "notes/way-out.txt",
        "notes/way-out.txt ",
        "notes/cafe\u0301.txt",
        "notes/out",
        "notes/out/secret.txt",
        "notes/out/notes/../secret.txt",
        "notes/inside/../../secret.txt",
        "notes/loop/../../secret.txt",
        "notes/pipe",
        "notes/a\0b",
        "notes/" + "x" * 5_000,
        "one.md.bak",
        "one.md/../secret.txt",
    ],
)
def test_what_leads_elsewhere_is_refused(root: Path, access: Access, path: str) -> None:
    for tool, name in (("Read", "file_path"), ("Grep", "path"), ("Glob", "path")):
        verdict = judge(
            access, tool, {name: f"{root}/{path}"} | ({"pattern": "x"} if name == "path" else {})
        )
        assert isinstance(verdict, Denied), tool
        assert verdict.reason


@pytest.mark.parametrize("path", ["/etc/passwd", "/", "~/x", "../x", 5, None, ["x"], {}])
def test_what_is_no_path_into_a_source_is_refused(access: Access, path: object) -> None:
    assert isinstance(judge(access, "Read", {"file_path": path}), Denied)


def test_a_loop_fails_by_itself(root: Path, access: Access) -> None:
    for name in ("loop", "ping"):
        verdict = judge(access, "Read", {"file_path": f"{root}/notes/{name}"})
        assert isinstance(verdict, Allowed)


def test_the_only_folder_is_searched_when_none_is_named(root: Path, folder_only: Access) -> None:
    for tool in ("Glob", "Grep"):
        for given_path in ({}, {"path": ""}, {"path": None}, {"path": "."}):
            verdict = judge(folder_only, tool, {"pattern": "x", **given_path})
            assert verdict == Allowed({"pattern": "x", "path": f"{root}/notes"})
    relative = judge(folder_only, "Grep", {"pattern": "x", "path": "deep"})
    assert relative == Allowed({"pattern": "x", "path": f"{root}/notes/deep"})
    assert isinstance(judge(folder_only, "Grep", {"pattern": "x", "path": ".."}), Denied)


def test_several_sources_are_told_when_none_is_named(root: Path, access: Access) -> None:
    verdict = judge(access, "Grep", {"pattern": "x"})
    assert isinstance(verdict, Denied)
    assert f"{root}/notes" in verdict.reason
    assert f"{root}/one.md" in verdict.reason
    assert judge(access, "Glob", {"pattern": "*"}) == Allowed(
        {"pattern": "*", "path": f"{root}/notes"}
    )


def test_a_single_file_is_read_and_searched_but_not_listed(root: Path) -> None:
    access = Access((str(root / "one.md"),))
    path = str(root / "one.md")
    assert judge(access, "Read", {"file_path": path}) == Allowed()
    assert judge(access, "Grep", {"pattern": "x", "path": path}) == Allowed()
    assert judge(access, "Grep", {"pattern": "x"}) == Allowed({"pattern": "x", "path": path})
    assert isinstance(judge(access, "Glob", {"pattern": "*", "path": path}), Denied)
    assert isinstance(judge(access, "Glob", {"pattern": "*"}), Denied)


@pytest.mark.parametrize(
    "pattern", ["/etc/*", "../*", "a/../../*", "{..,a}/*", "~/*", "\\\\x", 5, None]
)
def test_patterns_stay_below_their_folder(folder_only: Access, pattern: object) -> None:
    assert isinstance(judge(folder_only, "Glob", {"pattern": pattern}), Denied)
    if pattern is not None:
        assert isinstance(judge(folder_only, "Grep", {"pattern": "x", "glob": pattern}), Denied)


def test_a_regular_expression_is_no_path(folder_only: Access) -> None:
    assert isinstance(judge(folder_only, "Grep", {"pattern": "/a../~.*"}), Allowed)


@pytest.mark.parametrize("source", ["", "relative", "/", "//", "~", "/no/such/place"])
def test_a_source_that_is_none_opens_nothing(source: str) -> None:
    for path in ("/etc/passwd", "/etc", "relative", "etc/passwd"):
        assert isinstance(judge(Access((source,)), "Read", {"file_path": path}), Denied)


def test_a_source_may_be_reached_by_a_link(tmp_path: Path, root: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(root / "notes")
    verdict = judge(Access((str(link),)), "Read", {"file_path": str(link / "facts.md")})
    assert verdict == Allowed({"file_path": f"{root}/notes/facts.md"})


@pytest.mark.parametrize("tool", ["Bash", "Write", "Edit", "Task", "read", "", "mcp__x__y", "LS"])
def test_unknown_tools_are_refused(access: Access, tool: str) -> None:
    both = Access(access.sources, has_web=True, rules=("Bash", "WebSearch"))
    assert isinstance(judge(both, tool, {"file_path": access.sources[0]}), Denied)


def test_unknown_inputs_are_refused(access: Access) -> None:
    given = {"file_path": f"{access.sources[0]}/facts.md"}
    assert isinstance(judge(access, "Read", given), Allowed)
    assert isinstance(judge(access, "Read", {**given, "also": "/etc/passwd"}), Denied)
    assert isinstance(judge(access, "Read", {**given, "pages": {"from": 1}}), Denied)


def test_tools_that_are_switched_off_are_refused(access: Access) -> None:
    web = Access(has_web=True)
    page = {"url": "https://example.org/", "prompt": "x"}
    assert isinstance(judge(access, "WebFetch", page), Denied)
    assert isinstance(judge(access, "WebSearch", {"query": "x"}), Denied)
    assert isinstance(judge(web, "Read", {"file_path": f"{access.sources[0]}/facts.md"}), Denied)
    assert isinstance(judge(NO_ACCESS, "WebSearch", {"query": "x"}), Denied)


def test_the_web_is_asked_about() -> None:
    web = Access(has_web=True, rules=("WebSearch",))
    only = {"query": "q", "allowed_domains": ["a.org", "b.org"], "blocked_domains": []}
    assert judge(web, "WebSearch", only) == Question(
        "", "WebSearch", "q", "only in: a.org, b.org", "", "WebSearch"
    )
    page = {"url": "https://Example.org:8443/a?b=c#d", "prompt": "Why?"}
    assert judge(web, "WebFetch", page) == Question(
        "", "WebFetch", page["url"], "Why?", "example.org:8443", "WebFetch(example.org:8443)"
    )
    for wrong in ({"query": " "}, {"query": 5}, {}, {"query": "a\0b"}, {"query": "x" * 20_000}):
        assert isinstance(judge(web, "WebSearch", wrong), Denied)
    for address in ("file:///etc/passwd", "x", "", 7, None):
        assert isinstance(judge(web, "WebFetch", {"url": address, "prompt": "x"}), Denied)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://example.org", "example.org"),
        ("HTTPS://EXAMPLE.ORG/Path", "example.org"),
        ("http://example.org:80/", "example.org"),
        ("https://example.org:443/", "example.org"),
        ("http://example.org:443/", "example.org:443"),
        ("https://example.org:8080/", "example.org:8080"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("http://127.0.0.1:9/", "127.0.0.1:9"),
        ("http://[::1]/", "[::1]"),
        ("http://[0:0::1]:81/", "[::1]:81"),
        ("https://example.org/?next=https://evil.example/@x", "example.org"),
    ],
)
def test_the_host_an_address_leads_to(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "//example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https:example.org",
        "https:///example.org",
        "https://",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://example.org@evil.example/",
        "https://example.org\\@evil.example/",
        "https://evil.example\\.example.org/",
        "https://exam ple.org/",
        " https://example.org/",
        "https://example.org/\n",
        "https://example.org/\tx",
        "https://ex%61mple.org/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://faß.example/",
        "https://exam\u200dple.org/",
        "https://.example.org/",
        "https://a..org/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://127.1./",
        "https://2130706433./",
        "https://[::1/",
        "https://[::1%25lo]/",
        "https://[::1]x/",
        "https://x[::1]/",
        "https://example.org/" + "x" * 2_000,
    ],
)
def test_odd_addresses_are_not_even_asked_about(address: str) -> None:
    with pytest.raises(OddAddress):
        host_of(address)


WORDS = "notes deep .. . out inside loop ping way-out.txt facts.md secret.txt one.md other ~ *"
PIECES = some.sampled_from([*WORDS.split(), "", " ", "\0", "\ud800", "notes-old", "way-out.txt "])


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    pieces=some.lists(PIECES, max_size=9),
    is_absolute=some.booleans(),
    tool=some.sampled_from(["Read", "Glob", "Grep"]),
)
def test_nothing_outside_the_sources_is_ever_allowed(
    root: Path, access: Access, pieces: list[str], is_absolute: bool, tool: str
) -> None:
    path = "/".join(pieces)
    path = f"{root}/{path}" if is_absolute else path
    told: dict[str, Any] = {"file_path": path}
    if tool != "Read":
        told = {"pattern": "x", "path": path}
    verdict = judge(access, tool, told)
    assert isinstance(verdict, Allowed | Denied)
    if isinstance(verdict, Allowed):
        used = (verdict.changed or told)["file_path" if tool == "Read" else "path"]
        for form in (used, used.strip(), os.path.normpath(used)):
            real = os.path.realpath(form)
            inside = real.startswith(f"{root}/notes/")
            assert inside or real in {f"{root}/notes", f"{root}/one.md"}


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = some.sampled_from(["file_path", "path", "pattern", "glob", "url", "prompt", "query", "x"])


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tool=some.sampled_from(["Read", "Glob", "Grep", "WebFetch", "WebSearch"]) | some.text(),
    told=some.dictionaries(KEYS, ANYTHING, max_size=5),
)
def test_any_input_gets_a_verdict(access: Access, tool: str, told: dict[str, Any]) -> None:
    verdict = judge(Access(access.sources, has_web=True), tool, told)
    assert isinstance(verdict, Allowed | Denied | Question)
    if isinstance(verdict, Question):
        assert verdict.rule == "WebSearch" or verdict.rule == f"WebFetch({verdict.place})"


@settings(max_examples=300, deadline=None)
@given(some.text(max_size=40), some.sampled_from(["https://", "http://", "https:/", ""]))
def test_any_address_has_a_plain_host_or_none(rest: str, start: str) -> None:
    try:
        host = host_of(start + rest)
    except OddAddress:
        return
    assert host.isascii()
    assert host == host.lower()
    assert not set(host) & set("@/\\?# %")
