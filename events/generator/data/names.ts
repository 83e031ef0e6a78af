import { words } from './words.ts';

/** Names as people of a language have them; first names of women, then of men. */
export interface Names {
  readonly women: readonly string[];
  readonly men: readonly string[];
  readonly families: readonly string[];
}

export const NAMES: Readonly<Record<string, Names>> = {
  en: {
    women: words(`Olivia Amelia Isla Emily Ava Lily Sophie Grace Charlotte Jessica Elizabeth Katherine Margaret Rebecca
      Samantha Victoria Jennifer Alexandra Susan Deborah Christine Patricia Abigail Hannah Zara Aisha Priya Niamh Siobhan
      Eleanor Florence Harriet Josephine Madeleine Penelope Rosalind Theresa Yasmin Caroline Beatrice`),
    men: words(`Oliver George Harry Jack Jacob Charlie Thomas William James Michael Christopher Robert Richard Edward
      Matthew Benjamin Daniel Joseph Anthony Andrew Nicholas Alexander Samuel David Stephen Timothy Gregory Patrick
      Mohammed Arjun Liam Conor Callum Angus Dominic Frederick Jonathan Lawrence Raymond Theodore`),
    families: words(`Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White
      Roberts Green Hall Wood Jackson Clarke Patel Khan Lewis Harris Martin Cooper King Baker Turner Hughes Murphy
      O'Brien O'Connor Kelly McCarthy MacDonald Campbell Stewart Fraser Henderson Ahmed Singh Begum Hussain Shah
      Fitzgerald Whitfield Ashworth Blackwood Cartwright Pemberton Stonehouse Winterbourne Yardley Okafor Mensah
      Nowak Kowalski Popescu Chowdhury`),
  },
  de: {
    women: words(`Anna Katharina Elisabeth Johanna Sophie Marie Lena Hannah Lea Sabine Monika Petra Ursula Käthe Jördis
      Margarete Franziska Gabriele Susanne Andrea Birgit Heike Claudia Stefanie Ayşe Zoë`),
    men: words(`Thomas Michael Andreas Stefan Matthias Alexander Christian Wolfgang Jürgen Günther Maximilian Friedrich
      Johannes Sebastian Tobias Florian Jörg Björn Rüdiger Karl-Heinz Uwe Klaus Emre Lukas Jonas Felix`),
    families:
      words(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter
      Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Werner Krause Lehmann Köhler
      Böhm Yılmaz Grünewald Weiß`),
  },
  fr: {
    women:
      words(`Camille Chloé Léa Manon Emma Inès Sarah Zoé Éléonore Hélène Françoise Geneviève Céline Aurélie Mathilde
      Margaux Juliette Amélie Noémie Anaïs Élodie Valérie Sylvie Brigitte`),
    men: words(`Lucas Hugo Théo Gabriel Raphaël Jérôme François Frédéric Sébastien Rémi Loïc Mathieu Antoine Nicolas Julien
      Benoît Étienne Jean-Pierre Pascal Thierry Clément Maxime Bastien Noël`),
    families: words(`Martin Bernard Dubois Robert Durand Moreau Simon Laurent Lefèvre Leroy Roux Fournier Girard Bonnet
      Dupont Lambert Fontaine Rousseau Faure Mercier Guérin Chevalier François Gauthier Perrin Béranger Lemaître Hébert`),
  },
  es: {
    women: words(`María Carmen Ana Isabel Laura Cristina Marta Lucía Elena Raquel Inés Sofía Begoña Concepción Dolores
      Nuria Itziar Rocío Pilar Beatriz`),
    men: words(`José Antonio Manuel Francisco Juan David Javier Jesús Ángel Miguel Rafael Andrés Ramón Iñaki Joaquín Álvaro
      Sergio Adrián Rubén Óscar`),
    families:
      words(`García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández
      Díaz Moreno Muñoz Álvarez Romero Gutiérrez Núñez Ibáñez Castaño`),
  },
  it: {
    women: words(`Giulia Francesca Chiara Sara Martina Alessia Valentina Elisa Giorgia Maria Paola Federica Lucrezia
      Niccoletta Beatrice Caterina Ilaria Serena`),
    men: words(`Marco Alessandro Andrea Francesco Luca Matteo Giuseppe Antonio Giovanni Roberto Niccolò Stefano Paolo
      Salvatore Lorenzo Davide Simone Riccardo`),
    families:
      words(`Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De\u00a0Luca
      Mancini Costa Giordano Rizzo Lombardi Moretti D'Angelo D'Amico`),
  },
  nl: {
    women: words('Emma Sanne Lotte Fleur Anouk Femke Maaike Saskia Marieke Wilhelmina Noor Isa Eva Roos Renée Cécile'),
    men: words('Daan Sem Bram Thijs Jeroen Maarten Sander Willem Pieter Hendrik Joost Ruben Lars Niels René Jasper'),
    families: words(`Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer de\u00a0Vries
      van\u00a0Dijk van\u00a0den\u00a0Berg de\u00a0Jong Koç Hoekstra`),
  },
  ja: {
    women: words('Yuki Sakura Hina Aoi Haruka Misaki Ayumi Keiko Naoko Tomoko Mariko Kaori Emi Rina Chihiro Yumiko'),
    men: words('Haruto Sota Yuto Ren Takashi Hiroshi Kenji Kazuki Daisuke Satoshi Kenta Ryota Makoto Shigeru Yuji Jun'),
    families: words(`Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki
      Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Ōno`),
  },
};

/** What people are called by those who know them. */
export const NICKNAMES: ReadonlyMap<string, string> = new Map(
  words(`
  Olivia:Liv Amelia:Amy Emily:Em Charlotte:Lottie Jessica:Jess Elizabeth:Liz Katherine:Kate Margaret:Maggie
  Rebecca:Becky Samantha:Sam Victoria:Vicky Jennifer:Jenny Alexandra:Alex Susan:Sue Deborah:Debbie Christine:Chris
  Patricia:Pat Abigail:Abby Eleanor:Ellie Florence:Flo Harriet:Hattie Josephine:Josie Madeleine:Maddy
  Penelope:Penny Theresa:Tess Caroline:Carrie Beatrice:Bea Oliver:Ollie Thomas:Tom William:Bill James:Jim
  Michael:Mike Christopher:Chris Robert:Bob Richard:Rick Edward:Ted Matthew:Matt Benjamin:Ben Daniel:Dan
  Joseph:Joe Anthony:Tony Andrew:Andy Nicholas:Nick Alexander:Alex Samuel:Sam David:Dave Stephen:Steve Timothy:Tim
  Gregory:Greg Patrick:Paddy Frederick:Fred Jonathan:Jon Lawrence:Larry Raymond:Ray Theodore:Theo Dominic:Dom
  Katharina:Kathi Elisabeth:Lisa Johanna:Hanna Margarete:Grete Franziska:Franzi Gabriele:Gabi Stefanie:Steffi
  Maximilian:Max Friedrich:Fritz Johannes:Hannes Matthias:Matze Sebastian:Basti Wolfgang:Wolf Françoise:Fanny
  Frédéric:Fred Nicolas:Nico Mathilde:Tilde Francisco:Paco José:Pepe Manuel:Manolo Concepción:Concha Dolores:Lola
  Francesca:Franci Giuseppe:Beppe Alessandro:Sandro Salvatore:Totò Wilhelmina:Mina Willem:Wim Hendrik:Henk
  `).map((pair) => pair.split(':') as [string, string]),
);
