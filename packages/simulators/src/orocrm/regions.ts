/** A region of the dictionary; `id` is `COUNTRY-CODE`. */
export interface Region {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly country: string;
}

// ISO 3166-2 codes and names. OroCRM ships regions of nearly all countries; here are those of eight.
const table: Readonly<Record<string, string>> = {
  AT: '1 Burgenland|2 Kärnten|3 Niederösterreich|4 Oberösterreich|5 Salzburg|6 Steiermark|7 Tirol|8 Vorarlberg|9 Wien',
  AU: 'ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|SA South Australia|TAS Tasmania|VIC Victoria|WA Western Australia',
  CA: 'AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon',
  CH: 'AG Aargau|AI Appenzell Innerrhoden|AR Appenzell Ausserrhoden|BE Bern|BL Basel-Landschaft|BS Basel-Stadt|FR Fribourg|GE Genève|GL Glarus|GR Graubünden|JU Jura|LU Luzern|NE Neuchâtel|NW Nidwalden|OW Obwalden|SG Sankt Gallen|SH Schaffhausen|SO Solothurn|SZ Schwyz|TG Thurgau|TI Ticino|UR Uri|VD Vaud|VS Valais|ZG Zug|ZH Zürich',
  DE: 'BB Brandenburg|BE Berlin|BW Baden-Württemberg|BY Bayern|HB Bremen|HE Hessen|HH Hamburg|MV Mecklenburg-Vorpommern|NI Niedersachsen|NW Nordrhein-Westfalen|RP Rheinland-Pfalz|SH Schleswig-Holstein|SL Saarland|SN Sachsen|ST Sachsen-Anhalt|TH Thüringen',
  FR: '01 Ain|02 Aisne|03 Allier|04 Alpes-de-Haute-Provence|05 Hautes-Alpes|06 Alpes-Maritimes|07 Ardèche|08 Ardennes|09 Ariège|10 Aube|11 Aude|12 Aveyron|13 Bouches-du-Rhône|14 Calvados|15 Cantal|16 Charente|17 Charente-Maritime|18 Cher|19 Corrèze|21 Côte-d’Or|22 Côtes-d’Armor|23 Creuse|24 Dordogne|25 Doubs|26 Drôme|27 Eure|28 Eure-et-Loir|29 Finistère|2A Corse-du-Sud|2B Haute-Corse|30 Gard|31 Haute-Garonne|32 Gers|33 Gironde|34 Hérault|35 Ille-et-Vilaine|36 Indre|37 Indre-et-Loire|38 Isère|39 Jura|40 Landes|41 Loir-et-Cher|42 Loire|43 Haute-Loire|44 Loire-Atlantique|45 Loiret|46 Lot|47 Lot-et-Garonne|48 Lozère|49 Maine-et-Loire|50 Manche|51 Marne|52 Haute-Marne|53 Mayenne|54 Meurthe-et-Moselle|55 Meuse|56 Morbihan|57 Moselle|58 Nièvre|59 Nord|60 Oise|61 Orne|62 Pas-de-Calais|63 Puy-de-Dôme|64 Pyrénées-Atlantiques|65 Hautes-Pyrénées|66 Pyrénées-Orientales|67 Bas-Rhin|68 Haut-Rhin|69 Rhône|70 Haute-Saône|71 Saône-et-Loire|72 Sarthe|73 Savoie|74 Haute-Savoie|75 Paris|76 Seine-Maritime|77 Seine-et-Marne|78 Yvelines|79 Deux-Sèvres|80 Somme|81 Tarn|82 Tarn-et-Garonne|83 Var|84 Vaucluse|85 Vendée|86 Vienne|87 Haute-Vienne|88 Vosges|89 Yonne|90 Territoire de Belfort|91 Essonne|92 Hauts-de-Seine|93 Seine-Saint-Denis|94 Val-de-Marne|95 Val-d’Oise',
  GB: 'ABE Aberdeen City|BAS Bath and North East Somerset|BIR Birmingham|BKM Buckinghamshire|BNH Brighton and Hove|BRD Bradford|BST Bristol, City of|CAM Cambridgeshire|CMD Camden|CON Cornwall|COV Coventry|CRF Cardiff|CRY Croydon|CUM Cumbria|DBY Derbyshire|DEV Devon|DND Dundee City|DOR Dorset|DUR Durham|EDH Edinburgh, City of|ESS Essex|ESX East Sussex|FIF Fife|GLG Glasgow City|GLS Gloucestershire|GRE Greenwich|HAM Hampshire|HCK Hackney|HLD Highland|HRT Hertfordshire|ISL Islington|KEN Kent|KTT Kingston upon Thames|LAN Lancashire|LBH Lambeth|LCE Leicester|LDS Leeds|LEC Leicestershire|LIN Lincolnshire|LIV Liverpool|LND London, City of|MAN Manchester|MIK Milton Keynes|NET Newcastle upon Tyne|NFK Norfolk|NGM Nottingham|NTH Northamptonshire|OXF Oxfordshire|PLY Plymouth|RIC Richmond upon Thames|SFK Suffolk|SHF Sheffield|SOM Somerset|SRY Surrey|STH Southampton|STS Staffordshire|SWA Swansea|SWK Southwark|TWH Tower Hamlets|WAR Warwickshire|WIL Wiltshire|WOR Worcestershire|WSM Westminster|WSX West Sussex|YOR York',
  US: 'AK Alaska|AL Alabama|AR Arkansas|AS American Samoa|AZ Arizona|CA California|CO Colorado|CT Connecticut|DC District of Columbia|DE Delaware|FL Florida|GA Georgia|GU Guam|HI Hawaii|IA Iowa|ID Idaho|IL Illinois|IN Indiana|KS Kansas|KY Kentucky|LA Louisiana|MA Massachusetts|MD Maryland|ME Maine|MI Michigan|MN Minnesota|MO Missouri|MP Northern Mariana Islands|MS Mississippi|MT Montana|NC North Carolina|ND North Dakota|NE Nebraska|NH New Hampshire|NJ New Jersey|NM New Mexico|NV Nevada|NY New York|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UM U.S. Outlying Islands|UT Utah|VA Virginia|VI U.S. Virgin Islands|VT Vermont|WA Washington|WI Wisconsin|WV West Virginia|WY Wyoming',
};

