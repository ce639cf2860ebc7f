/** A place with what both sides call its parts. `region` is an id of OroCRM's dictionary; `german` the country's German name. */
export interface City {
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
  readonly english: string;
  readonly german: string;
  readonly region: string | null;
  readonly street: string;
}

const place = (text: string): City => {
  const [city = '', postalCode = '', country = '', english = '', german = '', region = '', street = ''] = text.split('|');
  return { city, postalCode, country, english, german, region: region === '' ? null : region, street };
};

// Regions only of countries whose dictionary the simulator ships.
export const cities: readonly City[] = [
  'Berlin|10115|DE|Germany|Deutschland|DE-BE|Musterstraße',
  'München|80331|DE|Germany|Deutschland|DE-BY|Am Beispielweg',
  'Wien|1010|AT|Austria|Österreich|AT-9|Beispielgasse',
  'Bern|3011|CH|Switzerland|Schweiz|CH-BE|Mustergasse',
  'Lyon|69002|FR|France|Frankreich|FR-69|rue de l’Exemple',
  'San Francisco|94103|US|United States|Vereinigte Staaten von Amerika|US-CA|Sample Street',
  'New York|10001|US|United States|Vereinigte Staaten von Amerika|US-NY|Example Avenue',
  'Toronto|M5H 2N2|CA|Canada|Kanada|CA-ON|Specimen Road',
  'Sydney|2000|AU|Australia|Australien|AU-NSW|Placeholder Parade',
  'Madrid|28001|ES|Spain|Spanien||Calle del Ejemplo',
  'Kraków|31-001|PL|Poland|Polen||ulica Przykładowa',
  '東京|100-0001|JP|Japan|Japan||見本通り',
].map(place);

export const jobTitles = ['Buyer', 'Head of Sales', 'Leiterin Einkauf', 'Project manager', 'Directrice technique', 'Engineer', 'Accountant', 'Geschäftsführer', 'Kierownik działu', 'Menedżerka', 'Consultant', 'Support'];

export const companies = ['Example Works', 'Sample & Sons', 'Muster GmbH', 'Exemple S.A.', 'Specimen Ltd', 'Placeholder Inc.'];

export const remarks = ['Met at the fair.', 'Prefers to be called in the afternoon.', 'Spricht Deutsch und Englisch.', 'Ne travaille pas le vendredi.', 'Asked for the new price list.', 'Delivery through the back gate.', 'Kennt die alte Anlage.', 'Owes us a reply.'];

export const verbs = ['Call', 'Prepare the offer for', 'Send samples to', 'Review the contract with', 'Visit', 'Ask for references of', 'Angebot schreiben für', 'Rechnung prüfen:', 'Préparer la visite de', 'Remind'];

export const meetings = ['Call with', 'Lunch with', 'Demo for', 'Review with', 'Visit of', 'Besprechung mit', 'Réunion avec', 'Workshop:'];

export const days = ['Trade fair', 'Holiday', 'On site at', 'Inventur', 'Training', 'Open day'];
