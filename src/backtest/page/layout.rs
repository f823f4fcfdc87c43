//! The frame of a page: its head, its table of contents, and the building blocks of sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{Chart, Charts};
use super::{GENERATOR, assets, format};

/// Maximum number of rows of the table below a chart.
const ROWS_MAX: usize = 24;

/// Longest fact, in bytes of markup, that shares a line with others.
const FACT_MAX: usize = 60;

/// A page under construction: sections are added in reading order.
#[derive(Debug, Default)]
pub(super) struct Page {
    title: String,
    charts: Charts,
    contents: Vec<Entry>,
    body: String,
    /// Prefix of the ids in the current chapter; empty without chapters.
    prefix: String,
}

/// An entry of the table of contents.
#[derive(Debug)]
struct Entry {
    id: String,
    title: String,
    chapter: bool,
}

/// The data of a chart as a table: the header and the rows.
#[derive(Debug)]
pub(super) struct Data {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// An entry of a chart's legend.
#[derive(Debug)]
pub(super) struct Key {
    pub name: String,
    /// Index of the colour and dash.
    pub slot: usize,
    /// Whether it is shown at first.
    pub shown: bool,
}

/// The texts around a chart.
#[derive(Debug)]
pub(super) struct Caption<'a> {
    /// Id of its element, unique in its chapter.
    pub id: &'a str,
    /// Title of the chart, a few words.
    pub title: &'a str,
    /// How to read the chart.
    pub note: &'a str,
}

impl Page {
    /// Sets the page's title and its opening.
    pub(super) fn open(&mut self, title: &str, header: &Markup) {
        title.clone_into(&mut self.title);
        self.body.push_str(&header.0);
    }

    /// Begins a chapter, which includes everything until the next one.
    pub(super) fn chapter(&mut self, number: usize) {
        self.prefix = format!("run{number}-");
    }

    /// An id of the current chapter.
    pub(super) fn id(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Adds the heading of a chapter.
    pub(super) fn heading(&mut self, title: &str, below: &Markup) {
        let id = self.id("chapter");
        let heading = html! { header.chapter { h2 id=(id) { (title) } (below) } };
        self.body.push_str(&heading.0);
        self.contents.push(Entry { id, title: title.to_owned(), chapter: true });
    }

    /// Adds a section to the current chapter.
    pub(super) fn section(&mut self, name: &str, title: &str, body: &Markup) {
        let id = self.id(name);
        let heading = format!("{id}-heading");
        let section = html! {
            section id=(id) aria-labelledby=(heading) {
                @if self.prefix.is_empty() {
                    h2 id=(heading) { (title) }
                } @else {
                    h3 id=(heading) { (title) }
                }
                (body)
            }
        };
        self.body.push_str(&section.0);
        self.contents.push(Entry { id, title: title.to_owned(), chapter: false });
    }

    /// A chart with its texts, legend and table.
    pub(super) fn chart(
        &mut self,
        caption: &Caption<'_>,
        keys: &[Key],
        chart: Chart,
        data: &Data,
    ) -> Markup {
        let id = self.id(caption.id);
        let figure = figure(&id, caption, keys, data, &html! {});
        self.charts.add(&id, chart);
        figure
    }

    /// A chart with controls of its own above it, which its script handles.
    pub(super) fn controlled(
        &mut self,
        caption: &Caption<'_>,
        controls: &Markup,
        chart: Chart,
        data: &Data,
    ) -> Markup {
        let id = self.id(caption.id);
        let figure = figure(&id, caption, &[], data, controls);
        self.charts.add(&id, chart);
        figure
    }

    /// The complete page as HTML.
    pub(super) fn finish(self) -> String {
        let Self { title, charts, contents, body, .. } = self;
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    (PreEscaped(GENERATOR)) " " (env!("CARGO_PKG_VERSION")) (PreEscaped("\">"))
                    // Even if someone injects markup by mistake, a page cannot fetch anything.
                    meta http-equiv="Content-Security-Policy" content=(
                        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                         img-src data:"
                    );
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    link rel="icon" href="data:,";
                    title { (title) }
                    style { (PreEscaped(assets::style())) }
                }
                body {
                    a.skip href="#main" { "Skip to the report" }
                    div.frame {
                        (table_of_contents(&contents))
                        main #main tabindex="-1" { (PreEscaped(body)) }
                    }
                    script type="application/json" id="charts" { (PreEscaped(charts.json())) }
                    script { (PreEscaped(assets::script())) }
                }
            }
        };
        page.into_string()
    }
}

