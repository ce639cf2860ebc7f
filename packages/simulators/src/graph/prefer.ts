/** What a `Prefer` header asks for, as far as the mail service knows it. Unknown preferences are ignored, as in HTTP. */
export interface Preferences {
  readonly immutableIds: boolean;
  /** The zone name exactly as asked for; it is echoed in the answers. */
  readonly timeZone?: string;
  readonly maxPageSize?: number;
  readonly textBody: boolean;
  /** Value of `Preference-Applied`; absent when nothing was applied. */
  readonly applied?: string;
}

/** Several preferences share one header, separated by commas; a value may be quoted and then hold commas itself. */
export function parsePrefer(header: string | null): Preferences {
  if (header === null) return { immutableIds: false, textBody: false };
  const applied: string[] = [];
  let immutableIds = false;
  let textBody = false;
  let timeZone: string | undefined;
  let maxPageSize: number | undefined;
  for (const found of header.matchAll(/([^\s=,;]+)\s*(?:=\s*(?:"([^"]*)"|([^,;]*)))?/g)) {
    const name = (found[1] ?? '').toLowerCase();
    const value = (found[2] ?? found[3] ?? '').trim();
    if (name === 'idtype' && value.toLowerCase() === 'immutableid') {
      immutableIds = true;
      applied.push('IdType="ImmutableId"');
    } else if (name === 'outlook.timezone' && value !== '') {
      timeZone = value;
      applied.push(`outlook.timezone="${value}"`);
    } else if (name === 'odata.maxpagesize' && /^[1-9]\d*$/.test(value)) {
      maxPageSize = Number(value);
      applied.push(`odata.maxpagesize=${value}`);
    } else if (name === 'outlook.body-content-type' && value.toLowerCase() === 'text') {
      textBody = true;
      applied.push('outlook.body-content-type="text"');
    }
  }
  return {
    immutableIds,
    textBody,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(maxPageSize === undefined ? {} : { maxPageSize }),
    ...(applied.length === 0 ? {} : { applied: applied.join(', ') }),
  };
}
