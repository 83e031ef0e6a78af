import { items } from './words.ts';

/** A category of products: what there is, what it costs, and when it sells. */
export interface Category {
  readonly name: string;
  readonly shopName: string;
  readonly department: string;
  readonly code: string;
  /** Part of the assortment. */
  readonly share: number;
  /** Recommended price in GBP: the cheapest and the dearest. */
  readonly price: readonly [number, number];
  /** Cost against the price without tax. */
  readonly cost: number;
  readonly weightKg: number;
  /** How much more is sold at the season's height, and the part of the year when that is. */
  readonly season: { readonly height: number; readonly peak: number };
  /** Mean price elasticity of demand, as a positive number. */
  readonly elasticity: number;
  readonly lines: readonly { readonly subcategory: string; readonly nouns: readonly string[] }[];
}

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [subcategory = '', ...nouns] = items(line.replace(':', '|'));
      return { subcategory, nouns };
    });

export const CATEGORIES: readonly Category[] = [
  {
    name: 'Kitchen',
    shopName: 'Kitchen & Dining',
    department: 'Home',
    code: 'KIT',
    share: 0.16,
    price: [4, 90],
    cost: 0.45,
    weightKg: 1.1,
    season: { height: 0.15, peak: 0.93 },
    elasticity: 1.6,
    lines: lines(`
      Cookware: Frying Pan|Saucepan|Casserole Dish|Wok|Roasting Tin
      Tableware: Dinner Plate|Mug|Cereal Bowl|Wine Glass|Tea Cup
      Utensils: Chef's Knife|Spatula|Peeler|Chopping Board|Whisk`),
  },
  {
    name: 'Home',
    shopName: 'Home & Living',
    department: 'Home',
    code: 'HOM',
    share: 0.18,
    price: [3, 140],
    cost: 0.42,
    weightKg: 1.6,
    season: { height: 0.2, peak: 0.95 },
    elasticity: 1.5,
    lines: lines(`
      Textiles: Cushion Cover|Throw Blanket|Bath Towel|Duvet Set|Curtain
      Lighting: Table Lamp|Lantern|String Lights|Tea Light Holder|Floor Lamp
      Decoration: Photo Frame|Vase|Scented Candle|Wall Clock|Storage Basket`),
  },
  {
    name: 'Garden',
    shopName: 'Garden & Outdoor',
    department: 'Outdoor',
    code: 'GAR',
    share: 0.09,
    price: [4, 180],
    cost: 0.5,
    weightKg: 2.4,
    season: { height: 0.7, peak: 0.42 },
    elasticity: 1.4,
    lines: lines(`
      Tools: Hand Trowel|Pruning Shears|Watering Can|Garden Fork
      Planting: Plant Pot|Seed Tray|Hanging Basket|Potting Compost
      Leisure: Picnic Rug|Parasol|Barbecue Set|Bird Feeder`),
  },
  {
    name: 'Toys',
    shopName: 'Toys & Games',
    department: 'Family',
    code: 'TOY',
    share: 0.12,
    price: [3, 70],
    cost: 0.48,
    weightKg: 0.7,
    season: { height: 0.9, peak: 0.94 },
    elasticity: 1.8,
    lines: lines(`
      Games: Board Game|Jigsaw Puzzle|Card Game|Chess Set
      Soft Toys: Teddy Bear|Plush Rabbit|Hand Puppet|Baby Rattle
      Building: Building Blocks|Wooden Train|Marble Run|Doll House`),
  },
  {
    name: 'Beauty',
    shopName: 'Beauty & Care',
    department: 'Care',
    code: 'BEA',
    share: 0.12,
    price: [2, 45],
    cost: 0.35,
    weightKg: 0.3,
    season: { height: 0.25, peak: 0.95 },
    elasticity: 1.3,
    lines: lines(`
      Skin: Hand Cream|Face Serum|Body Lotion|Sun Cream
      Bath: Bath Salts|Shower Gel|Soap Bar|Bubble Bath
      Hair: Shampoo|Conditioner|Hair Brush|Styling Wax`),
  },
  {
    name: 'Electronics',
    shopName: 'Tech & Gadgets',
    department: 'Technology',
    code: 'ELE',
    share: 0.09,
    price: [9, 420],
    cost: 0.68,
    weightKg: 0.9,
    season: { height: 0.5, peak: 0.91 },
    elasticity: 2.3,
    lines: lines(`
      Audio: Wireless Headphones|Bluetooth Speaker|Radio Alarm Clock|Earphones
      Kitchen Appliances: Electric Kettle|Toaster|Hand Blender|Coffee Machine
      Accessories: Phone Charger|Power Bank|Desk Fan|Smart Plug`),
  },
  {
    name: 'Clothing',
    shopName: 'Clothing',
    department: 'Fashion',
    code: 'CLO',
    share: 0.12,
    price: [6, 95],
    cost: 0.4,
    weightKg: 0.5,
    season: { height: 0.2, peak: 0.85 },
    elasticity: 1.9,
    lines: lines(`
      Knitwear: Wool Scarf|Cardigan|Knitted Hat|Gloves
      Basics: T-Shirt|Socks Pack|Pyjama Set|Bathrobe
      Accessories: Leather Belt|Umbrella|Tote Bag|Silk Tie`),
  },
  {
    name: 'Stationery',
    shopName: 'Cards & Stationery',
    department: 'Paper',
    code: 'STA',
    share: 0.12,
    price: [1, 25],
    cost: 0.3,
    weightKg: 0.2,
    season: { height: 0.35, peak: 0.92 },
    elasticity: 1.2,
    lines: lines(`
      Writing: Notebook|Fountain Pen|Pencil Set|Desk Planner
      Cards: Greeting Cards|Gift Wrap|Ribbon Set|Thank You Notes
      Craft: Paint Set|Sketch Pad|Sticker Book|Glue Sticks`),
  },
];

export const STYLES = items(
  `Classic|Vintage|Modern|Rustic|Nordic|Floral|Striped|Spotted|Heart|Retro|Bamboo|Enamel|Copper|Oak|Marble|Linen|Velvet|
  Travel|Mini|Large|Family|Deluxe|Eco|Organic`,
);
export const COLOURS = items('White|Red|Blue|Green|Grey|Black|Cream|Pink|Navy|Sage|Mustard|Teal');
/** The first is the retailer's own. */
export const BRANDS = items(
  `Brookfield|Hartley & Sons|Lumen|Casa Verde|Nordholm|Petit Jardin|Kestrel|Maple Lane|Aurora|Tidewell|Orrin|Wildwood`,
);
