//! Citations: whatever a comment, a page or a setting cites is in the repository.

use std::fs;

use super::sources::{Source, files, read, root};
use super::{assert_found, assert_none, assert_permitted, page};

/// Where citations are looked for.
const FOLDERS: &[&str] = &["src", "tests", "docs", "benches", "examples", "scenarios", ".ci"];
/// Single files in which they are looked for too.
const FILES: &[&str] = &["Cargo.toml", "README.md", "clippy.toml"];
/// What is made in these folders and is not ours.
const MADE: &[&str] = &[".ci/tools/", "/target/", "/node_modules/"];

/// Pages that were cited once and are not part of the project, without their `.md`.
const STRANGERS: &[&str] = &["design", "house", "requirements", "style"];

/// Every citation of something that is not there.
fn offences(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources {
        for (line, cited) in citations(source) {
            if let Some(why) = broken(&cited) {
                offences.push(source.offence(line, &format!("{cited} {why}")));
            }
        }
    }
    offences
}

/// What is wrong with a citation, written as a path from the project's root and perhaps a heading.
fn broken(cited: &str) -> Option<&'static str> {
    let (path, heading) = parts(cited);
    if stem(path).is_some_and(|stem| STRANGERS.contains(&stem)) {
        return Some("is not a page of this project");
    }
    if path.starts_with("../") || !root().join(path).exists() {
        return Some("is not in the repository");
    }
    let heading = heading?;
    let is_there = stem(path).is_some() && anchors(&read(path)).iter().any(|at| at == heading);
    (!is_there).then_some("is not a heading of that page")
}

/// The citations of a file, with their lines: links of a page, and words that name a page.
fn citations(source: &Source) -> Vec<(usize, String)> {
    let is_page = source.path.ends_with(".md");
    let mut is_code = false;
    let mut found = Vec::new();
    for (at, line) in source.text.lines().enumerate() {
        let mut rest = line.to_owned();
        is_code ^= is_page && line.trim_start().starts_with("```");
        if is_page && !is_code {
            for target in links(&mut rest) {
                found.extend(from_root(&source.path, &target).map(|cited| (at + 1, cited)));
            }
        }
        found.extend(words(&rest).map(|cited| (at + 1, cited.to_owned())));
    }
    found
}

/// Takes the targets of all links out of a line of Markdown.
fn links(line: &mut String) -> Vec<String> {
    let mut targets = Vec::new();
    while let Some(begin) = line.find("](") {
        let Some(length) = line[begin..].find(')') else { break };
        targets.push(line[begin..begin + length].trim_start_matches("](").to_owned());
        line.replace_range(begin..=begin + length, " ");
    }
    targets
}

/// A link's target from the project's root; `None` where it leads to another place altogether.
fn from_root(page: &str, target: &str) -> Option<String> {
    if target.contains(':') {
        return None;
    }
    if target.starts_with('#') {
        return Some(format!("{page}{target}"));
    }
    let mut path: Vec<_> = page.split('/').collect();
    path.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." if path.last().is_some_and(|last| *last != "..") => {
                path.pop();
            }
            _ => path.push(part),
        }
    }
    Some(path.join("/"))
}

/// The words of a line that cite something: a path that begins with `docs/`, a page in a folder of
/// papers, a stranger's name. A path that ends with `~` is a backup, one after `//` an address.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|sign: char| !(sign.is_alphanumeric() || "/.#-_~".contains(sign)))
        .filter(|word| !word.starts_with("//"))
        .map(|word| word.trim_start_matches(['.', '/']).trim_end_matches(['.', '/', '-']))
        .filter(|word| is_citation(word))
}

fn is_citation(word: &str) -> bool {
    let (path, _) = parts(word);
    if path.starts_with("docs/") {
        return !path.ends_with('~');
    }
    let is_paper = path.starts_with("spec/") || path.contains("/spec/");
    stem(path).is_some_and(|stem| is_paper || STRANGERS.contains(&stem))
}

/// A citation's path, and its heading if it names one.
fn parts(cited: &str) -> (&str, Option<&str>) {
    cited.split_once('#').map_or((cited, None), |(path, heading)| (path, Some(heading)))
}

/// The name of a page without its ending; `None` for other files.
fn stem(path: &str) -> Option<&str> {
    path.rsplit('/').next()?.strip_suffix(".md").filter(|stem| !stem.is_empty())
}

