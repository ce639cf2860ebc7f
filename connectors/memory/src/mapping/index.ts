import type { EntityLens, FieldLens, Json } from '@syncline/connector';
import type { MemoryRecord } from '../service.ts';

/** A field that the service holds under its canonical name, as it is. */
function field<V extends Json>(name: string): FieldLens<V, MemoryRecord> {
  return {
    slice: (record) => record[name] ?? null,
    read: (record) => record[name] as V | undefined,
    write: (draft, value) => {
      const { [name]: _old, ...rest } = draft;
      return value === undefined || value === '' ? rest : { ...rest, [name]: value };
    },
  };
}

/** The mapping of contacts. */
export const contact: EntityLens<'contact', MemoryRecord> = {
  firstName: field('firstName'),
  middleName: field('middleName'),
  lastName: field('lastName'),
  nameSuffix: field('nameSuffix'),
  description: field('description'),
  emails: field('emails'),
  primaryEmail: field('primaryEmail'),
  phones: field('phones'),
  primaryPhone: field('primaryPhone'),
  jobTitle: field('jobTitle'),
  birthday: field('birthday'),
  gender: field('gender'),
  fax: field('fax'),
  billingAddress: field('billingAddress'),
  shippingAddress: field('shippingAddress'),
  otherAddress: field('otherAddress'),
};

/** The mapping of tasks. */
export const task: EntityLens<'task', MemoryRecord> = {
  subject: field('subject'),
  priority: field('priority'),
  dueDate: field('dueDate'),
  status: field('status'),
};

/** The mapping of events. */
export const event: EntityLens<'event', MemoryRecord> = {
  title: field('title'),
  start: field('start'),
  end: field('end'),
  allDay: field('allDay'),
};
