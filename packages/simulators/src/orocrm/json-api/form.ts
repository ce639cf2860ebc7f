import { isObject, type JsonObject } from '../../shared/json.ts';
import { parseTime } from '../times.ts';
import { Refusal, refuse, type ApiError } from './refusal.ts';
import type { Ref } from './resource.ts';

/**
 * The mistakes of one form, in the order in which the service lists them: what the entity's rules say first, what
 * could not be read into the form after that.
 */
export class Form {
  readonly entity: ApiError[] = [];
  readonly fields: ApiError[] = [];
  /** Names that could not be read; rules about them are then not reported twice. */
  readonly unreadable = new Set<string>();
  /** `/data` or `/included/0`. */
  readonly at: string;

  constructor(at: string) {
    this.at = at;
  }

  /** A rule of the entity; without a name it is about the record as a whole. */
  rule(title: string, detail: string, pointer?: string): void {
    this.entity.push({ status: 400, title, detail, ...(pointer === undefined ? {} : { pointer }) });
  }

  /** Something that could not be read. */
  field(detail: string, pointer: string, title = 'form constraint'): void {
    this.fields.push({ status: 400, title, detail, pointer });
  }

  attribute(name: string): string {
    return `${this.at}/attributes/${name}`;
  }

  relationship(name: string): string {
    return `${this.at}/relationships/${name}/data`;
  }

  /** Names that the form does not have: one error for all of them, without a pointer. */
  extra(names: readonly string[]): void {
    if (names.length === 0) return;
    const detail = `This form should not contain extra fields: ${names.map((name) => `"${name}"`).join(', ')}.`;
    const error: ApiError = { status: 400, title: 'extra fields constraint', detail };
    this.fields.unshift(this.at === '/data' ? error : { ...error, pointer: this.at });
  }

  get errors(): readonly ApiError[] {
    return [...this.entity, ...this.fields];
  }
}

/** Throws one `Refusal` with all mistakes of several forms, if there are any: all or nothing. */
export function throwErrors(forms: readonly Form[]): void {
  const errors = forms.flatMap((form) => form.errors);
  if (errors.length > 0) throw new Refusal(errors);
}

/** A number is taken as text; white space around it is cut; `undefined` for what is no text. */
export function readText(value: unknown): string | null | undefined {
  if (value === null) return null;
  if (typeof value === 'string') return value.replace(/^[\p{Z}\p{Cc}\p{Cf}]+|[\p{Z}\p{Cc}\p{Cf}]+$/gu, '');
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '';
  return undefined;
}

/** A text attribute; reports what is no text and what breaks the length rule of the entity. */
export function textAttribute(form: Form, attributes: JsonObject, name: string, max?: number): string | null | undefined {
  if (!(name in attributes)) return undefined;
  const text = readText(attributes[name]);
  if (text === undefined) {
    form.field('This value is not valid.', form.attribute(name));
    form.unreadable.add(name);
    return null;
  }
  if (text !== null && max !== undefined && lengthOf(text) > max) {
    form.rule('length constraint', `This value is too long. It should have ${max} characters or less.`, form.attribute(name));
  }
  return text;
}

/** Length as the service counts: code points. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** Overlong text in a column without a length rule reaches the database, and its error comes back as a bare 500. */
export function checkColumns(texts: readonly (string | null | undefined)[]): void {
  for (const text of texts) if (typeof text === 'string' && lengthOf(text) > 255) throw refuse(500, 'driver exception');
}

/** A moment: `undefined` absent, null cleared. A time without a zone is refused; a date is midnight UTC [08]. */
export function timeAttribute(form: Form, attributes: JsonObject, name: string): number | null | undefined {
  if (!(name in attributes)) return undefined;
  const value = attributes[name];
  if (value === null) return null;
  const time = typeof value === 'string' ? parseTime(value) : undefined;
  if (time === undefined || (time.hasTime && !time.hasZone)) {
    form.field(`The "${String(value)}" is not valid datetime.`, form.attribute(name));
    form.unreadable.add(name);
    return null;
  }
  return time.start;
}

/**
 * A relationship to one record: `undefined` absent, null cleared or unusable (reported). `exists` tells whether the
 * record is there.
 */
export function toOneRelationship(
  form: Form,
  body: { readonly attributes: JsonObject; readonly relationships: JsonObject },
  name: string,
  type: string,
  exists: (id: string) => boolean,
): string | null | undefined {
  if (name in body.attributes) {
    form.field('This value is not valid.', form.relationship(name));
    form.unreadable.add(name);
    return null;
  }
  const relationship = body.relationships[name];
  if (!isObject(relationship)) return undefined;
  const data = relationship['data'];
  if (data === null) return null;
  if (isObject(data) && data['type'] === type && exists(String(data['id']))) return String(data['id']);
  form.field('The entity does not exist.', form.relationship(name));
  form.unreadable.add(name);
  return null;
}

/** A relationship to many records; entries that do not exist are reported one by one. */
export function toManyRelationship(
  form: Form,
  body: { readonly relationships: JsonObject },
  name: string,
  exists: (ref: Ref) => boolean,
): Ref[] | undefined {
  const relationship = body.relationships[name];
  if (!isObject(relationship)) return undefined;
  const data = relationship['data'];
  if (!Array.isArray(data)) {
    form.field('This value is not valid.', form.relationship(name));
    return undefined;
  }
  const refs: Ref[] = [];
  for (const [index, item] of data.entries()) {
    const ref = isObject(item) ? { type: String(item['type']), id: String(item['id']) } : undefined;
    if (ref !== undefined && exists(ref)) refs.push(ref);
    else form.field('The entity does not exist.', `${form.relationship(name)}/${index}`);
  }
  return refs;
}

/** Names of a body that a form does not have. */
export function unknownNames(
  body: { readonly attributes: JsonObject; readonly relationships: JsonObject },
  known: ReadonlySet<string>,
): string[] {
  return [...Object.keys(body.attributes), ...Object.keys(body.relationships)].filter((name) => !known.has(name));
}
