"""Words to make things up from that no running text offers: names of hosts and people, identifiers, titles."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NOUNS = _words(
    """
    access account agency alpha anchor angle animal answer archive area arrow array art asset atlas audio author
    bank base batch beacon bench bird block board body book border box branch bridge bucket budget buffer build
    button cable cache camera canvas capital card case cell center chain change channel chapter chart check circle
    city class client clock cloud cluster coast code coffee column command company compass concert config content
    context contract copper core corner counter country course cover craft crystal culture current cursor cycle
    daily data dataset date delta design desk detail device dialog digest domain draft driver earth east echo editor
    energy engine entry error event example expert export factory family farm feature field figure file filter
    finance fire flow folder font forest form format forum forward foundation fox frame future gallery game garden
    gate gateway glass global globe grade graph green grid group guide harbor health heat hill history home horizon
    host house image index input institute island issue item journal kernel key kitchen label lab lake language
    layer layout leaf learning legal lens letter level library light limit line link list local lock logic machine
    magazine mail manager map margin market master matrix media member memory menu message metal method mind minute
    mirror mobile mode model module monitor moon motion mountain museum music network news night node north note
    notice number object ocean office option orange order output owner package page panel paper parser partner patch
    path pattern photo pilot planet plant platform player pocket point policy pool port portal post power press
    price print process product profile program project property proxy public queue radio rail range reader record
    red region register release report request research resource result review river road robot room root route
    sample scale school science screen script search second section sensor series server service session shadow
    share shell shop signal silver simple site size sky society software solar song sound source south space spark
    sport stage standard star start state station stone storage store storm stream street string studio study summer
    summit sun support surface survey switch symbol system table target task team template terminal test text theme
    theory thread tide time title token tool topic tower town track trade traffic train travel tree trust unit
    update user value vector version video view village vision voice volume wall watch water wave weather web west
    wheel white wind window winter wire wolf wood word world writer yard zone
    """
)
VERBS = _words(
    """
    add append apply attach build bind call check clear close collect combine compare compute connect convert copy
    count create decode define delete describe detect draw encode evaluate export fetch filter find flush format
    generate get handle import inspect install join list load lock measure merge move normalize open parse plot
    print process publish push query read receive record reduce register remove render replace report request reset
    resize resolve return run save scan select send set sort split start stop store submit sync test track transform
    update upload validate verify visit wait wrap write
    """
)
ADJECTIVES = _words(
    """
    active additional average basic careful central clean common complete complex constant correct current deep
    default dense different direct early empty exact external fast final fixed following free full general global
    good hidden high important initial internal large late linear little local long lower main major modern natural
    new normal old only open optional ordinary original partial possible practical previous private proper public
    random rapid raw real recent regular relevant remote robust safe same secure separate shared short similar
    simple single slow small special stable standard strong temporary typical unique unknown upper useful usual
    valid visible weak wide wrong
    """
)
SURNAMES = _words(
    """
    Adams Albrecht Andersen Arnold Bailey Baker Barnes Bauer Becker Bennett Bergman Bishop Blanc Boyle Brandt Brown
    Burke Byrne Carlsson Carter Chen Clarke Collins Cooper Costa Cruz Dahl Davies Dubois Duncan Eriksen Evans
    Ferrari Fischer Fletcher Fox Franke Fraser Garcia Gibson Gordon Grant Gray Gupta Haas Hansen Harper Hart Hayes
    Hoffmann Holm Hughes Ito Ivanov Jansen Jensen Johnson Jones Kaiser Kaplan Keller Kelly Khan Kim King Klein
    Kovacs Kumar Lang Larsen Lee Lewis Li Lindgren Lopez Maier Martin Mason Meyer Miller Moore Moreau Morgan Morris
    Murphy Nakamura Nelson Newman Nguyen Novak Olsen Owens Park Parker Patel Perez Peters Petrov Price Quinn Ramirez
    Reed Reyes Rivera Robinson Rossi Roth Russo Sanders Sato Schmidt Schulz Scott Shaw Silva Simon Singh Smith
    Sorensen Stein Stewart Suzuki Tanaka Taylor Thomas Torres Turner Vega Vogel Wagner Walker Wang Watson Weber
    Weiss West White Wilson Wolf Wong Wright Yamada Young Zhang Zimmer
    """
)
CITIES = _words(
    """
    Amsterdam Athens Austin Barcelona Basel Berlin Boston Bristol Brussels Chicago Copenhagen Dublin Edinburgh
    Geneva Hamburg Helsinki Kyoto Leiden Leipzig Lisbon London Lyon Madrid Melbourne Milan Montreal Munich Oslo
    Oxford Paris Philadelphia Porto Prague Rome Seattle Singapore Stockholm Sydney Tokyo Toronto Utrecht Vienna
    Warsaw Zurich
    """
)
CAPITALS = "ABCDEFGHIJKLMNOPRSTVW"
ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
