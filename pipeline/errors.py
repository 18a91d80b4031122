"""The exception tree, drawn first. Every message is one sentence that says what is wrong and what to do.

LoupeError
    BadInput                the user's input cannot be used
        BadImage            not an image, truncated, too large, too small, ...
        BadPrompt           empty, over-long, or no description
        BadRegion           outside the master or too small
        BadModel            not a usable GLB
        BadArchive          not a whole .loupe file, or not an honest one
        NotRegistrable      an answer that cannot be laid over its crop
    ReadOnly                a visitor of a shared deployment may only look
    UnknownDesign           no such design on disk
    StorageError            the data folder cannot be read or written
        DiskFull
        Corrupt             a stored file does not match its hash
    Cancelled               the user stopped the work
    RendererUnavailable     the ray engine cannot run here
    RendererFailed          it died on this job; the next call starts a fresh one
    EnlargerUnavailable     the learned enlarger is not installed or cannot start
    EnlargerFailed          it died on this picture; the next call starts a fresh one
    ProviderError           a provider did not deliver; see `remedy`
        MissingKey          names the variable to set
        BadKey              refused, or of another region
        ModelGone           retired or not activated
        Moderated           the provider's own reason, never retried
        RateLimited         with the seconds to wait
        QuotaExhausted      credits or balance used up
        ProviderDown        overloaded or unreachable; nothing was bought
        UnusableAnswer      answered without a usable result
        PossiblyCharged     the connection broke after the order was placed
        CapReached          our own spending limit
        Unsupported         the provider cannot do this job

Pages catch `LoupeError` and nothing else:

    try:
        ...
    except LoupeError as error:
        show(error)
"""


class LoupeError(Exception):
    """Root of everything the user may be told. `str(error)` is the sentence, `title` its headline."""

    title = "Something went wrong"
    remedy = ""
    charged = False
    """Whether money may have been spent on the way to this error."""


class BadInput(LoupeError):
    """The user's input cannot be used."""

    title = "This input cannot be used"


class BadImage(BadInput):
    """Bytes that are no usable picture."""

    title = "This picture cannot be used"


class BadPrompt(BadInput):
    """A prompt that is empty, over-long, or describes no piece that can be made."""

    title = "This prompt cannot be used"


class BadRegion(BadInput):
    """A region outside the master or too small."""

    title = "This region cannot be used"


class BadModel(BadInput):
    """Bytes that are no usable GLB."""

    title = "This 3D file cannot be used"


class BadArchive(BadInput):
    """Bytes that are no whole, honest .loupe file."""

    title = "This file cannot be opened"


class NotRegistrable(BadInput):
    """An answer that cannot be laid over its crop."""

    title = "The answer does not fit its crop"


class ReadOnly(LoupeError):
    """Somebody who may only look asked for a change."""

    title = "You are looking as a visitor"
    remedy = "Sign in to work on designs; looking, comparing and downloading need no sign-in."


class UnknownDesign(LoupeError):
    """No such design on disk."""

    title = "This design is not here"


class StorageError(LoupeError):
    """The data folder cannot be read or written."""

    title = "The data folder cannot be used"


class DiskFull(StorageError):
    """No room left on the device."""

    title = "The disk is full"


class Corrupt(StorageError):
    """A stored file does not match its hash."""

    title = "A stored file is damaged"


class Cancelled(LoupeError):
    """The user stopped the work."""

    title = "Stopped"


class RendererUnavailable(LoupeError):
    """The ray engine cannot run on this machine."""

    title = "The renderer is not available"


class RendererFailed(LoupeError):
    """The renderer's process died; the next call starts a fresh one."""

    title = "The renderer stopped"


class EnlargerUnavailable(LoupeError):
    """The learned enlarger cannot run on this machine."""

    title = "The enlarger is not available"
    remedy = "Choose the offline interpolation, or another provider."


class EnlargerFailed(LoupeError):
    """The enlarger's process died; the next call starts a fresh one."""

    title = "The enlarger stopped"


class ProviderError(LoupeError):
    """A provider did not deliver. `provider` is its registry id."""

    title = "The provider did not deliver"
    kept = False
    """Whether the order is on record: asking the same provider again fetches it and buys nothing."""

    def __init__(self, message: str, *, provider: str = "", wait_s: float | None = None) -> None:
        super().__init__(message)
        self.provider = provider
        self.wait_s = wait_s


class MissingKey(ProviderError):
    """No key; the message names the variable to set."""

    title = "A key is missing"
    remedy = "Set the variable, or bring your own key in Settings, or choose the atelier, which needs none."


class BadKey(ProviderError):
    """The key was refused, or belongs to another region."""

    title = "The key was refused"
    remedy = "Check the key and its region in Settings."


class ModelGone(ProviderError):
    """The model id is retired or not activated for this account."""

    title = "The model is not available"
    remedy = "Set another model id (Settings names the variable), or choose another provider."


class Moderated(ProviderError):
    """The provider refused on its content rules; asking again unchanged is pointless."""

    title = "Refused by the provider's content rules"
    remedy = "Rephrase the prompt, or choose another provider."


class RateLimited(ProviderError):
    """Too many requests; `wait_s` says how long to wait where the provider says so."""

    title = "Too many requests"
    remedy = "Wait a moment and press the button again."


class QuotaExhausted(ProviderError):
    """Credits, balance or free quota used up."""

    title = "The provider's credit is used up"
    remedy = "Top up the account with the provider, or choose another one."


class ProviderDown(ProviderError):
    """Overloaded or unreachable; nothing was bought."""

    title = "The provider is not reachable"
    remedy = "Nothing was charged. Try again later, or choose another provider."


class UnusableAnswer(ProviderError):
    """Answered, but without a usable result."""

    title = "The answer cannot be used"
    remedy = "Choose another provider or model."
    charged = True


class PossiblyCharged(ProviderError):
    """The connection broke after the order was placed: it may have been billed."""

    title = "Possibly charged"
    remedy = "Look at the provider's own usage page before asking again."
    charged = True


class CapReached(ProviderError):
    """Our own spending limit refused the call before it was made."""

    title = "The spending cap is reached"
    remedy = "Raise the cap it names, or choose a provider that costs nothing."


class Unsupported(ProviderError):
    """The provider cannot do this job."""

    title = "This provider cannot do that"
    remedy = "Choose another provider."
