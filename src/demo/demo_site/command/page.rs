//! What the page can be told to do wrong: as a whole, in one of its controls, or once.

use serde::{Serialize, Serializer};

words! {
    /// What is wrong with the page for as long as it is on.
    PageFault {
        /// SHORT stands between BUY and SELL.
        Short = "short",
        /// BUY and SELL have changed places.
        Swap = "swap",
        /// The controls move to and fro.
        Move = "move",
        /// Something invisible lies over everything.
        Cover = "cover",
        /// The X does nothing.
        StuckClear = "stuck-clear",
        /// 1/2 leaves a thousandth too much.
        HalveWrong = "halve-wrong",
        /// Numbers have a comma in place of the point.
        Comma = "comma",
        /// The page is loaded again as soon as an order was sent.
        ReloadOnOrder = "reload-on-order",
        /// BUY and SELL change places every 15 ms.
        Swap15 = "swap-15",
        /// BUY and SELL change places every 40 ms.
        Swap40 = "swap-40",
        /// BUY and SELL change places every 100 ms.
        Swap100 = "swap-100",
        /// BUY becomes SELL where it stands, and SELL becomes BUY, every 15 ms.
        Relabel = "relabel",
        /// BUY and SELL are shown and hidden in turns.
        Blink = "blink",
        /// Class names change all the time.
        Rename = "rename",
        /// Another field takes the focus all the time.
        StealFocus = "steal-focus",
        /// Everything is a quarter larger.
        Zoom = "zoom",
        /// The page is scrolled.
        Scroll = "scroll",
        /// Everything is turned and made smaller.
        Transform = "transform",
        /// BUY and SELL are very small.
        Tiny = "tiny",
        /// BUY and SELL are far outside of the window.
        OutOfSight = "away",
        /// BUY and SELL are drawn and cannot be seen.
        Faint = "faint",
        /// BUY and SELL are cut off.
        Clip = "clip",
        /// Clicks go through BUY and SELL.
        PointerNone = "pointer-none",
        /// BUY and SELL take no part in anything.
        Inert = "inert",
        /// BUY and SELL are in a row that is said to be disabled.
        Busy = "busy",
        /// BUY and SELL are in a shadow tree.
        Shadow = "shadow",
        /// BUY and SELL are in an element that looks like a button itself.
        Nested = "nested",
        /// A frame lies over everything.
        FrameOver = "frame-over",
        /// A modal dialog of the page stands before everything.
        Modal = "modal",
        /// The amount stands in another element than a field.
        Editable = "editable",
        /// Nothing can be typed into the field.
        Readonly = "readonly",
        /// The field writes the amount with its unit.
        Reformat = "reformat",
        /// The field groups the digits.
        Grouping = "grouping",
        /// The field keeps what it said before.
        Append = "append",
        /// The field has place for four signs.
        Maxlength = "maxlength",
        /// The amount is ten times as much as soon as the mouse is over BUY.
        AmountLate = "amount-late",
        /// The amount is ten times as much as soon as the mouse is pressed on BUY.
        AmountAtPress = "amount-at-press",
        /// All is chosen to be sold as soon as the mouse is over SELL.
        PercentLate = "percent-late",
        /// BUY claims 5 SOL as soon as the mouse is over it.
        LabelLate = "label-late",
        /// Something lies over everything as soon as the mouse is over BUY or SELL.
        CoverLate = "cover-late",
        /// A frame lies over everything as soon as the mouse is over BUY or SELL.
        FrameLate = "frame-late",
        /// BUY and SELL change places as soon as the mouse is over one of them.
        SwapLate = "swap-late",
        /// The page scrolls as soon as the mouse is over BUY or SELL.
        ScrollLate = "scroll-late",
        /// BUY and SELL are disabled as soon as the mouse is pressed on them.
        DisableLate = "disable-late",
        /// What is pressed on BUY is released on SELL.
        Capture = "capture",
        /// No click gets through to the page's own handler.
        Deaf = "deaf",
        /// Orders are sent when the mouse is pressed, not when it is released.
        OnPress = "on-press",
        /// Orders are sent a while after the click.
        SendLate = "send-late",
        /// Every order is sent twice.
        SendTwice = "send-twice",
        /// The handler of a click is busy for a while before it sends the order.
        SlowHandler = "slow-handler",
        /// A form is submitted with every order, and the page loaded again by it.
        Submit = "submit",
        /// The page leaves for another one as soon as an order was sent.
        Leave = "leave",
        /// The page goes back in its history with every order.
        Back = "back",
        /// Orders are sent only when a question is answered with yes.
        Confirm = "confirm",
        /// A message stands before the page after every order.
        AlertOnOrder = "alert-on-order",
        /// The page asks whether it may be left.
        Unload = "unload",
        /// A window is opened with every order.
        Popup = "popup",
        /// A tab that does not know who opened it is opened with every order.
        NewTab = "new-tab",
        /// The page is loaded again and again.
        ReloadLoop = "reload-loop",
        /// There is a second socket of a game, from another host.
        SecondSocket = "second-socket",
        /// A service worker stands between the page and its site.
        Worker = "worker",
    }
}

words! {
    /// What is wrong with one control for as long as it is on.
    ControlFault {
        /// The control is disabled.
        Disable = "disable",
        /// It looks well and does nothing.
        Numb = "numb",
        /// There is another one with the same text, beside it.
        Twin = "twin",
        /// It is not shown.
        Hide = "hide",
        /// There is another one with the same text before it, which is not shown.
        Ghost = "ghost",
    }
}

words! {
    /// A control of the page.
    PageControl {
        /// The BUY button: buys with the amount in the field.
        Buy = "buy",
        /// The SELL button: sells the chosen portion.
        Sell = "sell",
        /// SHORT, where there is one.
        Short = "short",
        /// The SIDEBET button: bets the amount in the field.
        Sidebet = "sidebet",
        /// The X button: clears the amount.
        Clear = "clear",
        /// Adds 0.001 SOL to the amount.
        Plus0001 = "plus0001",
        /// Adds 0.01 SOL to the amount.
        Plus001 = "plus001",
        /// Adds 0.1 SOL to the amount.
        Plus01 = "plus01",
        /// Adds 1 SOL to the amount.
        Plus1 = "plus1",
        /// The 1/2 button: halves the amount.
        Half = "half",
        /// The X2 button: doubles the amount.
        Double = "double",
        /// The MAX button: the largest amount.
        Max = "max",
        /// Chooses 10 % of the position.
        Percent10 = "percent10",
        /// Chooses 25 % of the position.
        Percent25 = "percent25",
        /// Chooses 50 % of the position.
        Percent50 = "percent50",
        /// Chooses 100 % of the position.
        Percent100 = "percent100",
    }
}

/// Something that a page does once, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageAction {
    /// Shows a dialog that stops everything in the page.
    Alert(String),
    /// Is busy for a number of milliseconds and answers nothing.
    Hang(u64),
    /// Reloads its document from the site.
    Reload,
    /// Closes its socket, and connects again.
    DropSocket,
}
