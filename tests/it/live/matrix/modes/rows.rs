//! The modes, as data: what the site is told, and what must come of a buy and of a sale.

/// What must come of an order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// It is done.
    Done,
    /// It is refused, with these words among others.
    Refused(&'static str),
    /// It is done or refused, as the moment will have it.
    Either,
}

/// A mode of a page.
pub(super) struct Mode {
    pub(super) name: &'static str,
    /// What the site is told.
    pub(super) words: &'static [&'static str],
    /// What becomes of a buy.
    pub(super) buy: Wanted,
    /// What becomes of the sale of a quarter, behind it.
    pub(super) sell: Wanted,
}

/// The page takes the click, and sends no order.
const SILENT: Wanted = Wanted::Refused("the page sent nothing");
const MOVED: Wanted = Wanted::Refused("the button moved away");
const CHANGED: Wanted = Wanted::Refused("the page changed it right before the click");
const UNREAD: Wanted = Wanted::Refused("AmountField");

/// Every mode that leaves the session armed.
pub(super) fn modes() -> Vec<Mode> {
    use Wanted::{Done, Either, Refused};
    let mode = |name, words, buy, sell| Mode { name, words, buy, sell };
    vec![
        mode("as it should be", &[], Done, Done),
        // Where the buttons are, and how they look.
        mode("SHORT between BUY and SELL", &["short"], Done, Done),
        mode("BUY and SELL exchanged", &["swap"], Done, Done),
        mode("a quarter larger", &["zoom"], Either, Either),
        mode("scrolled", &["scroll"], Done, Done),
        mode("turned and smaller", &["transform"], Done, Done),
        mode("very small buttons", &["tiny"], Either, Either),
        mode("class names change all the time", &["rename"], Done, Done),
        mode("BUY in something like a button", &["nested"], Done, Done),
        mode("a hidden twin of BUY and of SELL", &["ghost buy", "ghost sell"], Done, Done),
        mode(
            "two buttons of one name",
            &["twin buy", "twin sell"],
            Refused("Buy: another"),
            Refused("Sell: another"),
        ),
        mode(
            "outside of the window",
            &["away"],
            Refused("Buy: it is outside"),
            Refused("Sell: it is outside"),
        ),
        mode(
            "drawn and not to be seen",
            &["faint"],
            Refused("Buy: it is not shown"),
            Refused("Sell: it is not shown"),
        ),
        mode("cut off", &["clip"], Refused("Buy: it is covered"), Refused("Sell: it is covered")),
        mode(
            "clicks go through",
            &["pointer-none"],
            Refused("Buy: it is covered"),
            Refused("Sell: it is covered"),
        ),
        mode("inert", &["inert"], Refused("Buy: it is"), Refused("Sell: it is")),
        mode(
            "in a row that is disabled",
            &["busy"],
            Refused("it is disabled"),
            Refused("Sell: it is disabled"),
        ),
        mode(
            "in a shadow tree",
            &["shadow"],
            Refused("Buy: no element"),
            Refused("Sell: no element"),
        ),
        mode("shown and hidden in turns", &["blink"], Either, Either),
        mode(
            "something invisible over everything",
            &["cover"],
            Refused("it is covered by \"div\""),
            Refused("it is covered by \"div\""),
        ),
        mode(
            "a frame over everything",
            &["frame-over"],
            Refused("it is covered by \"iframe\""),
            Refused("it is covered by \"iframe\""),
        ),
        mode(
            "a modal dialog of the page",
            &["modal"],
            Refused("it is covered"),
            Refused("it is covered"),
        ),
        mode("the controls move", &["move"], Refused("it moves"), Refused("it moves")),
        mode("the focus is stolen", &["steal-focus"], Done, Done),
        // What stands on them.
        mode("BUY says 5x", &["text buy BUY 5x"], Refused("Buy: it says \"BUY 5x"), Done),
        mode("BUY says SOL", &["text buy BUY SOL"], Refused("Buy: it says \"BUY SOL"), Done),
        mode(
            "BUY says another amount",
            &["text buy BUY +5.000 SOL"],
            Refused("Buy: it says \"BUY +5.000 SOL"),
            Done,
        ),
        mode(
            "SELL says 100% at 25%",
            &["text sell SELL 100%"],
            Done,
            Refused("Sell: it says \"SELL 100%\""),
        ),
        mode("SELL says 25%", &["text sell SELL 25%"], Done, Done),
        mode("SELL says what it yields", &["text sell SELL 0.012 SOL"], Done, Done),
        mode("SELL says ALL", &["text sell SELL ALL"], Done, Refused("Sell: it says \"SELL ALL\"")),
        mode("BUY says PURCHASE", &["text buy PURCHASE"], Refused("Buy: no element"), Done),
        // The field.
        mode("commas in numbers", &["comma"], UNREAD, Done),
        mode("an amount that is not in a field", &["editable"], UNREAD, Done),
        mode("a field that is read only", &["readonly"], Done, Done),
        mode("a field that writes its unit", &["reformat"], Done, Done),
        mode("a field that groups digits", &["grouping"], UNREAD, Done),
        mode("a field that keeps what it said", &["append"], UNREAD, Done),
        mode("a field of four signs", &["maxlength"], Either, Done),
        mode("the X does nothing", &["stuck-clear"], Either, Done),
        mode("+0.001 does nothing", &["numb plus0001"], Either, Done),
        // As soon as the mouse is there.
        mode("the amount grows under the mouse", &["amount-late"], CHANGED, Done),
        mode("the amount grows when the mouse is pressed", &["amount-at-press"], SILENT, Done),
        mode("the share becomes all under the mouse", &["percent-late"], Done, CHANGED),
        mode("BUY claims 5 SOL under the mouse", &["label-late"], CHANGED, Done),
        mode("covered under the mouse", &["cover-late"], Refused(""), Either),
        mode("a frame under the mouse", &["frame-late"], Refused(""), Either),
        mode("the buttons exchanged under the mouse", &["swap-late"], MOVED, Either),
        mode("scrolled under the mouse", &["scroll-late"], MOVED, Either),
        mode("disabled when the mouse is pressed", &["disable-late"], SILENT, SILENT),
        mode("pressed here and released there", &["capture"], SILENT, SILENT),
        mode("the buttons change their names", &["relabel"], Either, Either),
        // What the page makes of the click.
        mode("clicks do not get through", &["deaf"], SILENT, SILENT),
        mode("orders when the mouse is pressed", &["on-press"], Done, Done),
        mode("orders a while after the click", &["send-late"], Done, Done),
        mode("a slow handler", &["slow-handler"], Done, Done),
        mode("a question before every order", &["confirm"], SILENT, SILENT),
        mode("a message after every order", &["alert-on-order"], Done, Done),
        mode("a window with every order", &["popup"], Done, Either),
        mode("a tab with every order", &["new-tab"], Done, Either),
        mode("back in the history with every order", &["back"], Done, Done),
        mode("a second socket, of another host", &["second-socket"], Done, Done),
        mode("a service worker", &["worker"], Done, Done),
    ]
}
