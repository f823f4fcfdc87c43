//! The assets of every page: the charting library, the styles and the scripts (`assets/README.md`).

/// The charting library uPlot and its licence.
const UPLOT_SCRIPT: &str = include_str!("assets/uplot-1.6.32.min.js");
const UPLOT_STYLE: &str = include_str!("assets/uplot-1.6.32.min.css");
const UPLOT_LICENCE: &str = include_str!("assets/uplot-1.6.32.LICENSE");

/// The page's own styles and scripts.
const STYLE: &str = include_str!("assets/page.css");
const SCRIPTS: [&str; 4] = [
    include_str!("assets/charts.js"),
    include_str!("assets/game.js"),
    include_str!("assets/heat.js"),
    include_str!("assets/page.js"),
];

/// The content of the page's `style` element.
pub(super) fn style() -> String {
    format!("{UPLOT_STYLE}\n{STYLE}")
}

/// The content of the page's `script` element.
pub(super) fn script() -> String {
    let scripts = SCRIPTS.join("\n");
    format!(
        "/*! uPlot 1.6.32\n\n{UPLOT_LICENCE}\n*/\n{UPLOT_SCRIPT}\n(() => {{\n\"use strict\";\n{scripts}}})();\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::hex::hex;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn the_charting_library_is_the_published_one_unchanged() {
        let digest = |text: &str| hex(Sha256::digest(text.as_bytes()).into()).to_string();
        assert_eq!(
            digest(UPLOT_SCRIPT),
            "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"
        );
        assert_eq!(
            digest(UPLOT_STYLE),
            "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04"
        );
        assert!(UPLOT_SCRIPT.contains("(v1.6.32)"));
    }

    #[test]
    fn nothing_in_a_page_can_end_the_element_that_it_stands_in() {
        assert!(!style().contains("</"));
        assert!(!script().contains("</"), "an end tag in a script");
        assert!(!script().contains("<!--"));
    }

    #[test]
    fn the_licence_of_the_library_goes_with_it() {
        let script = script();
        assert!(script.contains("Permission is hereby granted, free of charge"));
        assert!(script.contains("Copyright (c) 2022 Leon Sorokin"));
    }

    #[test]
    fn nothing_is_fetched_from_anywhere() {
        for address in ["url(", "@import", "fetch(", "XMLHttpRequest", "importScripts"] {
            assert!(!style().contains(address) && !SCRIPTS.concat().contains(address), "{address}");
        }
    }
}
