//! Embeds data in a page, as JSON that no text in it can break out of.

use serde::Serialize;

/// A value as JSON that is safe inside a `script` element.
///
/// Every `<` is escaped, which JSON reads as the same character: no name of a bot can end the
/// element or open a comment.
///
/// # Panics
/// Never for plain data: strings, numbers, lists and structs of them.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data is JSON").replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_in_the_data_can_end_the_element_that_holds_it() {
        let names = ["</script><script>alert(1)</script>", "<!--", "]]>", "a & b"];
        let text = json(&names);
        assert!(!text.contains('<'), "{text}");
        let back: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(back, names);
    }
}