/// The anchors of a page's headings, as GitHub makes them: lower case, spaces as hyphens, other
/// signs left out; a number behind one that was there before.
fn anchors(page: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    let mut is_code = false;
    for line in page.lines() {
        is_code ^= line.trim_start().starts_with("```");
        let text = line.trim_start_matches('#');
        let is_heading = (1..=6).contains(&(line.len() - text.len())) && text.starts_with(' ');
        if is_code || !is_heading {
            continue;
        }
        let is_kept = |sign: &char| sign.is_alphanumeric() || " -_".contains(*sign);
        let plain: String = text.trim().to_lowercase().chars().filter(is_kept).collect();
        let plain = plain.replace(' ', "-");
        let mut anchor = plain.clone();
        for number in 1.. {
            if !anchors.contains(&anchor) {
                break;
            }
            anchor = format!("{plain}-{number}");
        }
        anchors.push(anchor);
    }
    anchors
}

/// Every file that may cite something, without the tokens that nobody asks for here.
fn citing() -> Vec<Source> {
    let mut paths: Vec<_> = FOLDERS.iter().flat_map(|folder| files(folder)).collect();
    paths.extend(FILES.iter().map(|&path| path.to_owned()));
    paths.retain(|path| !MADE.iter().any(|made| path.contains(made)));
    let text = |path: &String| String::from_utf8(fs::read(root().join(path)).ok()?).ok();
    let source = |path: String| Some(Source { text: text(&path)?, path, tokens: Vec::new() });
    paths.into_iter().filter_map(source).collect()
}

#[test]
fn every_citation_leads_to_a_page_and_a_heading_of_the_repository() {
    let sources = citing();
    assert_none(&offences(&sources));
    let cited = sources.iter().flat_map(citations).filter(|(_, cited)| cited.contains('#')).count();
    assert!(cited > 100, "only {cited} citations of headings were looked at");
}

#[test]
fn a_citation_that_leads_nowhere_is_found() {
    let (path, setting) = ("src/planted.rs", "Cargo.toml");
    assert_found(offences, path, 2, &format!("\n/// Is so ({}).", page("absent.md")));
    assert_found(offences, path, 1, &format!("//! Is so ({}).", page("statistics.md#absent")));
    assert_found(offences, path, 1, &format!("//! `{}`", page("decisions/0999")));
    assert_found(offences, setting, 1, &format!("# {}", page("glossary.md#")));
    assert_found(offences, setting, 1, &format!("# {}", page("operations/alerts.yml#alerts")));
    for name in STRANGERS {
        assert_found(offences, path, 1, &format!("// See {name}.md 4."));
        assert_found(offences, path, 1, &format!("// See {}", page(&format!("{name}.md"))));
    }
    for folder in ["", "../", "../papers/"] {
        assert_found(offences, path, 1, &format!("// See `{folder}spec/{}` 1.", "game.md"));
    }
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let path = &page("how-to/live.md");
    assert_found(offences, path, 1, "[so](absent.md)");
    assert_found(offences, path, 1, "[so](live.md) [so](live.md#absent)");
    assert_found(offences, path, 1, "[so](../../src/absent.rs)");
    assert_found(offences, path, 1, "[so](../../../absent)");
    assert_found(offences, path, 3, "# Title\n\n[so](#absent)");
    assert_found(offences, path, 4, "```\n[so](absent.md)\n```\n[so](absent.md)");
    assert_found(offences, path, 1, &format!("`spec/{}`", "game.md"));
}

#[test]
fn what_is_there_may_be_cited() {
    let path = "src/planted.rs";
    for rest in ["glossary.md", "statistics.md#verdicts", "spec", "operations/alerts.yml"] {
        assert_permitted(offences, path, &format!("//! As said in {}.", page(rest)));
        assert_permitted(offences, path, &format!("//! (`{}`, and so on)", page(rest)));
    }
    assert_permitted(offences, path, &format!("const BACKUP: &str = \"{}\";", page("b.md~")));
    assert_permitted(offences, path, &format!("//! https://a.example/spec/{}", "b.md"));
    let path = &page("how-to/live.md");
    for target in ["live.md", "../statistics.md#verdicts", "#fairness", "https://a.example/b.md"] {
        assert_permitted(offences, path, &format!("[so]({target}), [so]({target})"));
    }
}

#[test]
fn headings_become_anchors_as_on_github() {
    let page = "# The `Tick`: a *stage*\n## Traps of fixed time\n##no\n```\n# code\n```\n\
                ### Socket.IO, 2nd\n# Twice\n# Twice\n####### seven\n";
    let expected = ["the-tick-a-stage", "traps-of-fixed-time", "socketio-2nd", "twice", "twice-1"];
    assert_eq!(anchors(page), expected);
}
