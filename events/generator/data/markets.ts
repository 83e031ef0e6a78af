import { items } from './words.ts';

/** A place where people live and stores are. */
export interface City {
  readonly name: string;
  readonly state: string;
  readonly region: string;
  readonly timezone: string;
  readonly latitude: number;
  readonly longitude: number;
  /** What postal codes begin with. */
  readonly postcode: string;
}

/** A country that the retailer sells in. */
export interface Market {
  readonly country: string;
  readonly currency: string;
  readonly language: string;
  /** Parts of the retailer's customers and stores. */
  readonly customers: number;
  readonly stores: number;
  /** Prices against those at home. */
  readonly priceLevel: number;
  /** The rest of a postal code: 9 stands for a digit, A for a letter. */
  readonly postcode: string;
  readonly callingCode: string;
  /** A number of a mobile phone after the 0 or the calling code: 9 stands for a digit. */
  readonly phone: string;
  readonly cities: readonly City[];
  readonly streets: readonly string[];
  /** Whether the number of the house follows the street. */
  readonly numberLast: boolean;
  /** First part of Internet addresses there. */
  readonly network: number;
}

/** One city per line: name, state, region, time zone, latitude, longitude, beginning of postal codes. */
const cities = (text: string): readonly City[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', state = '', region = '', timezone = '', latitude, longitude, postcode = ''] = items(line);
      return { name, state, region, timezone, latitude: Number(latitude), longitude: Number(longitude), postcode };
    });