/** By id, in the order of the ids (the order of `GET /api/regions`). */
export const regions: ReadonlyMap<string, Region> = new Map(
  Object.entries(table).flatMap(([country, text]) =>
    text.split('|').map((row): [string, Region] => {
      const [code = '', ...name] = row.split(' ');
      const id = `${country}-${code}`;
      return [id, { id, code, name: name.join(' '), country }];
    }),
  ),
);

/** The ids of a country's regions, in order; empty where none are shipped here. */
export function regionIdsOf(country: string): readonly string[] {
  return regionIds.get(country) ?? [];
}

const regionIds = new Map<string, string[]>();
for (const region of regions.values()) {
  const ids = regionIds.get(region.country) ?? [];
  ids.push(region.id);
  regionIds.set(region.country, ids);
}

// OroCRM's dictionary lacks regions for 52 countries (observed count; BM observed by name); ISO 3166-2 divides none of the 50
// listed here. A custom region is taken for these only: the regions of other countries exist in the service even
// where this file does not list them.
const without = new Set(
  'AI AQ AS AW AX BL BM BV CC CK CW CX EH FK FO GF GG GI GP GS GU HK HM IM IO JE KY MF MO MP MQ MS NC NF NU PF PM PN PR RE SJ SX TC TF TK VA VG VI WF YT'.split(
    ' ',
  ),
);

/** True where the service has regions, so that `customRegion` is refused. */
export function hasPredefinedRegions(country: string): boolean {
  return !without.has(country);
}
