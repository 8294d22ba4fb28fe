"""Words and letters that tell languages apart. Our own lists."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# The small words of a sentence: a line with these is English whatever names stand in it.
ENGLISH_SMALL = _words(
    """
    the a an is are am was were be been being to of in on at for from with without by and or not no yes do does
    did don doesn didn can cannot could would should will shall may might must have has had i you he she it we
    they me him her us them my your his its our their this that these those there here what which who whom whose
    when where why how if then than as so but because about into after before until while just only also very
    too more most some any all each every both few many much other another such own same again once now please
    hi hello hey thanks thank ok okay bye im ive id ill isn aren wasn won cant dont let get got give need want
    help tell show find make take go going know see say says said think like
    """
)
ENGLISH_OTHER = _words(
    """
    passport renewal renew birth certificate death marriage divorce electricity bill bills water gas fuel
    service services government ministry office university school student students exam exams result results
    card ration food agent complaint complaints suggestion suggest track tracking number status document
    documents paper papers letter fee fees cost price pay payment paid money loan loans bank housing land house
    home car license licence driving driver traffic fine fines vehicle plate company business trade import
    export register registration apply application applying applied form forms online website site link portal
    account login password code phone mobile email address name date time day days week month year years hour
    hours long old new lost stolen damaged replace replacement missing citizen citizens national identity
    residence residency visa travel airport flight police court judge law lawyer legal social security pension
    retirement retired salary job jobs work employee employment hire hospital doctor health medical medicine
    vaccine vaccination test tests lab covid sick weather football game music movie film news today tomorrow
    yesterday morning night evening friend family mother father brother sister son daughter wife husband child
    children baby man woman people person human agent bot robot chat talk speak speaking language english arabic
    kurdish iraq iraqi baghdad basra mosul city country world area street good bad best better great nice fine
    sorry problem problems question questions answer answers information info details contact call number open
    close closed start stop cancel delete remove data privacy policy change update edit check send receive sent
    received download upload print copy photo picture file page screen computer internet wifi network sim buy
    sell shop market order delivery ship book read write learn teach teacher study degree graduation graduate
    diploma scholarship college certificate certificates proof property tax taxes customs farm farmer
    agriculture project required requirements requirement steps step procedure process eligible eligibility
    conditions duration take takes long near first last next free main menu list support supported whether still
    already ever never maybe really right left up down out over under between through during against upon off
    back away together apply anyone someone something anything nothing everything everyone thing things way life
    part place case point group fact eye hand high low small large big little early late young important public
    private different sure able many one two three four five six seven eight nine ten hundred thousand windows
    python iphone version form section office area route model level unit apartment floor room covid player
    season chapter figure table team
    """
)
ENGLISH = ENGLISH_SMALL | ENGLISH_OTHER
KURMANJI = _words(
    """
    ez tu ew em hun min te wi wê we wan ji bo li bi di ku çi çawa kî kîjan kengî çima çend kurdî kurdi kurdistan
    spas sipas slav silav rojbaş rojbas dixwazim dixwazî dixwaze divê dive pêwîst pewist heye hene nine nîne
    nînin tune naveroka navê nave xwe jî ji gelek baş bas erê ere xwarin mal roj sal çawanî çawani tiştek tişt
    ev evê vî vê kes bikim bike bikin dikim dike dikin bikaribim karim dikarim dikarî bê be ra re da de ta nav
    ser jor binê bin zanim nizanim dizanim pasaport pasaporta pasaporte belge belgeya hukumet hikûmet alîkarî
    alikari alîkariya zarok zarokê jin mêr mer hevjîn min pirs pirsa bersiv bidin bide bidim nasname nasnama
    xizmet xizmetguzarî dema wextê wext
    """
)
# Kurmanji words that are Arabizi or English ones too prove nothing by themselves.
KURMANJI_WEAK = _words(
    "min we bas mal em be da de ta ra re di te li bin bi ser sal ere mer tu ev jin bo ji ew pasaport"
)
KURMANJI_LETTERS = frozenset("êîûÊÎÛ")
TURKISH_LETTERS = frozenset("ığöüİĞÖÜ")
OTHER_SMALL = _words(
    """
    je vous est une les des pour avec dans sur merci bonjour der die das und ich ist nicht mit für el los las
    una por para como gracias hola bir için istiyorum merhaba nasıl var mı ve bu ile
    """
) - {"el", "var"}
SORANI_LETTERS = frozenset("ڕڵێۆە")
SORANI = _words(
    """
    من ئێمە ئەو ئەم ئێوە تۆ چۆن چۆنی چی بۆ بۆچی کەی کوێ کوردی کوردستان سوپاس سڵاو دەمەوێت دەوێت ئەوێ هەیە نییە
    پێویستە چەند لە بە لەگەڵ دەکەم دەکرێت بکەم ناسنامە پاسپۆرت خزمەتگوزاری یارمەتی تکایە زۆر باشە بەڵێ نەخێر
    سپاس
    """
)
SORANI_ONLY = _words("سوپاس سپاس چونی")  # enough on their own
SORANI_WITHOUT_LETTERS = _words("چونی سوپاس کوردی سلاو تکایه پیویسته دەمەوێ ژمارهی چهند ناسنامهی")
SORANI_LATIN = _words(
    "dawet damawe damawet damewe damewet demewe demewet choni chony bashi bashm spas supas sopas dakam dakat dakre "
    "dakret dakrit nasnama nasnamay pewista pewiste kurdi"
)  # Sorani as it is typed in Latin letters
LOAN_WORDS = _words("link site online form visa code password email website app ok okay passport pcr qr otp card pdf")
"""English words that stand alone in Arabic talk too: by themselves they do not ask for English."""
PERSIAN = _words(
    "است این آن برای که را می‌خواهم میخواهم چگونه کنم شما لطفا سلام هست نیست دارم باید چطور گذرنامه خواهم ام شده"
)
PERSIAN_NEEDED = 2  # words: one alone («این») may be a typed Arabic word
