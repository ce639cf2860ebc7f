import { countries } from '../countries.ts';
import { hasPredefinedRegions, regions } from '../regions.ts';
import type { AddressDraft } from '../records/contacts.ts';
import { rewriteText } from '../rewriting.ts';
import { addressTextFields, type AddressRow } from '../rows.ts';
import type { OroSwitches } from '../switches.ts';
import type { ResourceBody } from './body.ts';
import { textAttribute, toManyRelationship, toOneRelationship, unknownNames, type Form } from './form.ts';

const known = new Set<string>([
  ...addressTextFields,
  'primary',
  'createdAt',
  'updatedAt',
  'owner',
  'types',
  'country',
  'region',
]);

/**
 * Reads an address from a body on top of what it is now. `twin` is the pointer under which the service reports rules
 * about the whole address a second time when it came in `included` [04].
 */
export function readAddress(
  form: Form,
  body: ResourceBody,
  row: AddressRow | undefined,
  switches: OroSwitches,
  twin?: { readonly form: Form; readonly pointer: string },
): AddressDraft {
  const draft = row === undefined ? blank() : { ...draftOf(row) };
  if ('primary' in body.attributes) draft.primary = body.attributes['primary'] === true || body.attributes['primary'] === 1;
  for (const name of addressTextFields) {
    const text = textAttribute(form, body.attributes, name, name === 'street' || name === 'street2' ? 500 : 255);
    if (text !== undefined) draft[name] = rewriteText(switches, text);
  }
  const country = toOneRelationship(form, body, 'country', 'countries', (id) => countries.has(id));
  if (country !== undefined) draft.country = country ?? '';
  const region = toOneRelationship(form, body, 'region', 'regions', (id) => regions.has(id));
  if (region !== undefined) draft.region = region;
  const types = toManyRelationship(form, body, 'types', (ref) => ref.type === 'addresstypes' && (ref.id === 'billing' || ref.id === 'shipping'));
  if (types !== undefined) draft.types = types.map((ref) => String(ref.id));
  form.extra(unknownNames(body, known));
  checkWhole(form, draft, twin);
  return draft;
}

/** The present content of an address. */
export function draftOf(row: AddressRow): AddressDraft {
  const { id: _id, ownerId: _ownerId, createdAt: _createdAt, updatedAt: _updatedAt, ...draft } = row;
  return { ...draft, types: [...draft.types] };
}

function blank(): AddressDraft {
  const text = Object.fromEntries(addressTextFields.map((name) => [name, null])) as Record<(typeof addressTextFields)[number], null>;
  return { ...text, primary: false, types: [], country: '', region: null };
}

function checkWhole(form: Form, draft: AddressDraft, twin: { readonly form: Form; readonly pointer: string } | undefined): void {
  const country = countries.get(draft.country);
  if (country === undefined) {
    form.rule('not blank constraint', 'This value should not be blank.', form.relationship('country'));
    return;
  }
  const report = (title: string, detail: string): void => {
    twin?.form.rule(title, detail, twin.pointer);
    form.rule(title, detail, twin === undefined ? undefined : form.at);
  };
  const region = draft.region === null ? undefined : regions.get(draft.region);
  if (region !== undefined && region.country !== draft.country) {
    report('valid region constraint', `Region ${region.name} does not belong to country ${country.name}`);
  }
  if (draft.customRegion !== null && draft.customRegion !== '' && hasPredefinedRegions(draft.country)) {
    report('region text constraint', 'Custom region can be used only for countries without predefined regions.');
  }
}
