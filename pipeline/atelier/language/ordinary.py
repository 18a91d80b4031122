"""Everyday English words that are near a word of the trade, or an inflection of one elsewhere, and mean none."""

from pipeline.atelier.language.text import words_of

ORDINARY = words_of(
    """
    pleated plaited pleat pleats stapled staple tingle grabbed ruffled cradled crinkled pebbled
    accept accepts agent agents albeit alberta alberto alert alerts alongside angela angeles angola antics
    archer archers arena ascent augusta backpack bandwidth barb barbara barber beforehand bestseller bianca bill
    billed billie bills bolton bomb bomber bombers bombs borderline boston brexit broadband broadcast
    broadcasting broadcasts broncos browne browse brushes bryant bundled burglar came cameo candid canoe carts
    casing cave cellar chained chanel chap choke choked chopper chunk chunks civil climbed cloned cola cole
    collect collects colleen collide collision collisions colombia comeback comet compete completed completer
    complex complexes compromise contra cooker cooper coroner corpse corpses corpus costing courier cousin
    cousins crease crises cruise cruises cultivate decoding dedicate dickens discover discovers divide dividend
    dividends divides divisor divisors doomed dora doubled downside encourage encourages ending endings feds
    filed filler filmed finder fined finer finite finnish fireworks fischer flashback flashbacks flashlight
    flora flores florida flowed formal format formats formed former framed framework frameworks fridge frontline
    funding gained garner gate gates genius gotta gourmet grade grades graduate graduates grammy gran
    grandmother grange granite grant grants greene hampered handing hangar hanged harden harder headlights
    headline headlines hearty here highlight highlights horseback hunger imam infinite initiate insider insiders
    katz kettle larger latter lawyer lawyers leader leaders ledger lender lenders lengthy lester lifelong
    limestone liner liter literal literals litter locke locked locker lower lowering lowers lowest lunar maine
    makeover malay male marching marian marin martin mata mater matter matters median medians medina memoir
    memoirs mental meteor microsoft minima minister ministers moreover multimedia multiplayer napa nascar nissan
    node northeast northwest offender offenders overhead overt overview overweight painter painters paints
    palate palmer paperback paperwork parabola parameter parameters paramount parcel parcels pass passes
    pavement paypal pedro penis pete peter peters petition petitions pets pierce pipeline pipelines placed
    plague planted plato played plum pointed pole poles police polite portuguese preach premise premises preset
    presses prevent prevents previous printer printers profiler promised pulse pulses quarterback radiance
    radians ranges ringing rivera robin rockstar role ross rossi royale rubio ruining safari safe safer saline
    salsa sample samples sandstone satire seating sedan sell sender serie settling shaved shorthand sideline
    sidelines signed signer simpler simplex simply simulate singled sitting slander softball solar solitary solo
    solos solver solvers southeast southwest spill spills spinal spine sprint sprung spying squared stable
    stables stale stalking stall stalls stand stands staring starr starring stealing steele steep stellar steven
    stevens sticker stickers sticking stimulated sting stocking stockings stoned storing tanzania teammate
    teammates teamwork tesco threaded threat threats timers tired titanic tonnes traceback tracebacks traced
    tracey trance tread triplet tuning turks ultraviolet underline undermine underscore underscores
    understatement victoria viewpoint violent wallpaper waterfront wavelength weigh welding workaround wrath
    wright
    """
)
"""“Here” is no misspelt heere, “agent” is no argent, “male” is no mala: they are left as they are."""