fn table_of_contents(contents: &[Entry]) -> Markup {
    html! {
        nav.contents aria-label="Contents" {
            p.mark { "Replayer" }
            ol {
                @for entry in contents {
                    li.chapter[entry.chapter] { a href={ "#" (entry.id) } { (entry.title) } }
                }
            }
            label.theme {
                span { "Appearance" }
                select #theme {
                    option value="auto" { "System default" }
                    option value="light" { "Light" }
                    option value="dark" { "Dark" }
                }
            }
        }
    }
}

fn figure(id: &str, caption: &Caption<'_>, keys: &[Key], data: &Data, controls: &Markup) -> Markup {
    let Caption { title, note, .. } = caption;
    let (note_id, readout) = (format!("{id}-note"), format!("{id}-readout"));
    html! {
        figure.chart {
            figcaption { strong { (title) } " " span.note id=(note_id) { (note) } }
            (controls)
            @if keys.len() > 1 {
                div.legend role="group" aria-label={ "Curves of " (title) } {
                    @for (number, key) in keys.iter().enumerate() {
                        button type="button" data-series=(number) aria-pressed=(key.shown) {
                            (swatch(key.slot)) (key.name)
                        }
                    }
                }
            }
            div.plot
                id=(id)
                tabindex="0"
                role="application"
                aria-roledescription="chart"
                aria-label=(title)
                aria-describedby={ (note_id) " " (readout) } {}
            output.readout id=(readout) aria-live="polite" {}
            noscript { p.note { "The chart needs JavaScript; the table below does not." } }
            details.data {
                summary { "Show as a table" }
                (table(title, data))
            }
        }
    }
}

/// A sample of a curve's colour and dash.
pub(super) fn swatch(slot: usize) -> Markup {
    html! {
        span class={ "swatch dash" (slot / 8 % 3) } style={ "--c:var(--s" (slot % 8) ")" }
            aria-hidden="true" {}
    }
}

/// A table in a frame that scrolls where the table is too wide, by keyboard too. The first column
/// names the rows; all others are figures.
pub(super) fn table(label: &str, data: &Data) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label={ (label) ", as a table" } {
            table {
                thead { tr { @for (at, name) in data.header.iter().enumerate() {
                    th.n[at > 0] scope="col" { (name) }
                } } }
                tbody { @for row in &data.rows { tr { @for (at, cell) in row.iter().enumerate() {
                    @if at == 0 { th scope="row" { (cell) } } @else { td.n { (cell) } }
                } } } }
            }
        }
    }
}

/// Names with their values, as a `dl` element.
pub(super) fn facts(facts: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts { @for (name, fact) in facts {
            div.wide[fact.0.len() > FACT_MAX] { dt { (name) } dd { (fact) } }
        } }
    }
}

/// Indices of a long series that its table shows: evenly spread, always including the last.
pub(super) fn sampled(length: usize) -> Vec<usize> {
    let stride = length.div_ceil(ROWS_MAX).max(1);
    let mut places: Vec<usize> = (0..length).rev().step_by(stride).collect();
    places.reverse();
    places
}

/// A figure or, if there is none, a dash with an explanation.
pub(super) fn or_none(text: Option<String>) -> Markup {
    html! {
        @match text {
            Some(text) => (text),
            None => span.none title="not available" { (format::NONE) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_a_curve_is_short_and_ends_where_the_curve_ends() {
        for length in [1, 5, 24, 25, 256, 1000] {
            let places = sampled(length);
            assert!(places.len() <= ROWS_MAX, "{length}: {}", places.len());
            assert_eq!(places.last(), Some(&(length - 1)));
        }
        assert!(sampled(0).is_empty());
    }

    #[test]
    fn names_cannot_bring_markup_into_a_page() {
        // Two entries, as a single curve has no legend.
        let keys = [0, 1].map(|slot| Key { name: "<b>&\"</b>".to_owned(), slot, shown: true });
        let caption = Caption { id: "x", title: "<i>", note: "&" };
        let data = Data { header: vec!["<u>".to_owned()], rows: vec![vec!["</td>".to_owned()]] };
        let text = figure("x", &caption, &keys, &data, &html! {}).into_string();
        for tag in ["<b>", "<i>", "<u>", "</b>"] {
            assert!(!text.contains(tag), "{tag} in {text}");
        }
        assert!(text.contains("&lt;b&gt;&amp;&quot;"));
    }
}
