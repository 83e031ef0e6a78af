import { items } from './words.ts';

/** Sentences of reviews in a language, by mood; `{noun}` is the product. */
export interface ReviewPhrases {
  readonly titles: Readonly<Record<Mood, readonly string[]>>;
  readonly opening: Readonly<Record<Mood, readonly string[]>>;
  readonly detail: Readonly<Record<Mood, readonly string[]>>;
  readonly close: Readonly<Record<Mood, readonly string[]>>;
}

export type Mood = 'good' | 'mixed' | 'bad';

export const moodOf = (rating: number): Mood => {
  if (rating === 3) return 'mixed';
  return rating > 3 ? 'good' : 'bad';
};

export const REVIEWS: Readonly<Record<string, ReviewPhrases>> = {
  en: {
    titles: {
      good: items('Love it|Excellent|Really pleased|Great quality|Highly recommended|Perfect gift|Five stars from me'),
      mixed: items('It is okay|Average|Not bad, not great|Does the job|Mixed feelings'),
      bad: items('Disappointed|Poor quality|Waste of money|Would not buy again|Broke within days|Not as described'),
    },
    opening: {
      good: items(`I absolutely love this {noun}.|The {noun} is even better than I had hoped.|What a wonderful {noun}!|
        We are delighted with our new {noun}.|Bought the {noun} as a present and it was a great success.|
        This {noun} is excellent value.`),
      mixed:
        items(`The {noun} is fine for the price.|An ordinary {noun}, nothing special.|The {noun} does what it should.|
        I have mixed feelings about this {noun}.`),
      bad: items(`The {noun} is a real disappointment.|I regret buying this {noun}.|This {noun} is terrible.|
        Sadly the {noun} is nothing like the picture.|The {noun} arrived damaged.|Very unhappy with the {noun}.`),
    },
    detail: {
      good: items(`The quality is superb and it feels solid.|The colour is beautiful.|It arrived quickly and well packed.|
        Everybody who sees it asks where I got it.|It works perfectly every day.|The finish is lovely.`),
      mixed:
        items(`The colour is a little different from the photo.|It took a while to arrive.|The size is smaller than I
        expected, but it works.|The instructions could be clearer.`),
      bad: items(`It broke after two days.|The material feels cheap and flimsy.|It smells awful and will not wash out.|
        The stitching came apart at once.|It stopped working after a week.|The size is completely wrong.`),
    },
    close: {
      good: items(`I would buy it again.|Highly recommended!|Thank you!|Will order another one.|Could not be happier.`),
      mixed: items(`I may keep it.|There are better ones.|Acceptable, I suppose.|Three stars.`),
      bad: items(`I want my money back.|Avoid.|Never again.|It went straight back.|Do not waste your money.`),
    },
  },
  de: {
    titles: {
      good: items('Sehr zufrieden|Tolle Qualität|Absolut empfehlenswert|Wunderschön|Gerne wieder'),
      mixed: items('Ganz okay|Durchschnittlich|Erfüllt seinen Zweck'),
      bad: items('Enttäuschend|Schlechte Qualität|Nie wieder|Geldverschwendung'),
    },
    opening: {
      good: items(`Ich bin begeistert von diesem Artikel ({noun}).|Der Artikel ({noun}) ist wunderbar.|Ein tolles Geschenk,
        alle waren begeistert.|Beste Anschaffung seit langem.`),
      mixed: items('Für den Preis in Ordnung ({noun}).|Ein ganz normaler Artikel ({noun}), nichts Besonderes.'),
      bad: items(`Leider eine große Enttäuschung ({noun}).|Der Artikel ({noun}) kam beschädigt an.|
        Ich ärgere mich sehr über diesen Kauf ({noun}).`),
    },
    detail: {
      good: items('Die Verarbeitung ist hervorragend.|Die Farbe ist wunderschön.|Schnelle Lieferung, gut verpackt.'),
      mixed: items('Die Farbe weicht etwas vom Bild ab.|Die Lieferung hat gedauert.|Etwas kleiner als gedacht.'),
      bad: items('Nach zwei Tagen kaputt.|Das Material wirkt billig.|Es riecht furchtbar.|Die Größe stimmt nicht.'),
    },
    close: {
      good: items('Klare Empfehlung!|Ich kaufe es wieder.|Fünf Sterne.'),
      mixed: items('Kann man kaufen, muss man nicht.|Drei Sterne.'),
      bad: items('Finger weg.|Ich will mein Geld zurück.|Nicht zu empfehlen.'),
    },
  },
  fr: {
    titles: {
      good: items('Très satisfaite|Excellente qualité|Je recommande|Magnifique|Parfait'),
      mixed: items('Correct|Moyen|Sans plus'),
      bad: items('Très déçu|Mauvaise qualité|À éviter|Argent gaspillé'),
    },
    opening: {
      good: items(
        `J'adore cet article ({noun}).|Encore mieux que sur la photo ({noun}).|Un cadeau très réussi ({noun}).`,
      ),
      mixed: items('Correct pour le prix ({noun}).|Un article ordinaire ({noun}).'),
      bad: items('Quelle déception ({noun}).|Article arrivé abîmé ({noun}).|Je regrette mon achat ({noun}).'),
    },
    detail: {
      good: items('La qualité est superbe.|La couleur est magnifique.|Livraison rapide et soignée.'),
      mixed: items('La couleur est un peu différente.|La livraison a été longue.|Un peu petit.'),
      bad: items('Cassé au bout de deux jours.|La matière fait bas de gamme.|La taille ne correspond pas.'),
    },
    close: {
      good: items('Je recommande vivement !|Merci !|Je rachèterai.'),
      mixed: items('Sans plus.|Trois étoiles.'),
      bad: items('À fuir.|Je veux être remboursé.|Plus jamais.'),
    },
  },
  es: {
    titles: {
      good: items('Encantada|Muy buena calidad'),
      mixed: items('Normal'),
      bad: items('Decepcionante|Mala calidad'),
    },
    opening: {
      good: items('Me encanta este artículo ({noun}).|Es una maravilla ({noun}).'),
      mixed: items('Está bien por el precio ({noun}).'),
      bad: items('Una gran decepción ({noun}).|Llegó roto ({noun}).'),
    },
    detail: {
      good: items('La calidad es excelente.|Llegó muy rápido.'),
      mixed: items('El color es algo distinto.|Tardó en llegar.'),
      bad: items('Se rompió a los dos días.|El material es muy malo.'),
    },
    close: { good: items('¡Lo recomiendo!|Repetiré.'), mixed: items('Aceptable.'), bad: items('No lo compren.') },
  },
  it: {
    titles: { good: items('Bellissimo|Ottima qualità'), mixed: items('Così così'), bad: items('Deludente|Pessimo') },
    opening: {
      good: items('Sono molto contenta di questo articolo ({noun}).|Davvero bello ({noun}).'),
      mixed: items('Va bene per il prezzo ({noun}).'),
      bad: items('Una vera delusione ({noun}).|Arrivato rotto ({noun}).'),
    },
    detail: {
      good: items('La qualità è ottima.|Consegna veloce.'),
      mixed: items('Il colore è un po’ diverso.|La consegna è stata lenta.'),
      bad: items('Si è rotto dopo due giorni.|Il materiale è scadente.'),
    },
    close: {
      good: items('Consigliatissimo!|Lo ricomprerei.'),
      mixed: items('Accettabile.'),
      bad: items('Da evitare.'),
    },
  },
  nl: {
    titles: { good: items('Heel blij mee|Topkwaliteit'), mixed: items('Gaat wel'), bad: items('Teleurgesteld|Slecht') },
    opening: {
      good: items('Ik ben heel blij met dit artikel ({noun}).|Prachtig ({noun}).'),
      mixed: items('Prima voor de prijs ({noun}).'),
      bad: items('Wat een teleurstelling ({noun}).|Kapot aangekomen ({noun}).'),
    },
    detail: {
      good: items('De kwaliteit is uitstekend.|Snel geleverd.'),
      mixed: items('De kleur is iets anders.|De levering duurde lang.'),
      bad: items('Na twee dagen kapot.|Het materiaal is goedkoop.'),
    },
    close: { good: items('Een aanrader!|Ik koop het weer.'), mixed: items('Acceptabel.'), bad: items('Niet kopen.') },
  },
};
