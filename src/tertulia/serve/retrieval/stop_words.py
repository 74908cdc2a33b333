"""Words that say nothing of what a text is about, for each language that is searched.

To the function words of the languages come pronouns, auxiliaries and the words of a question. They
are written by hand, with accents; they are compared folded.
"""

from __future__ import annotations

from functools import cache

from tertulia.languages import LANGUAGES
from tertulia.serve.retrieval.folding import words

_FURTHER = {
    "es": """
        ante bajo contra desde durante entre hacia hasta mediante según tras vía al e u ni sino
        aunque porque pues mientras donde cuándo cómo dónde quién quiénes qué cuál cuáles cuánto
        cuánta cuántos cuántas cual cuales quien quienes cuyo cuya cuyos cuyas
        yo tú él ella ello ellos ellas nosotros vosotros usted ustedes me te nos os le les lo la mi
        mis tu tus sus nuestro nuestra nuestros nuestras suyo suya ese esa eso esos esas este estos
        estas aquel aquella aquello aquellos aquellas alguno alguna algunos algunas algún ninguno
        ninguna ningún otro otra otros otras mismo misma mismos mismas tal tales cada tan tanto
        ser es era eran fue fueron sido siendo sea sean será serán sería está están estaba estar
        ha han había haber hubo haya hayan he hemos puede pueden poder podrá podrán debe deben
        tiene tienen tener hace hacen hacer así ya solo sólo unas una mí ti sí""",
    "ca": """
        ni sinó doncs perquè encara mentre on aon quin quina quins quines qui què quan quant quanta
        quants quantes com cap cada altre altra altres mateix mateixa mateixos mateixes tal tals
        jo tu ell ella ells elles nosaltres vosaltres vostè vostès em et ens us es se me te li lo
        los ho hi ne en na els les meu meva meua teu teva teua seu seva seua seus seves seues
        nostre nostra nostres vostre vostra vostres aquests aquestes aquell aquella aquells
        aquelles aqueix aqueixa este esta estos estes eixe eixa eixos eixes açò allò dins des fins
        sense segons sobre sota contra entre cap envers durant mitjançant pel pels als dels cal
        ser és era eren fou sigui siguin siga siguen serà seran seria està estan estar estava
        ha han hem havia haver hagi hagin haja hagen va van vaig pot poden poder podrà deu deuen
        té tenen tenir tindre fa fan fer així ja només sols unes uns ara aquí molt molts moltes""",
    "gl": """
        ante baixo contra dende desde durante entre cara ata mediante segundo tras nin senón aínda
        porque pois mentres onde cando como quen que cal cales canto canta cantos cantas cuxo cuxa
        eu ti el ela elo eles elas nós vós vostede vostedes me te nos vos lle lles lo la los las
        meu miña teu túa seu súa seus súas noso nosa nosos nosas ese esa iso eses esas este esta
        isto estes estas aquel aquela aquilo aqueles aquelas algún algunha algúns algunhas ningún
        ningunha outro outra outros outras mesmo mesma mesmos mesmas tal tales cada tan tanto
        ser é era eran foi foron sido sendo sexa sexan será serán sería está están estaba estar
        ha han había haber houbo haxa haxan pode poden poder poderá poderán debe deben ten teñen
        ter fai fan facer así xa só unha unhas uns nun nunha nuns nunhas dun dunha duns dunhas
        deste desta destes destas neste nesta nestes nestas pola polo polas polos ao aos á ás cos
        coa coas moi máis sen""",
    "eu": """
        zer zein zeintzuk nor nork nori noren nortzuk non nola noiz nora nondik zenbat zergatik
        zertarako zeren nolako ni zu hi gu zuek haiek hark honek horrek hau hori hura hauek horiek
        honen horren haren hauen horien haien honetan horretan hartan bera beraren bere beren berak
        dut duzu dugu duzue dute ditu dituzte ditut dio diote die dizkio nuen zuten zituen zituzten
        naiz zara gara zarete dira ziren zaio zaie zaizkio daiteke daitezke dezake dezakegu dezakete
        ditzake litzateke luke lukete badu badira bada balitz izango izaten izateko egon dago daude
        zegoen zeuden egiten egingo egin egiteko behar nahi ahal ezin arte arabera bezala baita ala
        edota eta ere bai ez edo baina baizik beste bat batzuk batean baten bateko guzti guztiak
        guztien den diren duen duten dituen dituzten zuen zen denean direnean gisa hala horrela
        honela hemen hor han orain gaur gehiago oso soilik bakarrik bitartez aldetik""",
    "en": """
        the a an and or but if of to in on at by for from with without as is are was were be been
        being it its this that these those there here what which who whom whose when where why how
        do does did done doing has have had having can could may might must shall should will
        would not no nor so than then too very just only such some any each all both few more most
        other same own into onto over under between through during before after above below up
        down out off again further once about against i you he she we they me him her us them my
        your his our their""",
}


@cache
def stop_words(language: str | None) -> frozenset[str]:
    """The folded stop words of a tag such as `ca-valencia`; none for a language not searched."""
    if language is None:
        return frozenset()
    listed = _FURTHER.get("ca" if language == "ca-valencia" else language, "")
    known = LANGUAGES.get(language)
    return frozenset(words(" ".join([*(known.function_words if known else ()), listed])))