export const MARKETS: readonly Market[] = [
  {
    country: 'GB',
    currency: 'GBP',
    language: 'en',
    customers: 0.62,
    stores: 0.64,
    priceLevel: 1,
    postcode: '9 9AA',
    callingCode: '+44',
    phone: '7700 999999',
    numberLast: false,
    network: 81,
    cities: cities(`
      London|Greater London|South East|Europe/London|51.5072|-0.1276|SE1
      Manchester|Greater Manchester|North West|Europe/London|53.4808|-2.2426|M1
      Birmingham|West Midlands|Midlands|Europe/London|52.4862|-1.8904|B3
      Leeds|West Yorkshire|Yorkshire|Europe/London|53.8008|-1.5491|LS2
      Glasgow|Lanarkshire|Scotland|Europe/London|55.8642|-4.2518|G4
      Edinburgh|Midlothian|Scotland|Europe/London|55.9533|-3.1883|EH1
      Bristol|Avon|South West|Europe/London|51.4545|-2.5879|BS2
      Cardiff|South Glamorgan|Wales|Europe/London|51.4816|-3.1791|CF1
      Newcastle upon Tyne|Tyne and Wear|North East|Europe/London|54.9783|-1.6178|NE1
      Belfast|Antrim|Northern Ireland|Europe/London|54.5973|-5.9301|BT1
      Brighton|East Sussex|South East|Europe/London|50.8225|-0.1372|BN1
      Norwich|Norfolk|East of England|Europe/London|52.6309|1.2974|NR1`),
    streets: items(`High Street|Station Road|Church Lane|Victoria Road|Mill Lane|Park Avenue|Queen Street|The Green|
      Manor Road|Albert Road|Kings Drive|Chapel Hill|Orchard Close|Springfield Road|Alexandra Terrace|Elm Grove`),
  },
  {
    country: 'IE',
    currency: 'EUR',
    language: 'en',
    customers: 0.06,
    stores: 0.06,
    priceLevel: 1.08,
    postcode: 'A9A9',
    callingCode: '+353',
    phone: '85 999 9999',
    numberLast: false,
    network: 86,
    cities: cities(`
      Dublin|Leinster|Ireland|Europe/Dublin|53.3498|-6.2603|D02
      Cork|Munster|Ireland|Europe/Dublin|51.8985|-8.4756|T12
      Galway|Connacht|Ireland|Europe/Dublin|53.2707|-9.0568|H91`),
    streets: items("Main Street|O'Connell Street|Patrick Street|Grafton Road|Shop Street|Abbey Road|Strand Road"),
  },
  {
    country: 'DE',
    currency: 'EUR',
    language: 'de',
    customers: 0.08,
    stores: 0.08,
    priceLevel: 1.02,
    postcode: '999',
    callingCode: '+49',
    phone: '151 99999999',
    numberLast: true,
    network: 91,
    cities: cities(`
      Berlin|Berlin|Germany|Europe/Berlin|52.52|13.405|10
      Hamburg|Hamburg|Germany|Europe/Berlin|53.5511|9.9937|20
      München|Bayern|Germany|Europe/Berlin|48.1351|11.582|80
      Köln|Nordrhein-Westfalen|Germany|Europe/Berlin|50.9375|6.9603|50`),
    streets: items(`Hauptstraße|Bahnhofstraße|Gartenweg|Lindenallee|Schillerstraße|Goethestraße|Mühlenweg|Kirchplatz|
      Am Markt|Röntgenstraße`),
  },
  {
    country: 'FR',
    currency: 'EUR',
    language: 'fr',
    customers: 0.06,
    stores: 0.06,
    priceLevel: 1.05,
    postcode: '99',
    callingCode: '+33',
    phone: '6 99 99 99 99',
    numberLast: false,
    network: 90,
    cities: cities(`
      Paris|Île-de-France|France|Europe/Paris|48.8566|2.3522|750
      Lyon|Auvergne-Rhône-Alpes|France|Europe/Paris|45.764|4.8357|690
      Marseille|Provence-Alpes-Côte d'Azur|France|Europe/Paris|43.2965|5.3698|130`),
    streets: items(`rue de la République|avenue Victor Hugo|rue des Écoles|boulevard Voltaire|place de l'Église|
      rue du Général Leclerc|chemin des Vignes|allée des Tilleuls`),
  },
  {
    country: 'ES',
    currency: 'EUR',
    language: 'es',
    customers: 0.04,
    stores: 0.04,
    priceLevel: 0.96,
    postcode: '999',
    callingCode: '+34',
    phone: '612 999 999',
    numberLast: true,
    network: 88,
    cities: cities(`
      Madrid|Madrid|Spain|Europe/Madrid|40.4168|-3.7038|28
      Barcelona|Cataluña|Spain|Europe/Madrid|41.3874|2.1686|08`),
    streets: items('Calle Mayor|Avenida de la Constitución|Calle del Sol|Paseo del Prado|Calle Nueva|Plaza de España'),
  },
  {
    country: 'IT',
    currency: 'EUR',
    language: 'it',
    customers: 0.04,
    stores: 0.04,
    priceLevel: 1,
    postcode: '999',
    callingCode: '+39',
    phone: '320 999 9999',
    numberLast: true,
    network: 93,
    cities: cities(`
      Roma|Lazio|Italy|Europe/Rome|41.9028|12.4964|00
      Milano|Lombardia|Italy|Europe/Rome|45.4642|9.19|20`),
    streets: items('Via Roma|Via Garibaldi|Corso Italia|Via Dante|Piazza della Libertà|Viale dei Mille|Via Mazzini'),
  },
  {
    country: 'NL',
    currency: 'EUR',
    language: 'nl',
    customers: 0.03,
    stores: 0.02,
    priceLevel: 1.04,
    postcode: '99 AA',
    callingCode: '+31',
    phone: '6 99999999',
    numberLast: true,
    network: 84,
    cities: cities(`
      Amsterdam|Noord-Holland|Netherlands|Europe/Amsterdam|52.3676|4.9041|10
      Rotterdam|Zuid-Holland|Netherlands|Europe/Amsterdam|51.9244|4.4777|30`),
    streets: items('Dorpsstraat|Kerkstraat|Molenweg|Julianalaan|Prinsengracht|Stationsweg|Beatrixstraat'),
  },
  {
    country: 'US',
    currency: 'USD',
    language: 'en',
    customers: 0.04,
    stores: 0.04,
    priceLevel: 0.98,
    postcode: '99',
    callingCode: '+1',
    phone: '555 999 9999',
    numberLast: false,
    network: 73,
    cities: cities(`
      New York|New York|North America|America/New_York|40.7128|-74.006|100
      Chicago|Illinois|North America|America/Chicago|41.8781|-87.6298|606
      Los Angeles|California|North America|America/Los_Angeles|34.0522|-118.2437|900`),
    streets: items('Main Street|Oak Avenue|Maple Street|2nd Street|Washington Boulevard|Lake Drive|Sunset Lane'),
  },
  {
    country: 'CA',
    currency: 'CAD',
    language: 'en',
    customers: 0.02,
    stores: 0.01,
    priceLevel: 1.02,
    postcode: ' 9A9',
    callingCode: '+1',
    phone: '555 999 9999',
    numberLast: false,
    network: 70,
    cities: cities(`
      Toronto|Ontario|North America|America/Toronto|43.6532|-79.3832|M5V
      Vancouver|British Columbia|North America|America/Vancouver|49.2827|-123.1207|V6B`),
    streets: items('Yonge Street|King Street|Maple Avenue|Queen Street|Granville Street|Bay Street'),
  },
  {
    country: 'JP',
    currency: 'JPY',
    language: 'ja',
    customers: 0.01,
    stores: 0.01,
    priceLevel: 1.1,
    postcode: '-9999',
    callingCode: '+81',
    phone: '90 9999 9999',
    numberLast: false,
    network: 126,
    cities: cities(`
      Tokyo|Tokyo|Asia|Asia/Tokyo|35.6762|139.6503|100
      Osaka|Osaka|Asia|Asia/Tokyo|34.6937|135.5023|530`),
    streets: items('Chuo-dori|Sakura-machi|Midori-cho|Honcho|Minato-ku Shibaura'),
  },
];
